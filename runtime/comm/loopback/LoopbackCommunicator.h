//===- LoopbackCommunicator.h - A ring without other ranks ------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For measuring: what calls would take if nothing had to move. A rank receives
// what it sends, but only once into each place, so that kernels read values
// like those of a real ring and nothing travels afterwards.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_COMM_LOOPBACK_LOOPBACKCOMMUNICATOR_H
#define RDATTN_RUNTIME_COMM_LOOPBACK_LOOPBACKCOMMUNICATOR_H

#include "runtime/comm/Communicator.h"
#include "runtime/cuda/Device.h"

#include <map>
#include <mutex>

namespace rdattn::runtime::comm {

class LoopbackCommunicator : public Communicator {
public:
  /// `gpu` is null where the memory is the host's.
  LoopbackCommunicator(int32_t rank, int32_t size, cuda::Device *gpu)
      : Communicator(rank, size, /*timeout=*/1), gpu(gpu) {}

  const char *transport() const override { return "loopback"; }
  int32_t device() const override { return gpu ? gpu->ordinal : -1; }
  MaybeFailure poll() override;
  MaybeFailure exchange(const void *mine, size_t bytes, void *all) override;
  void abort(const std::string &reason) override;

protected:
  MaybeFailure start(Step step) override;
  MaybeFailure finish(int64_t, void *) override { return poll(); }

private:
  MaybeFailure copy(const Transfer &send, const Transfer &receive,
                    void *stream) const;

  cuda::Device *const gpu;
  std::map<void *, size_t> filled; ///< bytes of each place
  std::mutex mutex;                ///< guards the cause
  std::string cause;
};

/// `device` is -1 for host memory.
MaybeFailure createLoopback(int32_t size, int32_t rank, int32_t device,
                            std::unique_ptr<Communicator> &ring);

} // namespace rdattn::runtime::comm

#endif // RDATTN_RUNTIME_COMM_LOOPBACK_LOOPBACKCOMMUNICATOR_H
