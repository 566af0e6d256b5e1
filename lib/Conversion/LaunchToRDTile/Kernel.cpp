//===- Kernel.cpp - A kernel's arguments and shared memory ----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/LaunchToRDTile/Kernel.h"

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

#include "lib/Planner/RingItems.h"

using namespace mlir;
using namespace rdattn;
using namespace rdattn::rdtile;

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

static MemRefType stridedType(ArrayRef<int64_t> shape, Type element,
                              bool isLastContiguous) {
  SmallVector<int64_t> strides(shape.size(), ShapedType::kDynamic);
  if (isLastContiguous)
    strides.back() = 1;
  auto layout = StridedLayoutAttr::get(element.getContext(), 0, strides);
  return MemRefType::get(shape, element, layout);
}

static constexpr int64_t kDynamic = ShapedType::kDynamic;

MemRefType rdtile::tensorType(Type element, int64_t columns) {
  return stridedType({kDynamic, kDynamic, kDynamic, columns}, element, true);
}

MemRefType rdtile::logSumExpType(MLIRContext *context) {
  return stridedType({kDynamic, kDynamic, kDynamic}, Float32Type::get(context),
                     false);
}

MemRefType rdtile::partialsType(Type element, int64_t columns) {
  return MemRefType::get({kDynamic, kDynamic, kDynamic, kDynamic, columns},
                         element);
}

MemRefType rdtile::statisticsType(MLIRContext *context) {
  return MemRefType::get({2, kDynamic, kDynamic, kDynamic, kDynamic},
                         Float32Type::get(context));
}

MemRefType rdtile::accumulatedType(MLIRContext *context, const KernelKey &key) {
  return MemRefType::get({kDynamic, kDynamic, kDynamic, key.valueDim},
                         Float32Type::get(context));
}

MemRefType rdtile::rowScalarsType(MLIRContext *context) {
  return MemRefType::get({kDynamic, kDynamic, kDynamic},
                         Float32Type::get(context));
}

Value rdtile::sliceOf(I32Builder &b, Value array, int64_t first,
                      ArrayRef<OpFoldResult> at) {
  auto type = cast<MemRefType>(array.getType());
  OpFoldResult zero = b.getIndexAttr(0), one = b.getIndexAttr(1);
  SmallVector<OpFoldResult> offsets(type.getRank(), zero);
  SmallVector<OpFoldResult> strides(type.getRank(), one), sizes;
  SmallVector<int64_t> kept;
  for (int64_t i = 0; i < type.getRank(); ++i) {
    if (i >= first && i < first + int64_t(at.size())) {
      offsets[i] = at[i - first];
      sizes.push_back(one);
      continue;
    }
    sizes.push_back(memref::getMixedSize(b, b.getLoc(), array, i));
    kept.push_back(type.getDimSize(i));
  }
  auto part = memref::SubViewOp::inferRankReducedResultType(kept, type, offsets,
                                                            sizes, strides);
  return memref::SubViewOp::create(b, part, array, offsets, sizes, strides);
}

//===----------------------------------------------------------------------===//
// Function
//===----------------------------------------------------------------------===//

gpu::GPUFuncOp rdtile::createKernel(I32Builder &b, StringRef name,
                                    ArrayRef<Type> arguments, int64_t threads) {
  auto type = b.getFunctionType(arguments, {});
  auto function = gpu::GPUFuncOp::create(b, name, type);
  function->setAttr(gpu::GPUDialect::getKernelFuncAttrName(), b.getUnitAttr());
  function.setKnownBlockSizeAttr(
      b.getDenseI32ArrayAttr({int32_t(threads), 1, 1}));
  b.setInsertionPointToStart(&function.getBody().front());
  return function;
}

void KernelBuilder::createFunction(StringRef name) {
  MLIRContext *context = b.getContext();
  SmallVector<Type> types;
  SmallVector<Value *> slots;
  auto argument = [&](char role, Value &slot, Type type) {
    parameters.roles += role;
    types.push_back(type);
    slots.push_back(&slot);
  };
  Type inputs = tensorType(key.element, key.headDim);
  Type values = tensorType(key.element, key.valueDim);
  Type words = MemRefType::get({kDynamic}, b.getI32Type());
  if (key.hasMaps())
    argument('m', parameters.maps, MapsType::get(context));
  argument('q', parameters.q, inputs);
  argument('k', parameters.k, inputs);
  argument('v', parameters.v, values);
  if (key.ring) {
    argument('A', parameters.accumulated, accumulatedType(context, key));
    argument('X', parameters.maxima, rowScalarsType(context));
    argument('Y', parameters.sums, rowScalarsType(context));
  }
  if (key.merges) {
    argument('P', parameters.partials, partialsType(key.element, key.valueDim));
    argument('S', parameters.statistics, statisticsType(context));
    argument('p', parameters.phases, words);
  } else {
    argument('o', parameters.o, values);
    if (key.hasLse)
      argument('l', parameters.lse, logSumExpType(context));
  }
  argument('s', parameters.scale, b.getF32Type());
  const int64_t columns =
      key.ring ? planner::kRingItemColumns : planner::kWorkItemColumns;
  argument('i', parameters.items,
           MemRefType::get({kDynamic, columns}, b.getI32Type()));
  argument('r', parameters.rowList, words);
  argument('c', parameters.counter, MemRefType::get({2}, b.getI32Type()));

  function = createKernel(b, name, types, key.threads());
  function->setAttr(NVVM::NVVMDialect::getMinctasmAttrName(),
                    b.getI32IntegerAttr(1));
  if (key.hasMaps()) // the first argument
    function->setAttr(kMapsArgumentAttrName, b.getI64IntegerAttr(0));
  for (auto [slot, value] : llvm::zip(slots, function.getArguments()))
    *slot = value;
}

//===----------------------------------------------------------------------===//
// Shared memory
//===----------------------------------------------------------------------===//

Value KernelBuilder::place(Type type, int64_t size) {
  int64_t at = bytes;
  bytes += size;
  return SharedOp::create(b, type, b.getI64IntegerAttr(at));
}

Value KernelBuilder::placeRing(int64_t stages, int64_t rows, int64_t columns) {
  auto type = RingType::get(b.getContext(), stages, rows, columns, key.element);
  return place(type, type.getBytes());
}

Value KernelBuilder::placeItems() {
  auto workgroup =
      gpu::AddressSpaceAttr::get(b.getContext(), gpu::AddressSpace::Workgroup);
  auto slots = MemRefType::get({kItemSlots, Item::wordsOf(key)}, b.getI32Type(),
                               MemRefLayoutAttrInterface(), workgroup);
  return place(slots, kItemSlots * Item::wordsOf(key) * 4);
}

Value rdtile::stageOf(I32Builder &b, Value ring, Value index) {
  auto type = cast<RingType>(ring.getType());
  return StageOp::create(b, type.getTile(), ring, index);
}

Value rdtile::waitMma(I32Builder &b, Value pending, int64_t inFlight) {
  auto type = cast<PendingType>(pending.getType());
  return WaitMmaOp::create(
      b, AccumulatorType::get(b.getContext(), type.getColumns()), pending,
      b.getI64IntegerAttr(inFlight));
}
