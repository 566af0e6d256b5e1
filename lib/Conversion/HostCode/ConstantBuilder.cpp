//===- ConstantBuilder.cpp - C data in the LLVM dialect -------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/HostCode/ConstantBuilder.h"

using namespace mlir;
using namespace rdattn;

ConstantBuilder::ConstantBuilder(ModuleOp module)
    : ImplicitLocOpBuilder(module.getLoc(), module.getContext()),
      module(module) {
  setInsertionPointToEnd(module.getBody());
}

void ConstantBuilder::leaveInitializer() {
  Operation *parent = getInsertionBlock()->getParentOp();
  if (isa<LLVM::GlobalOp>(parent))
    setInsertionPoint(parent);
}

/// The name itself first, and then with the smallest number that is free.
std::string ConstantBuilder::freeName(StringRef name) {
  std::string candidate = name.str();
  for (int64_t &number = numbers[name]; module.lookupSymbol(candidate);)
    candidate = (name + "_" + Twine(number++)).str();
  return candidate;
}

LLVM::GlobalOp ConstantBuilder::global(StringRef name, LLVM::Linkage linkage,
                                       MakeValue value) {
  OpBuilder::InsertionGuard guard(*this);
  leaveInitializer();
  // The value tells the type.
  auto result = LLVM::GlobalOp::create(*this, getI8Type(), /*isConstant=*/true,
                                       linkage, name, Attribute());
  createBlock(&result.getInitializerRegion());
  Value made = value();
  result.setGlobalType(made.getType());
  LLVM::ReturnOp::create(*this, made);
  return result;
}

Value ConstantBuilder::addressOf(LLVM::GlobalOp global) {
  return LLVM::AddressOfOp::create(*this, global);
}

LLVM::GlobalOp ConstantBuilder::internal(StringRef name, MakeValue value) {
  return global(freeName(name), LLVM::Linkage::Internal, value);
}

LLVM::GlobalOp ConstantBuilder::arrayGlobal(StringRef name, size_t count,
                                            MakeElement element) {
  return internal(name, [&] {
    SmallVector<Value> parts;
    for (size_t index = 0; index < count; ++index)
      parts.push_back(element(index));
    Type type = parts.empty() ? getI8Type() : parts.front().getType();
    return insertAll(LLVM::LLVMArrayType::get(type, count), parts);
  });
}

Value ConstantBuilder::array(StringRef name, size_t count,
                             MakeElement element) {
  return addressOf(arrayGlobal(name, count, element));
}

LLVM::GlobalOp ConstantBuilder::bytesGlobal(StringRef name, StringRef data,
                                            unsigned alignment) {
  OpBuilder::InsertionGuard guard(*this);
  leaveInitializer();
  auto type = LLVM::LLVMArrayType::get(getI8Type(), data.size());
  return LLVM::GlobalOp::create(*this, type, /*isConstant=*/true,
                                LLVM::Linkage::Internal, freeName(name),
                                getStringAttr(data), alignment);
}

Value ConstantBuilder::bytes(StringRef name, StringRef data,
                             unsigned alignment) {
  return addressOf(bytesGlobal(name, data, alignment));
}

Value ConstantBuilder::string(StringRef text) {
  if (text.empty())
    return LLVM::ZeroOp::create(*this,
                                LLVM::LLVMPointerType::get(getContext()));
  LLVM::GlobalOp &global = strings[text];
  if (!global)
    global = bytesGlobal("rdattn_string", text.str() + '\0', /*alignment=*/1);
  return addressOf(global);
}

Value ConstantBuilder::integer(int64_t value) {
  return LLVM::ConstantOp::create(*this, getI64IntegerAttr(value));
}

Value ConstantBuilder::integers(ArrayRef<int64_t> values) {
  SmallVector<Value> parts;
  for (int64_t value : values)
    parts.push_back(integer(value));
  return insertAll(LLVM::LLVMArrayType::get(getI64Type(), parts.size()), parts);
}

Value ConstantBuilder::structure(ArrayRef<Value> fields) {
  auto types = llvm::to_vector(ValueRange(fields).getTypes());
  return insertAll(LLVM::LLVMStructType::getLiteral(getContext(), types),
                   fields);
}

Value ConstantBuilder::insertAll(Type type, ArrayRef<Value> parts) {
  Value result = LLVM::PoisonOp::create(*this, type);
  for (auto [index, part] : llvm::enumerate(parts))
    result = LLVM::InsertValueOp::create(*this, result, part, int64_t(index));
  return result;
}
