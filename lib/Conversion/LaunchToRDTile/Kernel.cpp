//===- Kernel.cpp - A kernel's arguments, shared memory and roles ---------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/LaunchToRDTile/Kernel.h"

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

#include "lib/Planner/Plan.h"

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

MemRefType rdtile::partialsType(MLIRContext *context, int64_t columns) {
  return MemRefType::get({kDynamic, kDynamic, kDynamic, kDynamic, columns},
                         Float32Type::get(context));
}

MemRefType rdtile::statisticsType(MLIRContext *context) {
  return MemRefType::get({2, kDynamic, kDynamic, kDynamic, kDynamic},
                         Float32Type::get(context));
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

void Kernel::createFunction(StringRef name) {
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
  if (hasMaps())
    argument('m', parameters.maps, MapsType::get(context));
  argument('q', parameters.q, inputs);
  argument('k', parameters.k, inputs);
  argument('v', parameters.v, values);
  if (key.merges) {
    argument('P', parameters.partials, partialsType(context, key.valueDim));
    argument('S', parameters.statistics, statisticsType(context));
    argument('p', parameters.phases, words);
  } else {
    argument('o', parameters.o, values);
    if (key.hasLse)
      argument('l', parameters.lse, logSumExpType(context));
  }
  argument('s', parameters.scale, b.getF32Type());
  argument(
      'i', parameters.items,
      MemRefType::get({kDynamic, planner::kWorkItemColumns}, b.getI32Type()));
  argument('r', parameters.rowList, words);
  argument('c', parameters.counter, MemRefType::get({2}, b.getI32Type()));

  function = createKernel(b, name, types, key.threads());
  function->setAttr(NVVM::NVVMDialect::getMinctasmAttrName(),
                    b.getI32IntegerAttr(1));
  if (hasMaps()) // the first argument
    function->setAttr(kMapsArgumentAttrName, b.getI64IntegerAttr(0));
  for (auto [slot, value] : llvm::zip(slots, function.getArguments()))
    *slot = value;
}

//===----------------------------------------------------------------------===//
// Shared memory
//===----------------------------------------------------------------------===//

void Kernel::createSharedMemory() {
  int64_t offset = 0;
  auto place = [&](Type type, int64_t bytes) -> Value {
    int64_t at = offset;
    offset += bytes;
    return SharedOp::create(b, type, b.getI64IntegerAttr(at));
  };
  MLIRContext *context = b.getContext();
  auto ring = [&](int64_t stages, int64_t rows, int64_t columns) {
    auto type = RingType::get(context, stages, rows, columns, key.element);
    return place(type, type.getBytes());
  };
  auto barriers = [&](int64_t count) {
    return place(BarriersType::get(context, count), 8 * count);
  };
  shared.q = ring(1, key.queries, key.headDim);
  shared.k = ring(key.stages, key.keys, key.headDim);
  shared.v = ring(key.stages, key.keys, key.valueDim);
  shared.qFull = barriers(1);
  shared.qEmpty = barriers(1);
  shared.kFull = barriers(key.stages);
  shared.kEmpty = barriers(key.stages);
  shared.vFull = barriers(key.stages);
  shared.vEmpty = barriers(key.stages);
  shared.itemFull = barriers(kItemSlots);
  shared.itemEmpty = barriers(kItemSlots);
  auto workgroup =
      gpu::AddressSpaceAttr::get(context, gpu::AddressSpace::Workgroup);
  auto slots = MemRefType::get({kItemSlots, Item::kWords}, b.getI32Type(),
                               MemRefLayoutAttrInterface(), workgroup);
  shared.items = place(slots, kItemSlots * Item::kWords * 4);
  shared.bytes = llvm::alignTo(offset, 128);
}

/// A phase is full once its copies have landed: a map counts one arrival and
/// its bytes, row copies one arrival a thread. It is empty once every warp that
/// reads it has come.
void Kernel::initBarriers() {
  bool isMap = key.access == Access::Map;
  int64_t copies = isMap ? 1 : kWarpgroupThreads;
  int64_t readers = 4 * key.consumers;
  auto init = [&](Value barriers, int64_t arrivals) {
    InitBarriersOp::create(b, barriers, b.getI64IntegerAttr(arrivals));
  };
  Value isFirst = b.equal(
      b.toI32(gpu::ThreadIdOp::create(b, b.getIndexType(), gpu::Dimension::x)),
      b.i32(0));
  b.when(isFirst, [&] {
    for (Value full : {shared.qFull, shared.kFull, shared.vFull})
      init(full, copies);
    for (Value empty : {shared.qEmpty, shared.kEmpty, shared.vEmpty})
      init(empty, readers);
    init(shared.itemFull, 1);
    init(shared.itemEmpty, readers + (isMap ? 1 : 4));
  });
  gpu::BarrierOp::create(b);
}

//===----------------------------------------------------------------------===//
// Roles
//===----------------------------------------------------------------------===//

/// Registers of a thread: what copying needs, and what is left for the rest.
static std::pair<int64_t, int64_t> registersOf(const KernelKey &key) {
  bool isMap = key.access == Access::Map;
  if (key.consumers == 3)
    return {isMap ? 32 : 56, isMap ? 160 : 152};
  return {isMap ? 24 : 56, isMap ? 240 : 224};
}

gpu::GPUFuncOp Kernel::build(StringRef name) {
  OpBuilder::InsertionGuard guard(b);
  createFunction(name);
  createSharedMemory();
  initBarriers();
  auto [forProducer, forConsumers] = registersOf(key);
  auto roles = RolesOp::create(b, forProducer, key.consumers, forConsumers);
  b.createBlock(&roles.getProducer());
  Producer(*this).build();
  Block *block =
      b.createBlock(&roles.getConsumer(), {}, b.getI32Type(), b.getLoc());
  Consumer(*this, block->getArgument(0)).build();
  b.setInsertionPointAfter(roles);
  gpu::ReturnOp::create(b);
  return function;
}
