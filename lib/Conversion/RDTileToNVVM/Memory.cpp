//===- Memory.cpp - Rows of global and shared memory ----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/RDTileToNVVM/Memory.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace rdattn::rdtile;

GlobalMemory::GlobalMemory(Emitter &b, Value memref) : b(b) {
  auto type = cast<MemRefType>(memref.getType());
  bytes = type.getElementTypeBitWidth() / 8;
  auto metadata = memref::ExtractStridedMetadataOp::create(b, memref);
  auto toI64 = [&](Value index) -> Value {
    return arith::IndexCastOp::create(b, b.getI64Type(), index);
  };
  for (Value stride : metadata.getStrides())
    strides.push_back(toI64(stride));
  Value start = memref::ExtractAlignedPointerAsIndexOp::create(b, memref);
  base = toI64(start);
  if (!isConstantIntValue(metadata.getConstifiedMixedOffset(), 0))
    base = b.add(base, b.mul(toI64(metadata.getOffset()), b.i64(bytes)));
}

Value GlobalMemory::step(Value address, Value index, int64_t dimension) {
  Value elements = b.mul(b.extend(index), strides[dimension]);
  return b.add(address, b.mul(elements, b.i64(bytes)));
}

Value GlobalMemory::strideBytes32(int64_t dimension) {
  Value stride = b.mul(strides[dimension], b.i64(bytes));
  return arith::TruncIOp::create(b, b.getI32Type(), stride);
}

Value GlobalMemory::address(ValueRange indices) {
  Value address = base;
  for (auto [dimension, index] : llvm::enumerate(indices))
    if (index)
      address = step(address, index, dimension);
  return address;
}

Value rdattn::rdtile::globalPointer(Emitter &b, Value address) {
  auto type = LLVM::LLVMPointerType::get(
      b.getContext(), static_cast<unsigned>(NVVM::NVVMMemorySpace::Global));
  return LLVM::IntToPtrOp::create(b, type, address);
}
