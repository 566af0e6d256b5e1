//===- Call.h - What one call of a module carries ---------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_CALL_H
#define RDATTN_RUNTIME_CALL_H

#include "runtime/Memref.h"
#include "runtime/PlanCache.h"
#include "runtime/RowKind.h"

#include <atomic>

struct rdattn_schedule;

namespace rdattn::runtime {

namespace cuda {
class FunctionState;
} // namespace cuda

/// Where the CUDA code of a call runs.
struct CudaCall {
  cuda::FunctionState *function = nullptr; ///< null outside of a call
  int32_t device = 0;
  void *stream = nullptr;
  rdattn_cuda_report *report = nullptr; ///< wanted by the caller
};

/// Where the caller's tensors lie, which outlive the call.
struct CallersTensors {
  const void *k = nullptr, *v = nullptr;
};

/// The state of one rdattn_run, shared by its workers; also, once per process,
/// of all code that runs outside of one.
class Call {
public:
  Call(const volatile int *stop, EmbeddedSpecs &specs, CudaCall cuda = {},
       RowKind rows = {}, CallersTensors tensors = {})
      : specs(specs), cuda(cuda), rows(rows), tensors(tensors), stop(stop) {}
  ~Call();
  Call(const Call &) = delete;
  Call &operator=(const Call &) = delete;

  /// The call behind an opaque pointer; NULL is the process's own.
  static Call &of(void *call);

  /// Cheap: workers ask once per tile. A stop that was seen stays.
  bool shouldStop() noexcept;

  /// Ends the call with `failure`; the first one counts.
  void fail(Failure failure) noexcept;
  void failOutOfMemory() noexcept;

  /// The first failure, once the workers are done.
  MaybeFailure failure() const;

  /// Memory that lives as long as the call, or NULL.
  void *allocateShared(int64_t bytes) noexcept;

  /// Keeps a plan until the call ends.
  void hold(PlanPointer plan);

  /// Where the copies of these tables are kept, if they are those of a plan or
  /// a schedule that is held, or null.
  cuda::DevicePlans *findCopies(const cuda::TableView &tables) const;

  /// Keeps a ring's schedule until the call ends. This and the next four are
  /// for the host thread alone.
  rdattn_schedule *hold(std::shared_ptr<rdattn_schedule> schedule);

  /// The schedule whose steps add to these sums, or null: the last of them.
  rdattn_schedule *findSchedule(const Memref3 &sums) const;

  /// Everything of the call is on its stream, if it has one.
  MaybeFailure endRings();

  /// Notices a fault of a ring, and helps its transfers along.
  void pollRings() noexcept;

  /// The call has failed: so do the other ranks of its rings.
  void abortRings(const std::string &reason);

  EmbeddedSpecs &specs;
  const CudaCall cuda;
  const RowKind rows;
  const CallersTensors tensors;
  const volatile int *const stop;

private:
  bool latch(int status) noexcept;

  std::atomic<int> status{RDATTN_OK};
  mutable std::mutex mutex;
  std::string message;
  std::vector<void *> shared;
  std::vector<PlanPointer> plans;
  std::vector<std::shared_ptr<rdattn_schedule>> schedules;
};

/// Makes `call` the calling thread's current one while this object lives.
class CurrentCall {
public:
  explicit CurrentCall(Call *call);
  ~CurrentCall();
  CurrentCall(const CurrentCall &) = delete;
  CurrentCall &operator=(const CurrentCall &) = delete;

private:
  Call *previous;
};

} // namespace rdattn::runtime

#endif // RDATTN_RUNTIME_CALL_H
