//===- Call.cpp - What one call of a module carries -----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/Call.h"
#include "rdattn/module.h"
#include "runtime/Scratch.h"
#include "runtime/cuda/TableView.h"
#include "runtime/ring/Schedule.h"

#include <algorithm>
#include <new>

using namespace rdattn::runtime;

static thread_local Call *currentCall = nullptr;

/// Never destroyed, as workers may outlive static destructors, and never
/// allocated, as compiled code cannot be told of a failure here.
static Call &outside() {
  struct Outside {
    EmbeddedSpecs specs;
    Call call{nullptr, specs};
  };
  alignas(Outside) static unsigned char memory[sizeof(Outside)];
  static Outside *outside = new (memory) Outside;
  return outside->call;
}

Call &Call::of(void *call) {
  return call ? *static_cast<Call *>(call) : outside();
}

Call::~Call() {
  for (void *memory : shared)
    freeAligned(memory);
}

bool Call::latch(int reason) noexcept {
  int none = RDATTN_OK;
  return status.compare_exchange_strong(none, reason);
}

bool Call::shouldStop() noexcept {
  if (status.load(std::memory_order_relaxed) != RDATTN_OK)
    return true;
  if (!stop || __atomic_load_n(stop, __ATOMIC_RELAXED) == 0)
    return false;
  // The tile that was asked for is skipped now, so a flag that is cleared
  // again must not make the call look complete.
  latch(RDATTN_INTERRUPTED);
  return true;
}

void Call::fail(Failure failure) noexcept {
  // Outside of a call nobody collects the failure, and it must not stop
  // whatever runs next.
  if (this == &outside())
    return;
  std::lock_guard<std::mutex> lock(mutex);
  if (latch(failure.status))
    message = std::move(failure.message);
}

void Call::failOutOfMemory() noexcept { fail({RDATTN_OUT_OF_MEMORY, {}}); }

MaybeFailure Call::failure() const {
  std::lock_guard<std::mutex> lock(mutex);
  switch (int reason = status.load()) {
  case RDATTN_OK:
    return std::nullopt;
  case RDATTN_INTERRUPTED:
    return Failure{RDATTN_INTERRUPTED,
                   "interrupted before the result was complete"};
  case RDATTN_OUT_OF_MEMORY:
    return Failure{RDATTN_OUT_OF_MEMORY, message.empty()
                                             ? "memory ran out during the call"
                                             : message};
  default:
    return Failure{static_cast<rdattn_status>(reason), message};
  }
}

void *Call::allocateShared(int64_t bytes) noexcept {
  void *memory = allocateAligned(bytes);
  if (!memory)
    return nullptr;
  try {
    std::lock_guard<std::mutex> lock(mutex);
    shared.push_back(memory);
  } catch (...) {
    freeAligned(memory);
    return nullptr;
  }
  return memory;
}

void Call::hold(PlanPointer plan) {
  std::lock_guard<std::mutex> lock(mutex);
  if (std::find(plans.begin(), plans.end(), plan) == plans.end())
    plans.push_back(std::move(plan));
}

cuda::DevicePlans *Call::findCopies(const cuda::TableView &tables) const {
  for (const auto &schedule : schedules)
    if (cuda::DevicePlans *copies = schedule->findCopies(tables))
      return copies;
  std::lock_guard<std::mutex> lock(mutex);
  for (const PlanPointer &plan : plans)
    if (cuda::viewOf(plan->tables) == tables)
      return &plan->copies;
  return nullptr;
}

rdattn_schedule *Call::hold(std::shared_ptr<rdattn_schedule> schedule) {
  schedules.push_back(std::move(schedule));
  return schedules.back().get();
}

rdattn_schedule *Call::findSchedule(const Memref3 &sums) const {
  for (auto next = schedules.rbegin(); next != schedules.rend(); ++next)
    if ((*next)->owns(sums))
      return next->get();
  return nullptr;
}

MaybeFailure Call::endRings() {
  for (const auto &schedule : schedules)
    if (MaybeFailure failure = schedule->end())
      return failure;
  return std::nullopt;
}

void Call::pollRings() noexcept {
  try {
    for (const auto &schedule : schedules)
      if (MaybeFailure failure = schedule->communicator().poll())
        fail(std::move(*failure));
  } catch (...) {
    failOutOfMemory();
  }
}

void Call::abortRings(const std::string &reason) {
  for (const auto &schedule : schedules)
    schedule->abort(reason);
}

CurrentCall::CurrentCall(Call *call) : previous(currentCall) {
  currentCall = call;
}

CurrentCall::~CurrentCall() { currentCall = previous; }

extern "C" void *rdattn_current_call(void) { return currentCall; }

extern "C" int32_t rdattn_should_stop(void *call) {
  if (call && call == currentCall) // the host thread, which rings belong to
    currentCall->pollRings();
  return call && static_cast<Call *>(call)->shouldStop();
}
