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
  /// `shard` holds the sizes of the local tensors.
  rdattn_schedule(rdattn::runtime::Call &call, rdattn_ring &ring,
                  rdattn::runtime::ring::RankPlanPointer plan,
                  const rdattn::planner::Sizes &shard);
  ~rdattn_schedule();
  rdattn_schedule(const rdattn_schedule &) = delete;
  rdattn_schedule &operator=(const rdattn_schedule &) = delete;

  /// Makes room for all steps; on a GPU, behind the ring's last call.
  rdattn::runtime::MaybeFailure open();

  /// Compares what the ranks are about to do.
  rdattn::runtime::MaybeFailure agree();

  /// All of the call was put on its stream, if it has one, or is computed.
  rdattn::runtime::MaybeFailure end();

  /// The call has failed: so do the other ranks.
  void abort(const std::string &reason);

  int64_t steps() const;

  /// This rank of `size`, or `size` where the call has failed.
  int64_t rankOf(int64_t size) const;

  /// Where the copies of the tables are kept, or null if no step has them.
  rdattn::runtime::cuda::DevicePlans *
  findCopies(const rdattn::runtime::cuda::TableView &tables) const;

  /// The memory that steps add to; nothing where the call has failed.
  void describePartial(rdattn::runtime::Memref4 &o,
                       rdattn::runtime::Memref3 &maxima,
                       rdattn::runtime::Memref3 &sums) const;

  /// Whether these are the sums that rdattn_ring_partial gave.
  bool owns(const rdattn::runtime::Memref3 &sums) const;

  /// Whether each row of the shard has an item of the plan that begins it, and
  /// writes its sum whatever it was. `tables` are those of step 0.
  bool beginsAllRows(const rdattn::runtime::cuda::TableView &tables) const;

  /// What the items that were launched so far have done: once that is all rows
  /// of the shard, nothing is left to the end.
  void count(const rdattn::planner::VisitedRows &rows) { visited += rows; }
  bool wroteAllRows() const;

  /// Null where there is no such step.
  const rdattn::runtime::ring::StepPlan *find(int64_t step) const;

  /// `program` packs what is sent on a GPU; null on the host.
  void post(int64_t step, const rdattn::runtime::Memref4 &k,
            const rdattn::runtime::Memref4 &v,
            const rdattn_cuda_program *program);
  void wait(int64_t step, rdattn::runtime::Memref4 &k,
            rdattn::runtime::Memref4 &v);

  rdattn::runtime::comm::Communicator &communicator() const {
    return *ring.communicator;
  }

  rdattn::runtime::Call &call;

private:
  using MaybeFailure = rdattn::runtime::MaybeFailure;
  using Memref4 = rdattn::runtime::Memref4;
  using StepPlan = rdattn::runtime::ring::StepPlan;
  using StepMemory = rdattn::runtime::ring::StepMemory;
  using Messages = std::vector<rdattn::runtime::comm::Transfer>;

  MaybeFailure openStream();
  void giveBackAll();
  MaybeFailure reserve();
  int64_t largestStep(int parity) const;
  bool maySendInPlace(const StepPlan &step) const;
  int64_t packedBytes(const StepPlan &step, bool inPlace) const;

  /// What a step sends of k and v; the program that packs it is null on the
  /// host.
  struct Sent {
    const StepPlan &step;
    const Memref4 &k, &v;
    const rdattn_cuda_program *program;
  };
  bool mayBeLent(const Sent &sent) const;
  MaybeFailure checkSent(const Sent &sent) const;
  void packOnHost(const Sent &sent, const Memref4 &k, const Memref4 &v) const;
  MaybeFailure packOnDevice(const Sent &sent, const Memref4 &k,
                            const Memref4 &v) const;
  MaybeFailure gather(const Sent &sent, StepMemory &memory,
                      Messages &messages) const;
  MaybeFailure gatherOnDevice(const Sent &sent, StepMemory &memory,
                              Messages &messages) const;

  int64_t queryRows() const;
  int64_t bytesOf(int64_t rows, int64_t columns) const;
  int64_t startOfV(int64_t rows) const;
  int64_t bytesOf(int64_t rows) const;
  Memref4 describe(char *data, int64_t rows, int64_t columns) const;
  Memref4 rowsOfK(char *memory, int64_t rows) const;
  Memref4 rowsOfV(char *memory, int64_t rows) const;

  static constexpr const char *kStepRows = "the rows that a ring's steps move";
  rdattn_ring &ring;
  const rdattn::runtime::ring::RankPlanPointer plan;
  const rdattn::planner::Sizes shard;
  rdattn::runtime::cuda::Device *device = nullptr; ///< null on the host
  rdattn::planner::VisitedRows visited;            ///< on the device
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
