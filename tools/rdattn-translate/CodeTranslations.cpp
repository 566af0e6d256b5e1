//===- CodeTranslations.cpp - From IR of any level to code ----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-translate/Translations.h"

#include "lib/Pipelines/Lowering.h"
#include "lib/Pipelines/Register.h"
#include "lib/Target/CPU/MachineCode.h"
#include "lib/Target/CPU/TargetCPU.h"
#include "lib/Target/SharedLibrary/ModuleFile.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Tools/mlir-translate/Translation.h"

using namespace mlir;
using namespace rdattn;
namespace cl = llvm::cl;

namespace {
/// Reads the name of a CPU that LLVM knows.
struct CPUParser : cl::parser<std::string> {
  using parser::parser;
  bool parse(cl::Option &option, StringRef, StringRef text, std::string &cpu) {
    cpu = text.str();
    auto resolved = resolveCPU(text);
    return !resolved && option.error(llvm::toString(resolved.takeError()));
  }
};
} // namespace

static cl::opt<std::string, false, CPUParser>
    cpu("cpu",
        cl::desc("CPU to compile for: host, x86-64-v3 (AVX2), x86-64-v4 "
                 "(AVX-512) or another that LLVM names; the runtime refuses "
                 "the module where a feature is missing. IR at the llvm level "
                 "keeps the CPU it was lowered for"),
        cl::value_desc("name"), cl::init("host"),
        cl::cat(rdattn::translateOptions));

namespace {
struct TargetParser : cl::parser<TargetKind> {
  using parser::parser;
  bool parse(cl::Option &option, StringRef, StringRef text,
             TargetKind &target) {
    auto parsed = parseTarget(text);
    if (!parsed)
      return option.error(llvm::toString(parsed.takeError()));
    target = *parsed;
    return false;
  }
};
} // namespace

static cl::opt<TargetKind, false, TargetParser> target(
    "target",
    cl::desc("what attentions become code for: cpu, cuda (every GPU from "
             "Ampere on), cuda-sm90a (Hopper alone) or cuda-sm80 (from "
             "Ampere on, without Hopper's own code); launches that have "
             "a schedule keep it"),
    cl::value_desc("name"), cl::init(TargetKind::CPU),
    cl::cat(rdattn::translateOptions));

TargetKind rdattn::chosenTarget() { return target; }

static cl::opt<std::string>
    kernels("kernels",
            cl::desc("what GPU kernels become in the module: ptx, cubin, both, "
                     "or auto, both where there is a ptxas"),
            cl::value_desc("format"), cl::init("auto"),
            cl::cat(rdattn::translateOptions));

static LogicalResult fail(ModuleOp module, llvm::Error error) {
  return errorIn(module) << llvm::toString(std::move(error));
}

/// Whether the runtime would find a function in a lowered module.
static bool hasEntries(ModuleOp module) {
  auto table = module.lookupSymbol<LLVM::GlobalOp>("rdattn_functions");
  auto type = table ? dyn_cast<LLVM::LLVMArrayType>(table.getType()) : nullptr;
  return !type || type.getNumElements() > 0;
}

/// The optimised code of `module`, which is lowered in place.
static LogicalResult compile(ModuleOp module, llvm::LLVMContext &context,
                             std::unique_ptr<llvm::Module> &code) {
  PassManager manager(module.getContext());
  LoweringOptions options;
  options.target = target;
  options.cpu = cpu;
  options.kernelFormat = kernels;
  buildLowering(manager, Level::LLVM, options);
  if (failed(manager.run(module)))
    return failure();
  if (!hasEntries(module))
    return errorIn(module)
           << "no public function takes (q, k, v[, scale]) and returns "
              "(o[, lse]) as tensors [batch, tokens, heads, head_dim], so "
              "there is nothing to compile";
  auto translated = translateToLLVM(module, context);
  if (!translated)
    return fail(module, translated.takeError());
  code = std::move(*translated);
  return success();
}

static LogicalResult toLLVMIR(ModuleOp module, raw_ostream &output) {
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> code;
  if (failed(compile(module, context, code)))
    return failure();
  code->print(output, nullptr);
  return success();
}

LogicalResult rdattn::refuseTerminal(ModuleOp module, raw_ostream &output) {
  if (!output.is_displayed())
    return success();
  return errorIn(module)
         << "the output is binary and would be shown on a terminal; name a "
            "file with -o";
}

/// Hands an object file to `write`.
static LogicalResult toBinary(ModuleOp module, raw_ostream &output,
                              function_ref<llvm::Error(ArrayRef<char>)> write) {
  if (failed(refuseTerminal(module, output)))
    return failure();
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> code;
  if (failed(compile(module, context, code)))
    return failure();
  auto object = emitObject(*code);
  if (!object)
    return fail(module, object.takeError());
  if (llvm::Error error = write(*object))
    return fail(module, std::move(error));
  return success();
}

static LogicalResult toObject(ModuleOp module, raw_ostream &output) {
  return toBinary(module, output, [&](ArrayRef<char> object) {
    output.write(object.data(), object.size());
    return llvm::Error::success();
  });
}

static LogicalResult toSharedLibrary(ModuleOp module, raw_ostream &output) {
  return toBinary(module, output, [&](ArrayRef<char> object) -> llvm::Error {
    auto file = linkModuleFile(object);
    if (!file)
      return file.takeError();
    output << *file;
    return llvm::Error::success();
  });
}

static void registerDialects(DialectRegistry &registry) {
  registerRdattn(registry);
  registerLLVMTranslations(registry);
}

void rdattn::registerCodeTranslations() {
  TranslateFromMLIRRegistration("rdattn-to-llvmir",
                                "IR of any level to optimised LLVM IR",
                                toLLVMIR, registerDialects);
  TranslateFromMLIRRegistration(
      "rdattn-to-object",
      "IR of any level to an object file; link it with librdattn_runtime and "
      "libomp",
      toObject, registerDialects);
  TranslateFromMLIRRegistration(
      "rdattn-to-shared-library",
      "IR of any level to a module file; needs ld.lld or cc", toSharedLibrary,
      registerDialects);
}
