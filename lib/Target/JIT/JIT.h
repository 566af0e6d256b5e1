//===- JIT.h - Compiled modules in this process -----------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TARGET_JIT_JIT_H
#define RDATTN_TARGET_JIT_JIT_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

#include "rdattn/runtime.h"

namespace rdattn {

/// Compiles `module`, which is at the llvm level, to an object file.
llvm::Expected<llvm::SmallVector<char, 0>> compileModule(mlir::ModuleOp module);

/// Links such an object file into this process and hands it to the runtime.
/// rdattn_module_close frees the code.
llvm::Expected<rdattn_module *> loadObject(llvm::StringRef object);

/// Both.
llvm::Expected<rdattn_module *> loadModule(mlir::ModuleOp module);

} // namespace rdattn

#endif // RDATTN_TARGET_JIT_JIT_H
