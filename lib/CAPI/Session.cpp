//===- Session.cpp - One compilation behind the C API ---------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/CAPI/Session.h"

#include "lib/Pipelines/Register.h"
#include "lib/Target/CPU/MachineCode.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

#include "rdattn/module.h"

using namespace mlir;
using namespace rdattn;
using namespace rdattn::capi;

static const DialectRegistry &registry() {
  static const DialectRegistry &all = *[] {
    auto *registry = new DialectRegistry;
    registerRdattn(*registry);
    registerLLVMTranslations(*registry);
    return registry;
  }();
  return all;
}

Session::Session(StringRef name)
    : mlirContext(registry(), MLIRContext::Threading::DISABLED) {
  if (!name.empty())
    dump = DumpIR::fromEnvironment(name);
}

/// Appends what `run` reports to `text`, as the command-line tools print it.
static LogicalResult collect(MLIRContext &context, llvm::SourceMgr &sources,
                             std::string &text,
                             function_ref<LogicalResult()> run) {
  llvm::raw_string_ostream stream(text);
  SourceMgrDiagnosticHandler handler(sources, &context, stream);
  return run();
}

OwningOpRef<ModuleOp> Session::parse(StringRef text, StringRef file) {
  OwningOpRef<ModuleOp> module;
  sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBufferCopy(text, file),
                             {});
  LogicalResult result = collect(mlirContext, sources, diagnostics, [&] {
    module = parseSourceFile<ModuleOp>(sources, &mlirContext);
    return success(bool(module));
  });
  (void)result;
  return module;
}

LogicalResult Session::lower(ModuleOp module, Level level,
                             LoweringOptions options) {
  // Kernels of a GPU are lowered side by side; nothing else takes long.
  mlirContext.enableMultithreading(options.target == TargetKind::CUDA);
  if (dump)
    options.observer = &*dump;
  return collect(mlirContext, sources, diagnostics, [&] {
    PassManager manager(&mlirContext);
    buildLowering(manager, level, options);
    return manager.run(module);
  });
}

rdattn_status Session::fail() {
  StringRef message = StringRef(diagnostics).rtrim();
  return rdattn_fail(RDATTN_COMPILE_ERROR, message.str().c_str());
}

/// Compiling for CUDA needs no GPU: without one it is for Hopper.
static llvm::Expected<TargetKind> targetOfThisMachine() {
  const char *name = nullptr;
  rdattn_status status = rdattn_cuda_target(0, &name);
  if (status == RDATTN_INVALID_ARGUMENT)
    return llvm::createStringError(rdattn_last_error());
  return status == RDATTN_OK ? parseTarget(name) : TargetKind::CUDASM90a;
}

llvm::Expected<TargetKind> capi::targetOf(const char *name) {
  llvm::Expected<TargetKind> target = parseTarget(name ? name : "cpu");
  if (!target || *target != TargetKind::CUDA)
    return target;
  return targetOfThisMachine();
}

LoweringOptions capi::optionsFor(TargetKind target) {
  LoweringOptions options;
  options.target = target;
  options.kernelFormat = "ptx";
  return options;
}

rdattn_status capi::fail(rdattn_status status, llvm::Error error) {
  return rdattn_fail(status, llvm::toString(std::move(error)).c_str());
}
