//===- DeviceCode.cpp - From a GPU module to PTX --------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Target/CUDA/DeviceCode.h"

#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/GPU/GPUToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/NVVM/NVVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"

#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Transforms/IPO/AlwaysInliner.h"
#include "llvm/Transforms/InstCombine/InstCombine.h"
#include "llvm/Transforms/Scalar/DCE.h"
#include "llvm/Transforms/Scalar/EarlyCSE.h"
#include "llvm/Transforms/Scalar/IndVarSimplify.h"
#include "llvm/Transforms/Scalar/LoopPassManager.h"
#include "llvm/Transforms/Scalar/LoopRotation.h"
#include "llvm/Transforms/Scalar/SROA.h"
#include "llvm/Transforms/Scalar/SimplifyCFG.h"

#include <mutex>

using namespace llvm;
using namespace rdattn;

void rdattn::registerDeviceTranslations(mlir::DialectRegistry &registry) {
  mlir::registerBuiltinDialectTranslation(registry);
  mlir::registerGPUDialectTranslation(registry);
  mlir::registerLLVMDialectTranslation(registry);
  mlir::registerNVVMDialectTranslation(registry);
}

static const Target *findTarget(const Triple &triple, std::string &message) {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeNVPTXTarget();
    LLVMInitializeNVPTXTargetInfo();
    LLVMInitializeNVPTXTargetMC();
    LLVMInitializeNVPTXAsmPrinter();
  });
  return TargetRegistry::lookupTarget(triple, message);
}

/// Without features LLVM takes the oldest PTX that has the GPU, which is the
/// one that the oldest driver reads.
static Expected<std::unique_ptr<TargetMachine>>
createMachine(mlir::NVVM::NVVMTargetAttr attribute) {
  Triple triple(attribute.getTriple());
  std::string message;
  const Target *target = findTarget(triple, message);
  if (!target)
    return createStringError(message);
  StringRef chip = attribute.getChip();
  std::unique_ptr<MCSubtargetInfo> known(
      target->createMCSubtargetInfo(triple, "", ""));
  if (!known->isCPUStringValid(chip))
    return createStringError("unknown GPU '" + chip +
                             "'; try sm_90a (Hopper) or sm_80");
  return std::unique_ptr<TargetMachine>(target->createTargetMachine(
      triple, chip, attribute.getFeatures(), TargetOptions(), Reloc::PIC_,
      std::nullopt, CodeGenOptLevel::Aggressive));
}

/// Everything goes into the kernels: a call between two warpgroup products
/// serialises them.
static void inlineIntoKernels(Module &module) {
  for (Function &function : module) {
    if (function.isDeclaration() ||
        function.getCallingConv() == CallingConv::PTX_Kernel)
      continue;
    function.setLinkage(GlobalValue::InternalLinkage);
    function.addFnAttr(Attribute::AlwaysInline);
  }
}

/// Inline assembly is where threads meet: it must not move under a condition.
static void markConvergent(Module &module) {
  for (Function &function : module)
    for (Instruction &instruction : instructions(function))
      if (auto *call = dyn_cast<CallBase>(&instruction))
        if (auto *code = dyn_cast<InlineAsm>(call->getCalledOperand()))
          if (code->hasSideEffects())
            call->setConvergent();
}

Expected<DeviceCode> DeviceCode::create(mlir::gpu::GPUModuleOp module,
                                        mlir::NVVM::NVVMTargetAttr target) {
  auto machine = createMachine(target);
  if (!machine)
    return machine.takeError();
  DeviceCode result;
  result.context = std::make_unique<LLVMContext>();
  result.machine = std::move(*machine);
  result.code = mlir::translateModuleToLLVMIR(module, *result.context);
  if (!result.code)
    return createStringError("the GPU module could not be translated to LLVM "
                             "IR; lower it to the nvvm level first");
  result.code->setDataLayout(result.machine->createDataLayout());
  result.code->setTargetTriple(result.machine->getTargetTriple());
  inlineIntoKernels(*result.code);
  markConvergent(*result.code);
  return result;
}

/// Kernels are built unrolled, vectorised and scheduled as they are to be. What
/// is left to do is little, and ptxas does the rest: of all of LLVM's passes
/// the ones that move code make it spill. Without plain loops it unrolls those
/// that copy single elements.
static ModulePassManager buildPipeline() {
  LoopPassManager loops;
  loops.addPass(LoopRotatePass());
  loops.addPass(IndVarSimplifyPass());
  FunctionPassManager functions;
  functions.addPass(SROAPass(SROAOptions::ModifyCFG));
  functions.addPass(EarlyCSEPass(/*UseMemorySSA=*/true));
  functions.addPass(InstCombinePass());
  functions.addPass(SimplifyCFGPass());
  functions.addPass(createFunctionToLoopPassAdaptor(std::move(loops)));
  functions.addPass(InstCombinePass());
  functions.addPass(SimplifyCFGPass());
  functions.addPass(DCEPass());
  ModulePassManager modules;
  modules.addPass(AlwaysInlinerPass());
  modules.addPass(createModuleToFunctionPassAdaptor(std::move(functions)));
  return modules;
}

void DeviceCode::optimize() {
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager components;
  ModuleAnalysisManager modules;
  PassBuilder builder(machine.get());
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  buildPipeline().run(*code, modules);
}

Expected<std::string> DeviceCode::emitPTX() {
  optimize();
  SmallString<0> text;
  raw_svector_ostream stream(text);
  legacy::PassManager passes;
  if (machine->addPassesToEmitFile(passes, stream, nullptr,
                                   CodeGenFileType::AssemblyFile))
    return createStringError("this target cannot emit PTX");
  passes.run(*code);
  return std::string(text);
}
