//===- HostChannelAccept.cpp - Rank 0 waits for the other ranks -----------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/comm/Faults.h"
#include "runtime/comm/HostChannel.h"

#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

using namespace rdattn::runtime;
using namespace rdattn::runtime::comm;

//===-- The port ----------------------------------------------------------===//

static Failure cannot(const char *what) {
  return ringError("cannot ", what, ": ", std::string(std::strerror(errno)));
}

/// Of IPv6 and IPv4 where there are both.
static bool bindTo(Socket &socket, int family) {
  socket = Socket::create(family);
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

//===-- Whoever connects --------------------------------------------------===//

namespace {
/// Somebody who has connected, and may be anybody.
struct Caller {
  Socket socket;
  Hello hello;
  size_t received = 0;

  bool isHeard() const { return received == sizeof(Hello); }
  bool listen();
};

/// Whoever says nothing, or something else, keeps nobody waiting.
class Callers {
public:
  void wait(const Socket &listener) const;
  void admit(const Socket &listener);
  /// Those that are ranks of the ring at `address` become peers.
  void hear(const HostAddress &address, std::vector<Socket> &peers);

private:
  std::vector<Caller> callers;
};
} // namespace

/// False where nothing more will come.
bool Caller::listen() {
  char *next = reinterpret_cast<char *>(&hello) + received;
  const ssize_t got =
      recv(socket.get(), next, sizeof(Hello) - received, MSG_DONTWAIT);
  if (got == 0)
    return false;
  if (got < 0)
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
  received += static_cast<size_t>(got);
  return true;
}

/// For a slice at most.
void Callers::wait(const Socket &listener) const {
  std::vector<pollfd> sockets = {{listener.get(), POLLIN, 0}};
  for (const Caller &caller : callers)
    sockets.push_back({caller.socket.get(), POLLIN, 0});
  poll(sockets.data(), sockets.size(), Patience::kSliceMilliseconds);
}

void Callers::admit(const Socket &listener) {
  for (;;) {
    Socket next = Socket::acceptFrom(listener);
    if (!next.isOpen())
      return;
    next.sendAtOnce();
    callers.push_back({std::move(next), {}});
  }
}

static bool isOfRing(const Hello &hello, const HostAddress &address,
                     size_t ranks) {
  return std::memcmp(hello.key, address.key, sizeof(hello.key)) == 0 &&
         hello.rank > 0 && hello.rank < ranks;
}

void Callers::hear(const HostAddress &address, std::vector<Socket> &peers) {
  for (size_t i = callers.size(); i-- > 0;) {
    Caller &caller = callers[i];
    const bool stays = caller.listen() && !caller.isHeard();
    if (caller.isHeard() && isOfRing(caller.hello, address, peers.size()))
      peers[caller.hello.rank] = std::move(caller.socket);
    if (!stays)
      callers.erase(callers.begin() + static_cast<ptrdiff_t>(i));
  }
}

//===-- The ranks ---------------------------------------------------------===//

static std::vector<int32_t> absent(const std::vector<Socket> &peers) {
  std::vector<int32_t> ranks;
  for (size_t rank = 1; rank < peers.size(); ++rank)
    if (!peers[rank].isOpen())
      ranks.push_back(static_cast<int32_t>(rank));
  return ranks;
}

MaybeFailure HostChannel::accept(const Patience &patience,
                                 const HostAddress &address) {
  Callers callers;
  for (;;) {
    const std::vector<int32_t> awaited = absent(peers);
    if (awaited.empty())
      return std::nullopt;
    callers.wait(listener);
    callers.admit(listener);
    callers.hear(address, peers);
    if (MaybeFailure failure = patience.lookAround(awaited))
      return failure;
  }
}
