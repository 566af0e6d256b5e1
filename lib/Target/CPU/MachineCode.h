//===- MachineCode.h - From the LLVM dialect to machine code ----*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TARGET_CPU_MACHINECODE_H
#define RDATTN_TARGET_CPU_MACHINECODE_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectRegistry.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"

namespace rdattn {

/// Registers the translations that translateToLLVM needs.
void registerLLVMTranslations(mlir::DialectRegistry &registry);

/// The optimised LLVM IR of a module in the LLVM dialect, for this machine's
/// target; functions carry their CPU's features.
llvm::Expected<std::unique_ptr<llvm::Module>>
translateToLLVM(mlir::ModuleOp module, llvm::LLVMContext &context);

/// A relocatable object file.
llvm::Expected<llvm::SmallVector<char, 0>> emitObject(llvm::Module &module);

} // namespace rdattn

#endif // RDATTN_TARGET_CPU_MACHINECODE_H
