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
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
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

static bool isKernel(Operation *op) {
  return op->hasAttr(NVVM::NVVMDialect::getKernelFuncAttrName());
}

/// Every kernel in the LLVM dialect, called <module>.<kernel> where there are
/// several modules.
static SmallVector<std::pair<std::string, LLVM::LLVMFuncOp>>
kernelsOf(ModuleOp module) {
  auto parts = llvm::to_vector(module.getOps<gpu::GPUModuleOp>());
  SmallVector<std::pair<std::string, LLVM::LLVMFuncOp>> kernels;
  for (gpu::GPUModuleOp part : parts)
    for (auto function : part.getOps<LLVM::LLVMFuncOp>()) {
      std::string prefix = parts.size() > 1 ? (part.getName() + ".").str() : "";
      if (isKernel(function))
        kernels.emplace_back(prefix + function.getName().str(), function);
    }
  return kernels;
}

/// The kernel that was asked for, or the only one.
static FailureOr<LLVM::LLVMFuncOp> chooseKernel(ModuleOp module) {
  auto kernels = kernelsOf(module);
  if (kernels.empty())
    return errorIn(module)
           << "there is no attention, so that there is no GPU kernel";
  if (kernelName.empty() && kernels.size() == 1)
    return kernels.front().second;
  SmallVector<StringRef> names;
  for (const auto &[name, kernel] : kernels) {
    if (name == kernelName)
      return kernel;
    names.push_back(name);
  }
  InFlightDiagnostic error = errorIn(module);
  if (kernelName.empty())
    error << "the module has several kernels; choose one with --kernel: ";
  else
    error << "the module has no kernel '" << kernelName << "', only ";
  return error << llvm::join(names, ", ");
}

/// A module that holds the kernel and what it uses, so that no other kernel is
/// compiled.
static OwningOpRef<ModuleOp> extract(LLVM::LLVMFuncOp kernel) {
  OwningOpRef<ModuleOp> alone = ModuleOp::create(kernel.getLoc());
  auto part = kernel->getParentOfType<gpu::GPUModuleOp>().clone();
  alone->push_back(part);
  for (Operation &op : llvm::make_early_inc_range(*part.getBody()))
    if (isKernel(&op) &&
        cast<LLVM::LLVMFuncOp>(op).getName() != kernel.getName())
      op.erase();
  return alone;
}

static LogicalResult write(ModuleOp module, raw_ostream &output,
                           StringRef format) {
  PassManager lowering(module.getContext());
  LoweringOptions options;
  options.target = chosenTarget();
  if (options.target == TargetKind::CPU) // which has no GPU kernels
    options.target = TargetKind::CUDASM90a;
  buildLowering(lowering, Level::NVVM, options);
  if (failed(lowering.run(module)))
    return failure();
  FailureOr<LLVM::LLVMFuncOp> kernel = chooseKernel(module);
  if (failed(kernel))
    return failure();
  OwningOpRef<ModuleOp> alone = extract(*kernel);
  PassManager compiling(module.getContext());
  SerializeKernelsOptions serialize;
  serialize.format = format.str();
  compiling.addPass(createSerializeKernels(serialize));
  if (failed(compiling.run(*alone)))
    return failure();
  gpu::BinaryOp binary = *alone->getOps<gpu::BinaryOp>().begin();
  // For the GPU that the kernel names first.
  output
      << cast<gpu::ObjectAttr>(binary.getObjects()[0]).getObject().getValue();
  return success();
}

static LogicalResult toPTX(ModuleOp module, raw_ostream &output) {
  return write(module, output, "ptx");
}

static LogicalResult toCubin(ModuleOp module, raw_ostream &output) {
  return failure(failed(refuseTerminal(module, output)) ||
                 failed(write(module, output, "cubin")));
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
