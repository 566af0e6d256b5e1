//===- CallRuntime.cpp - Calls from host code into the runtime -----------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/HostCode/CallRuntime.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

#include "rdattn/module.h"

using namespace mlir;
using namespace rdattn;

static ModuleOp moduleAround(ImplicitLocOpBuilder &b) {
  return b.getInsertionBlock()->getParentOp()->getParentOfType<ModuleOp>();
}

static void declareFunction(ImplicitLocOpBuilder &b, StringRef name,
                            FunctionType type) {
  ModuleOp module = moduleAround(b);
  if (module.lookupSymbol(name))
    return;
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(module.getBody());
  func::FuncOp::create(b, name, type).setPrivate();
}

Value rdattn::callRuntime(ImplicitLocOpBuilder &b, StringRef name, Type result,
                          ValueRange arguments) {
  TypeRange results = result ? TypeRange(result) : TypeRange();
  declareFunction(b, name, b.getFunctionType(arguments.getTypes(), results));
  auto call = func::CallOp::create(b, name, results, arguments);
  return result ? call.getResult(0) : Value();
}

static Type pointerType(MLIRContext *context) {
  return LLVM::LLVMPointerType::get(context);
}

Value rdattn::currentCall(ImplicitLocOpBuilder &b) {
  return callRuntime(b, "rdattn_current_call", pointerType(b.getContext()), {});
}

/// A name that is not taken.
static std::string freeName(ModuleOp module, StringRef name) {
  std::string free = name.str();
  for (unsigned i = 0; module.lookupSymbol(free); ++i)
    free = (name + "_" + Twine(i)).str();
  return free;
}

Value rdattn::embedWords(ImplicitLocOpBuilder &b, ArrayRef<int64_t> words) {
  auto type = LLVM::LLVMArrayType::get(b.getI64Type(), words.size());
  ModuleOp module = moduleAround(b);
  std::string name = freeName(module, "rdattn_plan_words");
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(module.getBody());
    LLVM::GlobalOp::create(b, type, /*isConstant=*/true,
                           LLVM::Linkage::Internal, name,
                           b.getI64TensorAttr(words));
  }
  return LLVM::AddressOfOp::create(b, pointerType(b.getContext()), name);
}

Type rdattn::descriptorType(MLIRContext *context, int64_t rank) {
  Type pointer = pointerType(context), i64 = IntegerType::get(context, 64);
  auto array = LLVM::LLVMArrayType::get(i64, rank);
  return LLVM::LLVMStructType::getLiteral(
      context, {pointer, pointer, i64, array, array});
}

Value rdattn::descriptorOf(ImplicitLocOpBuilder &b, Value memref) {
  int64_t rank = cast<MemRefType>(memref.getType()).getRank();
  return UnrealizedConversionCastOp::create(
             b, descriptorType(b.getContext(), rank), memref)
      .getResult(0);
}

Value rdattn::memrefOf(ImplicitLocOpBuilder &b, MemRefType type,
                       Value descriptor) {
  return UnrealizedConversionCastOp::create(b, type, descriptor).getResult(0);
}

int64_t rdattn::dtypeOf(Type type) {
  if (type.isF16())
    return RDATTN_FLOAT16;
  return type.isBF16() ? RDATTN_BFLOAT16 : RDATTN_FLOAT32;
}

Value rdattn::allocateOnStack(ImplicitLocOpBuilder &b, Type type) {
  // Inside a loop each time would take more: there it is the function's.
  OpBuilder::InsertionGuard guard(b);
  Operation *around = b.getInsertionBlock()->getParentOp();
  if (auto function = around->getParentOfType<func::FuncOp>())
    b.setInsertionPointToStart(&function.getBody().front());
  Value one = LLVM::ConstantOp::create(b, b.getI64IntegerAttr(1));
  return LLVM::AllocaOp::create(b, pointerType(b.getContext()), type, one);
}

Value rdattn::passMemref(ImplicitLocOpBuilder &b, Value memref) {
  Value descriptor = descriptorOf(b, memref);
  Value pointer = allocateOnStack(b, descriptor.getType());
  LLVM::StoreOp::create(b, descriptor, pointer);
  return pointer;
}

SmallVector<Value> rdattn::callForMemrefs(ImplicitLocOpBuilder &b,
                                          StringRef name,
                                          SmallVector<Value> arguments,
                                          TypeRange types) {
  SmallVector<std::pair<Value, Type>> slots;
  for (Type result : types) {
    Type type =
        descriptorType(b.getContext(), cast<MemRefType>(result).getRank());
    slots.emplace_back(allocateOnStack(b, type), type);
    arguments.push_back(slots.back().first);
  }
  callRuntime(b, name, Type(), arguments);
  SmallVector<Value> results;
  for (auto [type, slot] : llvm::zip(types, slots)) {
    Value descriptor = LLVM::LoadOp::create(b, slot.second, slot.first);
    results.push_back(memrefOf(b, cast<MemRefType>(type), descriptor));
  }
  return results;
}
