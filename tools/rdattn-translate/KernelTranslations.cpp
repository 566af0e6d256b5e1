//===- KernelTranslations.cpp - The GPU kernels of a module ---------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-translate/Translations.h"

#include "lib/Pipelines/Lowering.h"
#include "lib/Pipelines/Register.h"
#include "lib/Transforms/Passes.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Tools/mlir-translate/Translation.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace rdattn;
namespace cl = llvm::cl;

static cl::opt<std::string> kernelName(
    "kernel",
    cl::desc("which of the module's GPU kernels to write; not needed "
             "where there is one"),
    cl::value_desc("name"), cl::cat(rdattn::translateOptions));

namespace {
struct CompiledKernel {
  std::string name;
  StringRef code;
};
} // namespace

static StringRef nameOf(gpu::ObjectAttr object) {
  DictionaryAttr properties = object.getProperties();
  auto kernel = properties ? properties.getAs<StringAttr>("kernel") : nullptr;
  return kernel ? kernel.getValue() : "kernels";
}

/// Every kernel, called <module>.<kernel> where there are several modules.
static SmallVector<CompiledKernel> kernelsOf(ModuleOp module,
                                             gpu::CompilationTarget format) {
  auto binaries = llvm::to_vector(module.getOps<gpu::BinaryOp>());
  SmallVector<CompiledKernel> kernels;
  for (gpu::BinaryOp binary : binaries)
    for (auto object : binary.getObjects().getAsRange<gpu::ObjectAttr>()) {
      if (object.getFormat() != format)
        continue;
      std::string prefix =
          binaries.size() > 1 ? (binary.getName() + ".").str() : "";
      kernels.push_back({prefix + nameOf(object).str(), object.getObject()});
    }
  return kernels;
}

/// The kernel that was asked for, or the only one.
static FailureOr<CompiledKernel> chooseKernel(ModuleOp module,
                                              gpu::CompilationTarget format) {
  SmallVector<CompiledKernel> kernels = kernelsOf(module, format);
  if (kernels.empty())
    return errorIn(module)
           << "there is no attention, so that there is no GPU kernel";
  if (kernelName.empty() && kernels.size() == 1)
    return kernels.front();
  SmallVector<StringRef> names;
  for (const CompiledKernel &kernel : kernels) {
    if (kernel.name == kernelName)
      return kernel;
    names.push_back(kernel.name);
  }
  InFlightDiagnostic error = errorIn(module);
  if (kernelName.empty())
    error << "the module has several kernels; choose one with --kernel: ";
  else
    error << "the module has no kernel '" << kernelName << "', only ";
  return error << llvm::join(names, ", ");
}

static LogicalResult write(ModuleOp module, raw_ostream &output,
                           gpu::CompilationTarget format) {
  PassManager manager(module.getContext());
  LoweringOptions options;
  options.target = TargetKind::CUDA;
  buildLowering(manager, Level::NVVM, options);
  SerializeKernelsOptions serialize;
  bool isText = format == gpu::CompilationTarget::Assembly;
  serialize.format = isText ? "ptx" : "cubin";
  manager.addPass(createSerializeKernels(serialize));
  if (failed(manager.run(module)))
    return failure();
  FailureOr<CompiledKernel> kernel = chooseKernel(module, format);
  if (failed(kernel))
    return failure();
  output << kernel->code;
  return success();
}

static LogicalResult toPTX(ModuleOp module, raw_ostream &output) {
  return write(module, output, gpu::CompilationTarget::Assembly);
}

static LogicalResult toCubin(ModuleOp module, raw_ostream &output) {
  return failure(failed(refuseTerminal(module, output)) ||
                 failed(write(module, output, gpu::CompilationTarget::Binary)));
}

void rdattn::registerKernelTranslations() {
  TranslateFromMLIRRegistration("rdattn-to-ptx",
                                "IR of any level to the PTX of a GPU kernel",
                                toPTX, registerRdattn);
  TranslateFromMLIRRegistration(
      "rdattn-to-cubin",
      "IR of any level to a GPU kernel's machine code; needs ptxas", toCubin,
      registerRdattn);
}
