//===- RDTileKernelOps.cpp - Rules of roles and work items ----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/RDTile.h"

using namespace mlir;
using namespace rdattn::rdtile;

static LogicalResult verifyRegisters(Operation *op, StringRef role,
                                     int64_t registers) {
  if (registers >= 24 && registers <= 256 && registers % 8 == 0)
    return success();
  return op->emitOpError() << "registers of the " << role
                           << " must be a multiple of 8 from 24 to 256, got "
                           << registers;
}

int64_t rdattn::rdtile::registerPool(int64_t warpgroups) {
  int64_t each = 65536 / (warpgroups * kWarpgroupThreads) / 8 * 8;
  return std::min<int64_t>(each, 256) * warpgroups;
}

LogicalResult RolesOp::verify() {
  int64_t consumers = getConsumersAttr().getInt();
  if (consumers < 1 || consumers > 3)
    return emitOpError() << "consumers must be 1 to 3, got " << consumers;
  int64_t forProducer = getProducerRegistersAttr().getInt();
  int64_t forConsumer = getConsumerRegistersAttr().getInt();
  if (failed(verifyRegisters(*this, "producer", forProducer)) ||
      failed(verifyRegisters(*this, "consumers", forConsumer)))
    return failure();
  int64_t pool = registerPool(1 + consumers);
  if (forProducer + consumers * forConsumer > pool)
    return emitOpError() << "asks for " << forProducer << " + " << consumers
                         << " * " << forConsumer
                         << " registers, but the block has " << pool
                         << "; more would wait for ever";
  if (getProducer().getNumArguments() != 0)
    return emitOpError() << "producer region must take nothing";
  Type i32 = IntegerType::get(getContext(), 32);
  if (getConsumer().getNumArguments() != 1 ||
      getConsumer().getArgument(0).getType() != i32)
    return emitOpError() << "consumer region must take the warpgroup's number "
                            "as i32";
  return success();
}
