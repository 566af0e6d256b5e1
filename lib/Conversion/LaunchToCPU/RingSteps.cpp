//===- RingSteps.cpp - The steps of a ring on a CPU -----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/HostCode/CallRuntime.h"
#include "lib/Conversion/LaunchToCPU/Team.h"

using namespace mlir;
using namespace rdattn;
using namespace rdattn::cpu;

static Partials partialsOf(OperandRange partial) {
  return {partial[0], partial[1], partial[2]};
}

/// Whether there are partial results: a call that has failed has none.
static Value haveMemory(Emitter &b, const Partials &partials) {
  Value pointer = memref::ExtractAlignedPointerAsIndexOp::create(b, partials.o);
  return arith::CmpIOp::create(b, arith::CmpIPredicate::ne, pointer,
                               b.index(0));
}

/// A step that has nothing to do on this rank starts no team; the first one
/// clears what others add to.
void cpu::lowerRingLaunch(RingLaunchOp launch) {
  Emitter b(launch.getLoc(), launch);
  Kernel kernel(launch);
  RuntimeCalls runtime(b);
  Partials partials = partialsOf(launch.getPartial());
  Value call = currentCall(b), ready = haveMemory(b, partials);
  auto compute = [&] {
    parallel(b, [&] {
      if (launch.getInitial())
        clearPartials(b, partials, ready);
      computeItems(b, runtime, kernel, call, partials, ready);
    });
  };
  if (launch.getInitial())
    compute();
  else
    b.when(b.less(b.index(0), b.dim(kernel.items, 0)), compute);
  launch.erase();
}

void cpu::lowerRingFinish(RingFinishOp finish) {
  Emitter b(finish.getLoc(), finish);
  Partials partials = partialsOf(finish.getPartial());
  Value ready = haveMemory(b, partials);
  parallel(b, [&] {
    finishRows(b, partials, finish.getO(), finish.getLse(), ready);
  });
  finish.erase();
}
