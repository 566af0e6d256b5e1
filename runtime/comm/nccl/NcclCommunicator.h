//===- NcclCommunicator.h - A ring of GPUs ----------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Steps run on a stream of the communicator's own, in the order in which they
// are posted, each as one group. Events order them with the caller's stream,
// so that neither post() nor wait() makes the host wait for the device. (The
// first step with a peer connects to it, and waits until that peer posts too.)
//
// A stall is noticed by a thread of the communicator's own, which looks at the
// step in progress every few milliseconds and does nothing while there is none.
// A step's time begins when it may run: when the stream's work before it and
// the steps posted earlier are done. The thread then aborts NCCL's
// communicator, which ends its kernels, so that the caller's stream goes on
// (with unspecified results); the next call, or synchronize(), tells.
//
// Records are exchanged over TCP: a collective kernel would wait behind the
// attention's. There a rank that has left or given up is noticed at once. NCCL
// carries no news of a fault: in a step each rank notices by its own timeout.
// No two threads are ever inside NCCL for one communicator.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_COMM_NCCL_NCCLCOMMUNICATOR_H
#define RDATTN_RUNTIME_COMM_NCCL_NCCLCOMMUNICATOR_H

#include "runtime/comm/Communicator.h"
#include "runtime/comm/HostChannel.h"
#include "runtime/comm/nccl/Api.h"
#include "runtime/cuda/Device.h"

#include <condition_variable>
#include <functional>
#include <list>
#include <thread>

namespace rdattn::runtime::comm {

class NcclCommunicator : public Communicator {
public:
  NcclCommunicator(int32_t rank, int32_t size, double timeout,
                   const NcclApi &nccl, cuda::Device &gpu)
      : Communicator(rank, size, timeout), nccl(nccl), gpu(gpu) {}
  ~NcclCommunicator() override;

  /// Joins the ring that `id` names; waits for the other ranks.
  MaybeFailure join(const NcclId &id);

  const char *transport() const override { return "nccl"; }
  int32_t device() const override { return gpu.ordinal; }
  MaybeFailure synchronize() override;
  MaybeFailure poll() override;
  MaybeFailure exchange(const void *mine, size_t bytes, void *all) override;
  void abort(const std::string &reason) override;

protected:
  MaybeFailure start(Step step) override;
  MaybeFailure finish(int64_t number, void *stream) override;

private:
  using Lock = std::unique_lock<std::mutex>;
  using Operations = std::function<NcclResult()>;

  struct StepInFlight {
    StepInFlight(int64_t number, std::vector<int32_t> peers,
                 std::shared_ptr<void> memory)
        : number(number), peers(std::move(peers)), memory(std::move(memory)) {}

    int64_t number;
    std::vector<int32_t> peers;
    std::shared_ptr<void> memory;
    cuda::EventHandle isReady = nullptr; ///< the work before it is done
    cuda::EventHandle begins = nullptr;  ///< its own work is next
    cuda::EventHandle ends = nullptr;
    std::optional<Clock::time_point> since; ///< when it could run
    bool isDone = false, wasWaitedFor = false;
  };

  // Steps.
  MaybeFailure launch(Lock &lock, Step step, const Operations &operations);
  MaybeFailure enqueue(Lock &lock, StepInFlight &step, void *stream,
                       const Operations &operations);
  MaybeFailure order(StepInFlight &step, void *stream);
  MaybeFailure runGroup(Lock &lock, const StepInFlight &step,
                        const Operations &operations);
  NcclResult settle(Lock &lock, NcclResult result, Clock::time_point until);
  MaybeFailure takeEvent(cuda::EventHandle &event);
  void drop(std::list<StepInFlight>::iterator step);
  void freeFinished(Lock &lock);

  // Records.
  MaybeFailure openChannel();
  MaybeFailure gather(const void *mine, size_t bytes,
                      std::shared_ptr<cuda::Resource> records);
  MaybeFailure gatherRecords(const void *mine, size_t bytes, void *all);
  Patience patience();
  StepInFlight *oldest(); ///< that is not done

  // Faults.
  void progress();
  MaybeFailure inspect(StepInFlight &step);
  MaybeFailure knownFault() const;
  Failure fail(Failure failure);
  void abortNccl();
  void watch();
  void finalize(Lock &lock);
  void release(Lock &lock);

  const NcclApi nccl;
  cuda::Device &gpu;
  StreamHandle stream = nullptr;
  HostChannel channel;

  std::mutex mutex;              ///< guards what follows, and the calls of NCCL
  NcclHandle handle = nullptr;   ///< null once aborted
  std::list<StepInFlight> steps; ///< the first posted first
  /// Of steps that are done. Freeing it may wait for the device, so the rank's
  /// own thread does that, and lets the watchdog work meanwhile.
  std::vector<std::shared_ptr<void>> finished;
  std::vector<cuda::EventHandle> spareEvents;
  std::string cause; ///< what failed first; empty: nothing
  std::condition_variable changed;
  bool isClosing = false;
  std::thread watchdog;
};

/// A ring of GPUs; `library` is NCCL's.
MaybeFailure createNcclRing(const char *library, const NcclId &id, int32_t size,
                            int32_t rank, int32_t device, double timeout,
                            std::unique_ptr<Communicator> &ring);

} // namespace rdattn::runtime::comm

#endif // RDATTN_RUNTIME_COMM_NCCL_NCCLCOMMUNICATOR_H
