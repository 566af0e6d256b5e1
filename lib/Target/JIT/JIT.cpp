//===- JIT.cpp - Compiled modules in this process -------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Target/JIT/JIT.h"

#include "lib/Target/CPU/MachineCode.h"

#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"

#include "rdattn/module.h"

using namespace llvm;
using namespace llvm::orc;

/// Lets code see what the runtime brought along: by name of the library, since
/// the process may hold them outside its global scope.
static Error addLibraries(JITDylib &code, char prefix) {
  for (const char *name :
       {"librdattn_runtime.so.7", "libomp.so.5", "libm.so.6", "libc.so.6"}) {
    auto symbols = DynamicLibrarySearchGenerator::Load(name, prefix);
    if (!symbols)
      return symbols.takeError();
    code.addGenerator(std::move(*symbols));
  }
  return Error::success();
}

static Expected<std::unique_ptr<LLJIT>> createJIT() {
  InitializeNativeTarget();
  InitializeNativeTargetAsmPrinter();
  auto jit = LLJITBuilder().create();
  if (!jit)
    return jit.takeError();
  char prefix = (*jit)->getDataLayout().getGlobalPrefix();
  if (Error error = addLibraries((*jit)->getMainJITDylib(), prefix))
    return std::move(error);
  return jit;
}

Expected<SmallVector<char, 0>> rdattn::compileModule(mlir::ModuleOp module) {
  LLVMContext context;
  auto code = translateToLLVM(module, context);
  if (!code)
    return code.takeError();
  return emitObject(**code);
}

Expected<rdattn_module *> rdattn::loadModule(mlir::ModuleOp module) {
  auto object = compileModule(module);
  if (!object)
    return object.takeError();
  return loadObject({object->data(), object->size()});
}

Expected<rdattn_module *> rdattn::loadObject(StringRef object) {
  auto jit = createJIT();
  if (!jit)
    return jit.takeError();
  auto buffer = MemoryBuffer::getMemBufferCopy(object, "rdattn");
  if (Error error = (*jit)->addObjectFile(std::move(buffer)))
    return std::move(error);
  auto data = (*jit)->lookup("rdattn_module_data");
  if (!data)
    return data.takeError();

  rdattn_module *result = nullptr;
  auto release = [](void *owner) { delete static_cast<LLJIT *>(owner); };
  if (rdattn_module_from_code(data->toPtr<void *>(), jit->release(), release,
                              &result))
    return createStringError(rdattn_last_error());
  return result;
}
