//===- CopyStream.h - Copies into a rank's device memory --------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A rank that holds its rows on a GPU has a stream of its own, on which it
// receives: copies run there beside the caller's kernels. Events order them
// with the callers' streams of both ends, so that no host thread waits.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_COMM_THREADS_COPYSTREAM_H
#define RDATTN_RUNTIME_COMM_THREADS_COPYSTREAM_H

#include "runtime/comm/Communicator.h"
#include "runtime/comm/threads/EventPool.h"

#include <list>

namespace rdattn::runtime::comm {

/// Of a step in device memory.
struct DeviceStep {
  void *stream = nullptr;        ///< the caller's
  SharedEvent isReady;           ///< the work on it that comes before
  std::vector<SharedEvent> ends; ///< of the copies from and to its memory
  bool isAwaited = false;        ///< by the caller's stream, after a fault
};

class CopyStream {
public:
  explicit CopyStream(cuda::Device &gpu)
      : gpu(gpu), events(std::make_shared<EventPool>(gpu)) {}
  /// Waits a while for the copies that others make of the rank's memory. What
  /// they touch even then is never freed.
  ~CopyStream();
  CopyStream(const CopyStream &) = delete;
  CopyStream &operator=(const CopyStream &) = delete;

  MaybeFailure open();

  /// Lets copies between the two devices go straight, where they can.
  void connect(const CopyStream &peer);

  int32_t device() const { return gpu.ordinal; }

  //===-- By any thread ---------------------------------------------------===//

  /// Bytes that another rank sends to this one.
  struct Bytes {
    const void *from;
    void *to;
    size_t count;
  };

  /// Puts copies from the sender's memory on the stream, after both steps'
  /// earlier work; `end` becomes theirs.
  MaybeFailure copy(const CopyStream &sender, const DeviceStep &sends,
                    const DeviceStep &receives, const std::vector<Bytes> &bytes,
                    SharedEvent &end);

  /// Lets a stream of the rank's wait for the copies of a step.
  MaybeFailure await(const DeviceStep &step, void *stream) const;

  //===-- By the rank's own thread ----------------------------------------===//

  /// Notes what is on the step's stream, whose work comes before its copies.
  MaybeFailure begin(const Communicator &rank, int64_t number,
                     DeviceStep &step);

  /// Keeps the step's memory until its copies are done.
  void retire(DeviceStep step, std::shared_ptr<void> memory);

  /// Frees what no copy touches any more; true where nothing is left.
  bool collect();

  /// The device's own fault, if there is one. \pre collect() left nothing.
  MaybeFailure check();

private:
  struct Retired {
    std::vector<SharedEvent> ends;
    std::shared_ptr<void> memory;
  };
  bool isOver(const Retired &step) const;

  cuda::Device &gpu;
  const std::shared_ptr<EventPool> events;
  cuda::StreamHandle stream = nullptr;
  std::list<Retired> retired;
};

} // namespace rdattn::runtime::comm

#endif // RDATTN_RUNTIME_COMM_THREADS_COPYSTREAM_H
