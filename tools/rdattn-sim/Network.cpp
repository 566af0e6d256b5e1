//===- Network.cpp - Transfers and the links that they share --------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-sim/Network.h"

#include <algorithm>

namespace rdattn::sim {

Network::Network(const Machine &machine, int64_t ranks, Activities &activities,
                 int64_t first)
    : machine(machine), activities(activities), first(first),
      out((ranks - 1) / machine.node + 1), in(out.size()), senders(ranks) {}

double Network::rateOf(int64_t receiver) {
  size_t most =
      std::max(wayOut(senders[receiver]).size(), wayIn(receiver).size());
  return std::min(machine.network, machine.nodeNetwork / double(most));
}

/// Gives the transfers of a link their rates, which carried `before` of them.
/// They are spared where the link bound none before and binds none now.
void Network::share(const Link &link, size_t before, double now) {
  size_t most = std::max(before, link.size());
  if (machine.nodeNetwork >= machine.network * double(most))
    return;
  for (int64_t receiver : link)
    activities.changeRate(first + receiver, now, rateOf(receiver));
}

void Network::start(int64_t sender, int64_t receiver, double bytes,
                    double now) {
  senders[receiver] = sender;
  if (!crosses(sender, receiver)) {
    activities.start(first + receiver, now, machine.linkLatency, bytes,
                     machine.link);
    return;
  }
  Link &away = wayOut(sender), &home = wayIn(receiver);
  away.push_back(receiver);
  home.push_back(receiver);
  activities.start(first + receiver, now, machine.networkLatency, bytes,
                   rateOf(receiver));
  share(away, away.size() - 1, now);
  share(home, home.size() - 1, now);
}

static void remove(std::vector<int64_t> &list, int64_t value) {
  list.erase(std::find(list.begin(), list.end(), value));
}

void Network::end(int64_t receiver, double now) {
  int64_t sender = senders[receiver];
  if (!crosses(sender, receiver))
    return;
  Link &away = wayOut(sender), &home = wayIn(receiver);
  remove(away, receiver);
  remove(home, receiver);
  share(away, away.size() + 1, now);
  share(home, home.size() + 1, now);
}

} // namespace rdattn::sim
