//===- Schedule.h - What one rank does in one call --------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_RING_SCHEDULE_H
#define RDATTN_RUNTIME_RING_SCHEDULE_H

#include "rdattn/module.h"
#include "runtime/Call.h"
#include "runtime/Memref.h"
#include "runtime/comm/Ring.h"
#include "runtime/ring/RankPlans.h"

/// Used by the host thread of its call alone. Once the call has failed it does
/// nothing more.
struct rdattn_schedule {
  rdattn_schedule(rdattn::runtime::Call &call, rdattn_ring &ring,
                  rdattn::runtime::ring::RankPlanPointer plan);
  ~rdattn_schedule();
  rdattn_schedule(const rdattn_schedule &) = delete;
  rdattn_schedule &operator=(const rdattn_schedule &) = delete;

  /// Compares what the ranks are about to do.
  rdattn::runtime::MaybeFailure agree();

  int64_t steps() const;

  /// Null where there is no such step.
  const rdattn::runtime::ring::StepPlan *find(int64_t step) const;

  void post(int64_t step, const rdattn::runtime::Memref4 &k,
            const rdattn::runtime::Memref4 &v);
  void wait(int64_t step, rdattn::runtime::Memref4 &k,
            rdattn::runtime::Memref4 &v);

  rdattn::runtime::comm::Communicator &communicator() const {
    return *ring.communicator;
  }

  rdattn::runtime::Call &call;

private:
  int64_t bytesOf(int64_t rows, int64_t columns) const;
  int64_t startOfV(int64_t rows) const;
  int64_t bytesOf(int64_t rows) const;
  rdattn::runtime::Memref4 describe(char *data, int64_t rows,
                                    int64_t columns) const;
  rdattn::runtime::Memref4 rowsOfK(char *memory, int64_t rows) const;
  rdattn::runtime::Memref4 rowsOfV(char *memory, int64_t rows) const;

  rdattn_ring &ring;
  const rdattn::runtime::ring::RankPlanPointer plan;
};

namespace rdattn::runtime::ring {

/// Plans the call on the ring and compares that with the other ranks; `shard`
/// holds the sizes of the local tensors. The call keeps the schedule.
/// \pre the plans' spec names a layout, and the ring's tokens are >= 0.
MaybeFailure planSchedule(Call &call, const rdattn_ring_call &ring,
                          PlanCache &plans, const planner::Sizes &shard,
                          rdattn_schedule *&schedule);

} // namespace rdattn::runtime::ring

#endif // RDATTN_RUNTIME_RING_SCHEDULE_H
