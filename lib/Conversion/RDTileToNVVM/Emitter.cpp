//===- Emitter.cpp - Instructions of one thread ---------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/RDTileToNVVM/Emitter.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using namespace rdattn::rdtile;

SmallVector<Value> Emitter::ptx(StringRef code, TypeRange results,
                                StringRef constraints, ValueRange operands,
                                bool isPure) {
  Type type;
  if (results.size() == 1)
    type = results.front();
  else if (results.size() > 1)
    type = LLVM::LLVMStructType::getLiteral(getContext(),
                                            llvm::to_vector(results));
  auto instruction = LLVM::InlineAsmOp::create(
      *this, type ? TypeRange(type) : TypeRange(), operands, code, constraints,
      /*has_side_effects=*/!isPure, /*is_align_stack=*/false,
      LLVM::tailcallkind::TailCallKind::None,
      LLVM::AsmDialectAttr::get(getContext(), LLVM::AsmDialect::AD_ATT),
      ArrayAttr());
  if (results.empty())
    return {};
  if (results.size() == 1)
    return {instruction.getRes()};
  SmallVector<Value> values;
  for (size_t i = 0; i < results.size(); ++i)
    values.push_back(
        LLVM::ExtractValueOp::create(*this, instruction.getRes(), i));
  return values;
}

Value Emitter::threadIndex() {
  return NVVM::ThreadIdXOp::create(*this, getI32Type());
}
Value Emitter::blockCount() {
  return NVVM::GridDimXOp::create(*this, getI32Type());
}
Value Emitter::laneIndex() { return bitAnd(threadIndex(), i32(31)); }
Value Emitter::warpgroupThread() {
  return bitAnd(threadIndex(), i32(kWarpgroupThreads - 1));
}
Value Emitter::warpInGroup() { return div(warpgroupThread(), 32); }

Value Emitter::fragmentRow(int64_t half) {
  Value first = add(mul(warpInGroup(), 16), div(laneIndex(), 4));
  return add(first, 8 * half);
}

Value Emitter::fragmentColumn(int64_t index) {
  Value first = shiftLeft(bitAnd(threadIndex(), i32(3)), 1);
  return add(first, index / 4 * 8 + index % 2);
}

Value Emitter::exchange(Value value, int64_t mask) {
  return NVVM::ShflOp::create(*this, value.getType(), i32(-1), value, i32(mask),
                              i32(31), NVVM::ShflKind::bfly, UnitAttr());
}
