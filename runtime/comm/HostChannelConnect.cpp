//===- HostChannelConnect.cpp - A rank connects with rank 0 ---------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/comm/Faults.h"
#include "runtime/comm/HostChannel.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

using namespace rdattn::runtime;
using namespace rdattn::runtime::comm;

static socklen_t socketAddress(const HostAddress::Interface &interface,
                               uint32_t port, sockaddr_storage &to) {
  to = {};
  if (interface.isV6) {
    auto &v6 = reinterpret_cast<sockaddr_in6 &>(to);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(static_cast<uint16_t>(port));
    std::memcpy(&v6.sin6_addr, interface.address, 16);
    return sizeof(v6);
  }
  auto &v4 = reinterpret_cast<sockaddr_in &>(to);
  v4.sin_family = AF_INET;
  v4.sin_port = htons(static_cast<uint16_t>(port));
  std::memcpy(&v4.sin_addr, interface.address, 4);
  return sizeof(v4);
}

/// Waits for a connection that was begun; an open socket where it was made.
static MaybeFailure tryInterface(const Patience &patience,
                                 const HostAddress::Interface &interface,
                                 uint32_t port, Clock::time_point until,
                                 Socket &made) {
  sockaddr_storage to;
  const socklen_t size = socketAddress(interface, port, to);
  Socket socket = Socket::create(to.ss_family);
  if (!socket.isOpen())
    return std::nullopt;
  int error = ::connect(socket.get(), reinterpret_cast<sockaddr *>(&to), size)
                  ? errno
                  : 0;
  while (error == EINPROGRESS && Clock::now() < until) {
    pollfd writable = {socket.get(), POLLOUT, 0};
    if (poll(&writable, 1, Patience::kSliceMilliseconds) > 0) {
      socklen_t bytes = sizeof(error);
      getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &bytes);
    }
    if (MaybeFailure failure = patience.lookAround({0}))
      return failure;
  }
  if (error == 0)
    made = std::move(socket);
  return std::nullopt;
}

/// Those that may lead to rank 0, the loopback first where it is on this host.
static std::vector<HostAddress::Interface> waysTo(const HostAddress &address) {
  std::vector<HostAddress::Interface> ways;
  if (address.host == thisHost())
    ways.push_back({0, {127, 0, 0, 1}});
  ways.insert(ways.end(), address.interfaces,
              address.interfaces +
                  std::min<uint32_t>(address.count, HostAddress::kMost));
  return ways;
}

MaybeFailure HostChannel::connect(const Patience &patience,
                                  const HostAddress &address) {
  const std::vector<HostAddress::Interface> ways = waysTo(address);
  for (const HostAddress::Interface &way : ways) {
    // An interface that swallows packets must not use up the time of others.
    const auto until =
        std::min(patience.until, Clock::now() + std::chrono::seconds(10));
    if (MaybeFailure failure =
            tryInterface(patience, way, address.port, until, peers[0]))
      return failure;
    if (!peers[0].isOpen())
      continue;
    peers[0].sendAtOnce();
    const Hello hello = {{address.key[0], address.key[1]},
                         static_cast<uint64_t>(patience.rank.rank)};
    return send(patience, 0, &hello, sizeof(hello));
  }
  return ringError(patience.rank.name(), " cannot reach rank 0 on port ",
                   address.port, " of any of the ", ways.size(),
                   " addresses of its host: let the hosts of a ring reach each "
                   "other by TCP");
}
