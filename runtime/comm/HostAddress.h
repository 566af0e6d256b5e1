//===- HostAddress.h - Where rank 0 of a ring listens -----------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_COMM_HOSTADDRESS_H
#define RDATTN_RUNTIME_COMM_HOSTADDRESS_H

#include <cstdint>

namespace rdattn::runtime::comm {

/// Where a rank can be reached by TCP, as bytes that ranks send each other.
struct HostAddress {
  static constexpr int kMost = 8;
  struct Interface {
    uint32_t isV6 = 0;
    uint8_t address[16] = {}; ///< of IPv4 the first four
  };

  uint64_t host = 0;    ///< equal where both have the same loopback
  uint64_t key[2] = {}; ///< what tells the ring's ranks from anybody else
  uint32_t port = 0;
  uint32_t count = 0;
  Interface interfaces[kMost];
};

/// The host that this process runs on, as HostAddress::host.
uint64_t thisHost();

/// The host's interfaces but for the loopback, and a new key.
HostAddress describeHost(uint32_t port);

} // namespace rdattn::runtime::comm

#endif // RDATTN_RUNTIME_COMM_HOSTADDRESS_H
