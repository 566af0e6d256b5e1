//===- RuntimeCalls.cpp - What the CPU kernel asks of the runtime ---------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/LaunchToCPU/RuntimeCalls.h"

#include "lib/Conversion/HostCode/CallRuntime.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace rdattn;
using namespace rdattn::cpu;

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

Value RuntimeCalls::shouldStop(Value call) {
  Value flag = callRuntime(b, "rdattn_should_stop", b.getI32Type(), call);
  Value zero = arith::ConstantOp::create(b, b.getI32IntegerAttr(0));
  return arith::CmpIOp::create(b, arith::CmpIPredicate::ne, flag, zero);
}

/// A memref of `type` over `pointer`, with these sizes and strides.
static Value memrefFromPointer(Emitter &b, MemRefType type, Value pointer,
                               ValueRange sizes, ValueRange strides) {
  Value descriptor =
      LLVM::PoisonOp::create(b, descriptorType(b.getContext(), type.getRank()));
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
  return memrefOf(b, type, descriptor);
}

std::pair<Value, Value> RuntimeCalls::scratch(Value call, int64_t bytes) {
  Value size = b.index(bytes);
  Value pointer =
      callRuntime(b, "rdattn_scratch", pointerType(b), {call, int64(size)});
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
      callRuntime(b, "rdattn_shared_scratch", pointerType(b), {call, bytes});
  SmallVector<int64_t> shape(sizes.size(), ShapedType::kDynamic);
  auto type = MemRefType::get(shape, b.getF32Type());
  return {memrefFromPointer(b, type, pointer, sizes, strides),
          notNull(b, pointer)};
}
