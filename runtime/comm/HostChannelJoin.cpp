//===- HostChannelJoin.cpp - Ranks connect with rank 0 --------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/comm/Faults.h"
#include "runtime/comm/HostChannel.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

using namespace rdattn::runtime;
using namespace rdattn::runtime::comm;

static constexpr int kSliceMilliseconds = 5;

namespace {
/// What a rank says first.
struct Hello {
  uint64_t key[2] = {};
  uint64_t rank = 0;
};

/// Somebody who has connected, and may be anybody.
struct Caller {
  Socket socket;
  Hello hello;
  size_t received = 0;
};
} // namespace

static Failure cannot(const char *what) {
  return ringError("cannot ", what, ": ", std::string(std::strerror(errno)));
}

static Socket openSocket(int family) {
  return Socket(socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

static void sendAtOnce(const Socket &socket) {
  const int yes = 1;
  setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
}

//===-- Rank 0 ------------------------------------------------------------===//

/// Of IPv6 and IPv4 where there are both.
static bool bindTo(Socket &socket, int family) {
  socket = openSocket(family);
  if (!socket.isOpen())
    return false;
  const int no = 0;
  if (family == AF_INET6)
    setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no));
  sockaddr_storage any = {};
  any.ss_family = static_cast<sa_family_t>(family);
  const socklen_t size =
      family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  return bind(socket.get(), reinterpret_cast<sockaddr *>(&any), size) == 0;
}

MaybeFailure HostChannel::listen(HostAddress &address) {
  if (!bindTo(listener, AF_INET6) && !bindTo(listener, AF_INET))
    return cannot("open a port for the other ranks");
  sockaddr_storage bound = {};
  socklen_t size = sizeof(bound);
  if (::listen(listener.get(), SOMAXCONN) != 0 ||
      getsockname(listener.get(), reinterpret_cast<sockaddr *>(&bound),
                  &size) != 0)
    return cannot("listen for the other ranks");
  // Both kinds of address have it at the same place.
  address = describeHost(
      ntohs(reinterpret_cast<const sockaddr_in &>(bound).sin_port));
  return std::nullopt;
}

/// False where it is none of the ring.
static bool listenTo(Caller &caller) {
  char *next = reinterpret_cast<char *>(&caller.hello) + caller.received;
  const ssize_t got = recv(caller.socket.get(), next,
                           sizeof(Hello) - caller.received, MSG_DONTWAIT);
  if (got == 0)
    return false;
  if (got < 0)
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
  caller.received += static_cast<size_t>(got);
  return true;
}

static std::vector<int32_t> absent(const std::vector<Socket> &peers) {
  std::vector<int32_t> ranks;
  for (size_t rank = 1; rank < peers.size(); ++rank)
    if (!peers[rank].isOpen())
      ranks.push_back(static_cast<int32_t>(rank));
  return ranks;
}

static MaybeFailure lookAround(const Patience &patience,
                               const std::vector<int32_t> &awaited) {
  if (MaybeFailure fault = patience.findFault())
    return fault;
  if (patience.rank.isStopped())
    return wasInterrupted(patience.rank, kExchange, awaited);
  if (Clock::now() >= patience.until)
    return cameLate(patience.rank, kExchange, awaited);
  return std::nullopt;
}

/// Whoever says nothing, or something else, keeps nobody waiting.
MaybeFailure HostChannel::accept(const Patience &patience,
                                 const HostAddress &address) {
  std::vector<Caller> callers;
  for (;;) {
    const std::vector<int32_t> awaited = absent(peers);
    if (awaited.empty())
      return std::nullopt;
    std::vector<pollfd> sockets = {{listener.get(), POLLIN, 0}};
    for (const Caller &caller : callers)
      sockets.push_back({caller.socket.get(), POLLIN, 0});
    poll(sockets.data(), sockets.size(), kSliceMilliseconds);
    for (;;) {
      Socket next(accept4(listener.get(), nullptr, nullptr,
                          SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (!next.isOpen())
        break;
      sendAtOnce(next);
      callers.push_back({std::move(next), {}});
    }
    for (size_t i = callers.size(); i-- > 0;) {
      Caller &caller = callers[i];
      bool stays = listenTo(caller);
      if (stays && caller.received == sizeof(Hello)) {
        const Hello &hello = caller.hello;
        if (std::memcmp(hello.key, address.key, sizeof(hello.key)) == 0 &&
            hello.rank > 0 && hello.rank < peers.size())
          peers[hello.rank] = std::move(caller.socket);
        stays = false;
      }
      if (!stays)
        callers.erase(callers.begin() + static_cast<ptrdiff_t>(i));
    }
    if (MaybeFailure failure = lookAround(patience, awaited))
      return failure;
  }
}

//===-- Other ranks -------------------------------------------------------===//

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
  Socket socket = openSocket(to.ss_family);
  if (!socket.isOpen())
    return std::nullopt;
  int error = ::connect(socket.get(), reinterpret_cast<sockaddr *>(&to), size)
                  ? errno
                  : 0;
  while (error == EINPROGRESS && Clock::now() < until) {
    pollfd writable = {socket.get(), POLLOUT, 0};
    if (poll(&writable, 1, kSliceMilliseconds) > 0) {
      socklen_t bytes = sizeof(error);
      getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &bytes);
    }
    if (MaybeFailure failure = lookAround(patience, {0}))
      return failure;
  }
  if (error == 0)
    made = std::move(socket);
  return std::nullopt;
}

MaybeFailure HostChannel::connect(const Patience &patience,
                                  const HostAddress &address) {
  std::vector<HostAddress::Interface> ways;
  if (address.host == thisHost())
    ways.push_back({0, {127, 0, 0, 1}});
  ways.insert(ways.end(), address.interfaces,
              address.interfaces +
                  std::min<uint32_t>(address.count, HostAddress::kMost));
  for (const HostAddress::Interface &way : ways) {
    // An interface that swallows packets must not use up the time of others.
    const auto until =
        std::min(patience.until, Clock::now() + std::chrono::seconds(10));
    if (MaybeFailure failure =
            tryInterface(patience, way, address.port, until, peers[0]))
      return failure;
    if (!peers[0].isOpen())
      continue;
    sendAtOnce(peers[0]);
    const Hello hello = {{address.key[0], address.key[1]},
                         static_cast<uint64_t>(patience.rank.rank)};
    return send(patience, 0, &hello, sizeof(hello));
  }
  return ringError(patience.rank.name(), " cannot reach rank 0 on port ",
                   address.port, " of any of the ", ways.size(),
                   " addresses of its host: let the hosts of a ring reach each "
                   "other by TCP");
}

MaybeFailure HostChannel::join(const Patience &patience,
                               const HostAddress &address) {
  peers.resize(patience.rank.rank == 0 ? patience.rank.size : 1);
  MaybeFailure failure = patience.rank.rank == 0 ? accept(patience, address)
                                                 : connect(patience, address);
  listener = Socket();
  return failure;
}
