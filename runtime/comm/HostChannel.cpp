//===- HostChannel.cpp - Records of all ranks, by way of hosts ------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/comm/HostChannel.h"
#include "runtime/comm/Faults.h"

#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>

using namespace rdattn::runtime;
using namespace rdattn::runtime::comm;

namespace {
/// What precedes a message.
struct Frame {
  uint64_t bytes = 0;
  uint64_t isFault = 0; ///< what follows is a sentence
};
} // namespace

MaybeFailure Patience::lookAround(const std::vector<int32_t> &awaited) const {
  if (MaybeFailure fault = findFault())
    return fault;
  if (rank.isStopped())
    return wasInterrupted(rank, kExchange, awaited);
  if (Clock::now() >= until)
    return cameLate(rank, kExchange, awaited);
  return std::nullopt;
}

MaybeFailure HostChannel::join(const Patience &patience,
                               const HostAddress &address) {
  peers.resize(patience.rank.rank == 0 ? patience.rank.size : 1);
  MaybeFailure failure = patience.rank.rank == 0 ? accept(patience, address)
                                                 : connect(patience, address);
  listener = Socket();
  return failure;
}

void HostChannel::shutDown() {
  for (const Socket &peer : peers)
    if (peer.isOpen())
      ::shutdown(peer.get(), SHUT_RDWR);
}

//===-- Bytes -------------------------------------------------------------===//

/// Waits for the peer's socket, and while that is to bring something looks
/// whether another peer has left: one that has its answer may.
MaybeFailure HostChannel::pause(const Patience &patience, int32_t peer,
                                short events) {
  std::vector<pollfd> sockets;
  std::vector<int32_t> ranks;
  for (size_t rank = 0; rank < peers.size(); ++rank) {
    const bool isAwaited = static_cast<int32_t>(rank) == peer;
    if (!peers[rank].isOpen() || !(isAwaited || events == POLLIN))
      continue;
    const short wanted = isAwaited ? events : short(POLLRDHUP);
    sockets.push_back({peers[rank].get(), wanted, 0});
    ranks.push_back(static_cast<int32_t>(rank));
  }
  poll(sockets.data(), sockets.size(), Patience::kSliceMilliseconds);
  for (size_t i = 0; i < sockets.size(); ++i)
    if (ranks[i] != peer && sockets[i].revents)
      return hasLeft(patience.rank, kExchange, ranks[i]);
  return patience.lookAround({peer});
}

static bool wouldBlock() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

MaybeFailure HostChannel::send(const Patience &patience, int32_t peer,
                               const void *data, size_t bytes) {
  const char *next = static_cast<const char *>(data);
  while (bytes > 0) {
    const ssize_t sent =
        ::send(peers[peer].get(), next, bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && !wouldBlock())
      return hasLeft(patience.rank, kExchange, peer);
    if (sent > 0) {
      next += sent;
      bytes -= static_cast<size_t>(sent);
    } else if (MaybeFailure failure = pause(patience, peer, POLLOUT)) {
      return failure;
    }
  }
  return std::nullopt;
}

MaybeFailure HostChannel::receive(const Patience &patience, int32_t peer,
                                  void *data, size_t bytes) {
  char *next = static_cast<char *>(data);
  while (bytes > 0) {
    const ssize_t got = recv(peers[peer].get(), next, bytes, MSG_DONTWAIT);
    if (got == 0 || (got < 0 && !wouldBlock()))
      return hasLeft(patience.rank, kExchange, peer);
    if (got > 0) {
      next += got;
      bytes -= static_cast<size_t>(got);
    } else if (MaybeFailure failure = pause(patience, peer, POLLIN)) {
      return failure;
    }
  }
  return std::nullopt;
}

//===-- Exchanges ---------------------------------------------------------===//

MaybeFailure HostChannel::collect(const Patience &patience, const void *mine,
                                  size_t bytes, char *all) {
  if (bytes)
    std::memcpy(all, mine, bytes);
  for (int32_t peer = 1; peer < patience.rank.size; ++peer) {
    Frame frame;
    if (MaybeFailure failure = receive(patience, peer, &frame, sizeof(frame)))
      return failure;
    if (frame.bytes != bytes)
      return differs(patience.rank, kExchange, bytes, peer, kExchange,
                     frame.bytes, /*receives=*/true);
    if (MaybeFailure failure =
            receive(patience, peer, all + peer * bytes, bytes))
      return failure;
  }
  return std::nullopt;
}

MaybeFailure HostChannel::distribute(const Patience &patience, const char *all,
                                     size_t bytes) {
  for (int32_t peer = 1; peer < patience.rank.size; ++peer) {
    const Frame frame = {bytes, 0};
    if (MaybeFailure failure = send(patience, peer, &frame, sizeof(frame)))
      return failure;
    if (MaybeFailure failure = send(patience, peer, all, bytes))
      return failure;
  }
  return std::nullopt;
}

/// The others need not wait for what will not come.
void HostChannel::tell(const std::string &fault) {
  const Frame frame = {fault.size(), 1};
  for (const Socket &peer : peers)
    if (peer.isOpen())
      for (auto [data, bytes] :
           {std::pair<const void *, size_t>{&frame, sizeof(frame)},
            {fault.data(), fault.size()}})
        (void)!::send(peer.get(), data, bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
}

MaybeFailure HostChannel::follow(const Patience &patience, const void *mine,
                                 size_t bytes, char *all) {
  Frame frame = {bytes, 0};
  if (MaybeFailure failure = send(patience, 0, &frame, sizeof(frame)))
    return failure;
  if (MaybeFailure failure = send(patience, 0, mine, bytes))
    return failure;
  if (MaybeFailure failure = receive(patience, 0, &frame, sizeof(frame)))
    return failure;
  if (!frame.isFault)
    return receive(patience, 0, all, bytes * patience.rank.size);
  std::string fault(frame.bytes, '\0');
  if (MaybeFailure failure = receive(patience, 0, fault.data(), fault.size()))
    return failure;
  return brokeOff(patience.rank, kExchange, {}, fault);
}

MaybeFailure HostChannel::exchange(const Patience &patience, const void *mine,
                                   size_t bytes, void *all) {
  char *records = static_cast<char *>(all);
  if (patience.rank.rank != 0)
    return follow(patience, mine, bytes, records);
  if (MaybeFailure failure = collect(patience, mine, bytes, records)) {
    tell(failure->message);
    return failure;
  }
  MaybeFailure failure =
      distribute(patience, records, bytes * patience.rank.size);
  if (failure) // a sentence could be taken for the rest of the records
    shutDown();
  return failure;
}
