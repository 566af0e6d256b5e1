//===- RuntimeCalls.cpp - Calls from compiled code into the runtime -------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/LaunchToCPU/RuntimeCalls.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"

using namespace mlir;
using namespace rdattn;
using namespace rdattn::cpu;

void cpu::declareFunction(Emitter &b, StringRef name, FunctionType type) {
  auto module =
      b.getInsertionBlock()->getParentOp()->getParentOfType<ModuleOp>();
  if (module.lookupSymbol(name))
    return;
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(module.getBody());
  func::FuncOp::create(b, name, type).setPrivate();
}

Value RuntimeCalls::invoke(StringRef name, Type result, ValueRange arguments) {
  declareFunction(b, name, b.getFunctionType(arguments.getTypes(), result));
  return func::CallOp::create(b, name, result, arguments).getResult(0);
}

Value RuntimeCalls::int64(Value index) {
  return arith::IndexCastOp::create(b, b.getI64Type(), index);
}

static Type pointerType(Emitter &b) {
  return LLVM::LLVMPointerType::get(b.getContext());
}

static Value notNull(Emitter &b, Value pointer) {
  Value null = LLVM::ZeroOp::create(b, pointer.getType());
  return LLVM::ICmpOp::create(b, LLVM::ICmpPredicate::ne, pointer, null);
}

Value RuntimeCalls::currentCall() {
  return invoke("rdattn_current_call", pointerType(b), {});
}

Value RuntimeCalls::shouldStop(Value call) {
  Value flag = invoke("rdattn_should_stop", b.getI32Type(), call);
  Value zero = arith::ConstantOp::create(b, b.getI32IntegerAttr(0));
  return arith::CmpIOp::create(b, arith::CmpIPredicate::ne, flag, zero);
}

std::pair<Value, Value> RuntimeCalls::scratch(Value call, int64_t bytes) {
  Value size = b.index(bytes);
  Value pointer = invoke("rdattn_scratch", pointerType(b), {call, int64(size)});
  auto type = MemRefType::get({bytes}, b.getI8Type());
  return {memrefFromPointer(b, type, pointer, size, b.index(1)),
          notNull(b, pointer)};
}

std::pair<Value, Value> RuntimeCalls::sharedScratch(Value call,
                                                    ValueRange sizes) {
  SmallVector<Value> strides(sizes.size());
  Value elements = b.index(1);
  for (size_t i = sizes.size(); i-- > 0;) {
    strides[i] = elements;
    elements = b.mul(elements, sizes[i]);
  }
  Value bytes = int64(b.mul(elements, b.index(4)));
  Value pointer =
      invoke("rdattn_shared_scratch", pointerType(b), {call, bytes});
  SmallVector<int64_t> shape(sizes.size(), ShapedType::kDynamic);
  auto type = MemRefType::get(shape, b.getF32Type());
  return {memrefFromPointer(b, type, pointer, sizes, strides),
          notNull(b, pointer)};
}

/// The struct that a memref of this rank becomes in LLVM.
static Type descriptorType(Emitter &b, int64_t rank) {
  auto i64 = b.getI64Type();
  auto array = LLVM::LLVMArrayType::get(i64, rank);
  return LLVM::LLVMStructType::getLiteral(
      b.getContext(), {pointerType(b), pointerType(b), i64, array, array});
}

static Value asMemRef(Emitter &b, MemRefType type, Value descriptor) {
  return UnrealizedConversionCastOp::create(b, type, descriptor).getResult(0);
}

Value cpu::memrefFromPointer(Emitter &b, MemRefType type, Value pointer,
                             ValueRange sizes, ValueRange strides) {
  Value descriptor =
      LLVM::PoisonOp::create(b, descriptorType(b, type.getRank()));
  auto insert = [&](Value value, ArrayRef<int64_t> position) {
    if (isa<IndexType>(value.getType()))
      value = arith::IndexCastOp::create(b, b.getI64Type(), value);
    descriptor = LLVM::InsertValueOp::create(b, descriptor, value, position);
  };
  insert(pointer, {0});
  insert(pointer, {1});
  insert(b.index(0), {2});
  for (int64_t i = 0; i < type.getRank(); ++i) {
    insert(sizes[i], {3, i});
    insert(strides[i], {4, i});
  }
  return asMemRef(b, type, descriptor);
}

/// A constant array of the module, and a pointer to it.
static Value embedWords(Emitter &b, ArrayRef<int64_t> words) {
  auto module =
      b.getInsertionBlock()->getParentOp()->getParentOfType<ModuleOp>();
  auto type = LLVM::LLVMArrayType::get(b.getI64Type(), words.size());
  SymbolTable symbols(module);
  OpBuilder::InsertionGuard guard(b);
  auto at = b.saveInsertionPoint();
  b.setInsertionPointToStart(module.getBody());
  auto global = LLVM::GlobalOp::create(
      b, type, /*isConstant=*/true, LLVM::Linkage::Internal,
      "rdattn_plan_words", b.getI64TensorAttr(words));
  symbols.insert(global);
  b.restoreInsertionPoint(at);
  return LLVM::AddressOfOp::create(b, global);
}

void cpu::lowerPlan(PlanOp plan) {
  Emitter b(plan.getLoc(), plan);
  std::vector<int64_t> words = planner::serialize(plan.getSpec());
  Value count = LLVM::ConstantOp::create(b, b.getI64IntegerAttr(words.size()));
  Value call = RuntimeCalls(b).currentCall();
  SmallVector<Value> arguments{call, embedWords(b, words), count};
  for (Value size : plan.getOperands())
    arguments.push_back(arith::IndexCastOp::create(b, b.getI64Type(), size));

  Value one = LLVM::ConstantOp::create(b, b.getI64IntegerAttr(1));
  SmallVector<Value> tables;
  for (Value result : plan.getResults()) {
    int64_t rank = cast<MemRefType>(result.getType()).getRank();
    tables.push_back(LLVM::AllocaOp::create(b, pointerType(b),
                                            descriptorType(b, rank), one));
  }
  arguments.append(tables);
  auto type = b.getFunctionType(ValueRange(arguments).getTypes(), {});
  declareFunction(b, "rdattn_plan", type);
  func::CallOp::create(b, "rdattn_plan", TypeRange(), arguments);
  for (auto [result, table] : llvm::zip(plan.getResults(), tables)) {
    auto memref = cast<MemRefType>(result.getType());
    Value descriptor =
        LLVM::LoadOp::create(b, descriptorType(b, memref.getRank()), table);
    result.replaceAllUsesWith(asMemRef(b, memref, descriptor));
  }
  plan.erase();
}
