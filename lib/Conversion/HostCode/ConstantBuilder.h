//===- ConstantBuilder.h - C data in the LLVM dialect -----------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_HOSTCODE_CONSTANTBUILDER_H
#define RDATTN_CONVERSION_HOSTCODE_CONSTANTBUILDER_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace rdattn {

/// Builds the constant structs of a C interface, each a global of a module.
/// What makes a global's value runs inside its initialiser, and may make
/// others.
class ConstantBuilder : public mlir::ImplicitLocOpBuilder {
public:
  /// Globals go to the end of the module.
  explicit ConstantBuilder(mlir::ModuleOp module);

  using MakeValue = llvm::function_ref<mlir::Value()>;
  using MakeElement = llvm::function_ref<mlir::Value(size_t)>;

  mlir::LLVM::GlobalOp global(llvm::StringRef name, mlir::LLVM::Linkage linkage,
                              MakeValue value);
  /// A global of the module alone, whose name gets a number where it is taken.
  mlir::LLVM::GlobalOp internal(llvm::StringRef name, MakeValue value);
  mlir::LLVM::GlobalOp arrayGlobal(llvm::StringRef name, size_t count,
                                   MakeElement element);

  /// Pointers to such globals.
  mlir::Value addressOf(mlir::LLVM::GlobalOp global);
  mlir::Value array(llvm::StringRef name, size_t count, MakeElement element);
  mlir::Value bytes(llvm::StringRef name, llvm::StringRef data,
                    unsigned alignment);
  /// NUL-terminated; a null pointer where the text is empty.
  mlir::Value string(llvm::StringRef text);

  mlir::Value integer(int64_t value);
  mlir::Value integers(llvm::ArrayRef<int64_t> values);
  mlir::Value structure(llvm::ArrayRef<mlir::Value> fields);

private:
  mlir::LLVM::GlobalOp bytesGlobal(llvm::StringRef name, llvm::StringRef data,
                                   unsigned alignment);
  mlir::Value insertAll(mlir::Type type, llvm::ArrayRef<mlir::Value> parts);
  /// A global inside another's initialiser goes in front of that one.
  void leaveInitializer();
  std::string freeName(llvm::StringRef name);

  mlir::ModuleOp module;
  llvm::StringMap<int64_t> numbers;
  llvm::StringMap<mlir::LLVM::GlobalOp> strings;
};

} // namespace rdattn

#endif // RDATTN_CONVERSION_HOSTCODE_CONSTANTBUILDER_H
