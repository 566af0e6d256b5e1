//===- SM90Kernel.cpp - Shared memory and roles of a Hopper kernel --------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/LaunchToRDTile/SM90Kernel.h"

using namespace mlir;
using namespace rdattn;
using namespace rdattn::rdtile;

Cursor SM90Kernel::slotOf(Value turn) {
  return {b.bitAnd(turn, kItemSlots - 1),
          b.bitAnd(b.shiftRight(turn, b.i32(1)), 1)};
}

Cursor SM90Kernel::next(Cursor cursor) {
  Value stage = b.add(cursor.stage, 1);
  Value wraps = b.equal(stage, b.i32(key.stages));
  return {b.select(wraps, b.i32(0), stage),
          b.select(wraps, b.bitXor(cursor.parity, 1), cursor.parity)};
}

I32Builder::Values SM90Kernel::takeItem(Value turn,
                                        function_ref<void(Cursor)> release) {
  Cursor slot = slotOf(turn);
  WaitOp::create(b, shared.itemFull, slot.stage, slot.parity);
  I32Builder::Values words = wordsIn(shared.items, slot.stage);
  release(slot);
  return words;
}

//===----------------------------------------------------------------------===//
// Shared memory
//===----------------------------------------------------------------------===//

void SM90Kernel::createSharedMemory() {
  auto barriers = [&](int64_t count) {
    return place(BarriersType::get(b.getContext(), count), 8 * count);
  };
  shared.q = placeRing(1, key.queries, key.headDim);
  shared.k = placeRing(key.stages, key.keys, key.headDim);
  shared.v = placeRing(key.stages, key.keys, key.valueDim);
  shared.qFull = barriers(1);
  shared.qEmpty = barriers(1);
  shared.kFull = barriers(key.stages);
  shared.kEmpty = barriers(key.stages);
  shared.vFull = barriers(key.stages);
  shared.vEmpty = barriers(key.stages);
  shared.itemFull = barriers(kItemSlots);
  shared.itemEmpty = barriers(kItemSlots);
  shared.items = placeItems();
  bytes = llvm::alignTo(bytes, 128);
}

/// A phase is full once its copies have landed: a map counts one arrival and
/// its bytes, row copies one arrival a thread. It is empty once every warp that
/// reads it has come.
void SM90Kernel::initBarriers() {
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

/// Registers of a thread that computes: scores, weights, outputs and some more,
/// below which ptxas makes products wait for each other (C7512).
static int64_t leastConsumerRegisters(const KernelKey &key) {
  int64_t held = key.keys / 2 + key.keys / 4 + key.outputColumns() / 2;
  return llvm::alignTo(held + (key.causal || key.windowed ? 36 : 28), 8);
}

/// Registers of a thread that copies, and of one that computes. Maps need few;
/// row copies take what computing leaves, up to what they can use, and where
/// windows have two ends to compute, less. With the fewest they spill, so that
/// products need not wait for each other.
static std::pair<int64_t, int64_t> registersOf(const KernelKey &key) {
  if (key.access == Access::Map)
    return key.consumers == 3 ? std::pair(32, 160) : std::pair(24, 240);
  int64_t fewest = 32, most = key.windowed ? 72 : 104;
  int64_t pool = registerPool(1 + key.consumers);
  int64_t left = pool - key.consumers * leastConsumerRegisters(key);
  int64_t copying = std::clamp(left, fewest, most);
  int64_t computing = (pool - copying) / key.consumers / 8 * 8;
  computing = std::min<int64_t>(computing, 240);
  return {std::min(pool - key.consumers * computing, most), computing};
}

gpu::GPUFuncOp SM90Kernel::build(StringRef name) {
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
