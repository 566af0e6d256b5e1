//===- Network.h - Transfers and the links that they share ------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_SIM_NETWORK_H
#define RDATTN_TOOLS_SIM_NETWORK_H

#include "tools/rdattn-sim/Activities.h"
#include "tools/rdattn-sim/Machine.h"

namespace rdattn::sim {

/// Transfers, at most one to each rank at a time. Those inside a node have the
/// link of their rank alone. Those between nodes share, in equal parts, what
/// leaves the one node and what enters the other, and none is faster than the
/// network of one rank.
class Network {
public:
  /// The transfer to rank r is activity `first + r`.
  Network(const Machine &machine, int64_t ranks, Activities &activities,
          int64_t first);

  void start(int64_t sender, int64_t receiver, double bytes, double now);

  /// To be told when the transfer's activity has ended.
  void end(int64_t receiver, double now);

private:
  /// One direction of a node's link: the receivers of what it carries.
  using Link = std::vector<int64_t>;

  bool crosses(int64_t sender, int64_t receiver) const {
    return sender / machine.node != receiver / machine.node;
  }
  Link &wayOut(int64_t sender) { return out[sender / machine.node]; }
  Link &wayIn(int64_t receiver) { return in[receiver / machine.node]; }
  double rateOf(int64_t receiver);
  void share(const Link &link, size_t before, double now);

  const Machine &machine;
  Activities &activities;
  int64_t first;
  std::vector<Link> out, in;    ///< of each node
  std::vector<int64_t> senders; ///< of what each rank receives
};

} // namespace rdattn::sim

#endif // RDATTN_TOOLS_SIM_NETWORK_H
