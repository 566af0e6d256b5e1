//===- HostChannel.h - Records of all ranks, by way of hosts ----*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Ranks in several processes exchange records over TCP: rank 0 collects them
// and sends all to everybody. Where a rank has left, rank 0 notices at once and
// tells the others.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_COMM_HOSTCHANNEL_H
#define RDATTN_RUNTIME_COMM_HOSTCHANNEL_H

#include "runtime/comm/Communicator.h"
#include "runtime/comm/HostAddress.h"
#include "runtime/comm/Socket.h"

#include <functional>

namespace rdattn::runtime::comm {

/// How long a call waits, and what ends the wait before.
struct Patience {
  /// Between looks at what else may end a wait.
  static constexpr int kSliceMilliseconds = 5;

  const Communicator &rank;
  Clock::time_point until;
  std::function<MaybeFailure()> findFault; ///< asked every few milliseconds

  /// What ends the wait for `awaited` now, if anything does.
  MaybeFailure lookAround(const std::vector<int32_t> &awaited) const;
};

/// What a rank says to rank 0 first.
struct Hello {
  uint64_t key[2] = {}; ///< HostAddress::key
  uint64_t rank = 0;
};

class HostChannel {
public:
  /// Rank 0 begins to listen at `address`.
  MaybeFailure listen(HostAddress &address);

  /// Connects with the rank 0 that listens at `address`; there, waits until all
  /// other ranks have.
  MaybeFailure join(const Patience &patience, const HostAddress &address);

  /// As Communicator::exchange.
  MaybeFailure exchange(const Patience &patience, const void *mine,
                        size_t bytes, void *all);

  /// Whoever waits for this rank learns that it has left. From any thread.
  void shutDown();

private:
  MaybeFailure accept(const Patience &patience, const HostAddress &address);
  MaybeFailure connect(const Patience &patience, const HostAddress &address);
  MaybeFailure collect(const Patience &patience, const void *mine, size_t bytes,
                       char *all);
  MaybeFailure distribute(const Patience &patience, const char *all,
                          size_t bytes);
  MaybeFailure follow(const Patience &patience, const void *mine, size_t bytes,
                      char *all);
  void tell(const std::string &fault);

  MaybeFailure send(const Patience &patience, int32_t peer, const void *data,
                    size_t bytes);
  MaybeFailure receive(const Patience &patience, int32_t peer, void *data,
                       size_t bytes);
  MaybeFailure pause(const Patience &patience, int32_t peer, short events);

  Socket listener;
  std::vector<Socket> peers; ///< by rank; of others than rank 0 rank 0 alone
};

} // namespace rdattn::runtime::comm

#endif // RDATTN_RUNTIME_COMM_HOSTCHANNEL_H
