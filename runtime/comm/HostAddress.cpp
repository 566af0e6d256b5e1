//===- HostAddress.cpp - Where rank 0 of a ring listens -------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/comm/HostAddress.h"
#include "runtime/Hash.h"

#include <cstring>
#include <fstream>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string>
#include <sys/random.h>
#include <unistd.h>

using namespace rdattn::runtime;
using namespace rdattn::runtime::comm;

uint64_t comm::thisHost() {
  std::string name;
  std::getline(std::ifstream("/proc/sys/kernel/random/boot_id"), name);
  char space[64] = {}; // containers of one host have loopbacks of their own
  if (readlink("/proc/self/ns/net", space, sizeof(space) - 1) > 0)
    name += space;
  return hashBytes(name.data(), name.size());
}

static void add(const sockaddr &given, HostAddress &host) {
  HostAddress::Interface &next = host.interfaces[host.count];
  if (given.sa_family == AF_INET) {
    std::memcpy(next.address,
                &reinterpret_cast<const sockaddr_in &>(given).sin_addr, 4);
  } else if (given.sa_family == AF_INET6) {
    const in6_addr &address =
        reinterpret_cast<const sockaddr_in6 &>(given).sin6_addr;
    if (IN6_IS_ADDR_LINKLOCAL(&address)) // of a name that is the host's own
      return;
    next.isV6 = 1;
    std::memcpy(next.address, &address, 16);
  } else {
    return;
  }
  ++host.count;
}

HostAddress comm::describeHost(uint32_t port) {
  HostAddress host;
  host.host = thisHost();
  host.port = port;
  // Where there is no randomness, a wrong rank is still told by its number.
  (void)!getrandom(host.key, sizeof(host.key), 0);
  ifaddrs *list = nullptr;
  if (getifaddrs(&list) != 0)
    return host;
  for (const ifaddrs *each = list; each; each = each->ifa_next)
    if (each->ifa_addr && each->ifa_flags & IFF_UP &&
        !(each->ifa_flags & IFF_LOOPBACK) && host.count < HostAddress::kMost)
      add(*each->ifa_addr, host);
  freeifaddrs(list);
  return host;
}
