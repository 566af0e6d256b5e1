//===- Simulation.cpp - Runs the schedule of a ring on paper --------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-sim/Simulation.h"

#include "tools/rdattn-sim/Network.h"

namespace rdattn::sim {
namespace {

/// Of steps that differ by rounding the first is the longest.
constexpr double kClearly = 1 + 1e-9;

/// Where a rank is in its list of steps.
struct Rank {
  int32_t posted = 0;  ///< the step posted last
  int32_t done = 0;    ///< the step of which all has moved last
  int32_t next = 0;    ///< the step to be computed next, or being computed
  int32_t missing = 0; ///< transfers of the posted step that have not ended
  int32_t buffers = 0; ///< in use
  int32_t moving = 0;  ///< transfers under way, either direction
  double idleSince = 0;
  double waited = 0; ///< for the step being computed
};

class Simulation {
public:
  Simulation(const RingLoads &loads, const Weights &weights,
             const Machine &machine, int64_t watched,
             std::vector<StepTimes> *trace)
      : loads(loads), weights(weights), machine(machine), watched(watched),
        trace(trace), size(loads.ranks()), activities(2 * size),
        network(machine, size, activities, size), ranks(size), times(size) {}

  std::vector<RankTimes> run();

private:
  /// Activity r is what rank r computes, size + r what it receives.
  int64_t computing(int64_t rank) const { return rank; }

  const Load &load(int64_t rank, int32_t step) const {
    return loads[loads.stepsOf(rank)[step]];
  }
  int64_t distance(int64_t rank, int32_t step) const {
    return loads.stepsOf(rank)[step].distance;
  }
  /// The distance of the transfers that a rank has posted and waits for, or 0.
  int64_t awaited(int64_t rank) const {
    const Rank &state = ranks[rank];
    return state.missing > 0 ? distance(rank, state.posted) : 0;
  }
  StepTimes *traced(int64_t rank, int32_t step) const {
    return rank == watched ? &(*trace)[step] : nullptr;
  }

  void post(int64_t rank);
  void startTransfer(int64_t sender, int64_t receiver, double bytes);
  void endTransfer(int64_t receiver);
  void finishPart(int64_t rank);
  void compute(int64_t rank);
  void endCompute(int64_t rank);
  void setRate(int64_t rank);
  double rateOf(int64_t rank) const {
    return machine.rate * (ranks[rank].moving > 0 ? 1 - machine.copyShare : 1);
  }

  const RingLoads &loads;
  const Weights &weights;
  const Machine &machine;
  int64_t watched;
  std::vector<StepTimes> *trace;
  int64_t size;
  Activities activities;
  Network network;
  std::vector<Rank> ranks;
  std::vector<RankTimes> times;
  double now = 0;
};

/// Only the later of the two that post a transfer finds the other waiting.
void Simulation::post(int64_t rank) {
  Rank &state = ranks[rank];
  int32_t step = state.posted + 1;
  if (state.missing > 0 || step == loads.stepsOf(rank).size())
    return;
  const Load &moved = load(rank, step);
  if (moved.receivedRows > 0 && state.buffers == 2)
    return;
  state.posted = step;
  state.missing = (moved.receivedRows > 0) + (moved.sentRows > 0);
  state.buffers += moved.receivedRows > 0;
  if (StepTimes *entry = traced(rank, step))
    entry->posted = now;
  int64_t by = distance(rank, step);
  int64_t source = (rank - by + size) % size, target = (rank + by) % size;
  if (moved.receivedRows > 0 && awaited(source) == by)
    startTransfer(source, rank, double(moved.receivedRows));
  if (moved.sentRows > 0 && awaited(target) == by)
    startTransfer(rank, target, double(moved.sentRows));
}

void Simulation::startTransfer(int64_t sender, int64_t receiver, double rows) {
  network.start(sender, receiver, rows * weights.bytesPerRow, now);
  for (int64_t rank : {sender, receiver})
    if (++ranks[rank].moving == 1)
      setRate(rank);
}

void Simulation::endTransfer(int64_t receiver) {
  int64_t by = distance(receiver, ranks[receiver].posted);
  int64_t sender = (receiver - by + size) % size;
  network.end(receiver, now);
  for (int64_t rank : {sender, receiver})
    if (--ranks[rank].moving == 0)
      setRate(rank);
  finishPart(sender);
  finishPart(receiver);
}

void Simulation::finishPart(int64_t rank) {
  Rank &state = ranks[rank];
  times[rank].end = now;
  if (--state.missing > 0)
    return;
  state.done = state.posted;
  if (StepTimes *entry = traced(rank, state.done))
    entry->arrived = now;
  compute(rank);
  post(rank);
}

void Simulation::compute(int64_t rank) {
  Rank &state = ranks[rank];
  if (activities.isRunning(computing(rank)))
    return;
  while (state.next <= state.done && load(rank, state.next).pairs == 0)
    ++state.next;
  if (state.next > state.done)
    return;
  state.waited = now - state.idleSince;
  activities.start(computing(rank), now, machine.launch,
                   double(load(rank, state.next).pairs) * weights.flopsPerPair,
                   rateOf(rank));
  if (StepTimes *entry = traced(rank, state.next)) {
    entry->began = now;
    entry->waited = state.waited;
  }
}

void Simulation::endCompute(int64_t rank) {
  Rank &state = ranks[rank];
  RankTimes &time = times[rank];
  int32_t step = state.next++;
  state.buffers -= step > 0;
  time.end = now;
  time.waited += state.waited;
  Span span{distance(rank, step), now - state.idleSince, state.waited};
  if (span.seconds > time.longest.seconds * kClearly)
    time.longest = span;
  state.idleSince = now;
  if (StepTimes *entry = traced(rank, step))
    entry->ended = now;
  compute(rank);
  post(rank);
}

void Simulation::setRate(int64_t rank) {
  if (machine.copyShare > 0 && activities.isRunning(computing(rank)))
    activities.changeRate(computing(rank), now, rateOf(rank));
}

std::vector<RankTimes> Simulation::run() {
  for (int64_t rank = 0; rank < size; ++rank) {
    if (rank == watched)
      for (const RingLoads::Step &step : loads.stepsOf(rank))
        trace->push_back({step.distance});
    post(rank);
    compute(rank);
  }
  for (Activities::End end{}; activities.next(end);) {
    now = end.time;
    if (end.activity < size)
      endCompute(end.activity);
    else
      endTransfer(end.activity - size);
  }
  return std::move(times);
}

} // namespace

std::vector<RankTimes> simulate(const RingLoads &loads, const Weights &weights,
                                const Machine &machine, int64_t watched,
                                std::vector<StepTimes> *steps) {
  return Simulation(loads, weights, machine, watched, steps).run();
}

} // namespace rdattn::sim
