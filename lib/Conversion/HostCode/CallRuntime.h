//===- CallRuntime.h - Calls from host code into the runtime ---*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_HOSTCODE_CALLRUNTIME_H
#define RDATTN_CONVERSION_HOSTCODE_CALLRUNTIME_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace rdattn {

/// Calls `name`, a function of runtime/include/rdattn/module.h; the module
/// around the insertion point declares it on first use. Without a result where
/// `result` is null.
mlir::Value callRuntime(mlir::ImplicitLocOpBuilder &b, llvm::StringRef name,
                        mlir::Type result, mlir::ValueRange arguments);

/// The call being run: an !llvm.ptr that the runtime's other functions take.
mlir::Value currentCall(mlir::ImplicitLocOpBuilder &b);

/// A constant array of the module around the insertion point, as a pointer.
mlir::Value embedWords(mlir::ImplicitLocOpBuilder &b,
                       llvm::ArrayRef<int64_t> words);

/// A struct that describes a memref in C: {allocated, aligned, offset,
/// sizes[rank], strides[rank]}.
mlir::Type descriptorType(mlir::MLIRContext *context, int64_t rank);

/// A memref as its descriptor, and the reverse.
mlir::Value descriptorOf(mlir::ImplicitLocOpBuilder &b, mlir::Value memref);
mlir::Value memrefOf(mlir::ImplicitLocOpBuilder &b, mlir::MemRefType type,
                     mlir::Value descriptor);

/// A pointer to the descriptor of `memref`, on the stack.
mlir::Value passMemref(mlir::ImplicitLocOpBuilder &b, mlir::Value memref);

/// Calls `name` with room for the descriptors of memrefs of these types behind
/// the arguments, and gives the memrefs that it wrote there.
llvm::SmallVector<mlir::Value>
callForMemrefs(mlir::ImplicitLocOpBuilder &b, llvm::StringRef name,
               llvm::SmallVector<mlir::Value> arguments, mlir::TypeRange types);

/// The rdattn_dtype of f32, f16 or bf16.
int64_t dtypeOf(mlir::Type type);

/// The stack's memory for a value of `type`.
mlir::Value allocateOnStack(mlir::ImplicitLocOpBuilder &b, mlir::Type type);

} // namespace rdattn

#endif // RDATTN_CONVERSION_HOSTCODE_CALLRUNTIME_H
