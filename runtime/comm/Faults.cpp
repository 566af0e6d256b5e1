//===- Faults.cpp - Sentences about faults of a ring ----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/comm/Faults.h"

#include <algorithm>
#include <cstdio>

using namespace rdattn::runtime;
using namespace rdattn::runtime::comm;

std::string comm::stepName(int64_t number) {
  return number == kExchange ? "the exchange of plans"
                             : sentence("step ", number);
}

std::string comm::rankNames(std::vector<int32_t> ranks) {
  std::sort(ranks.begin(), ranks.end());
  ranks.erase(std::unique(ranks.begin(), ranks.end()), ranks.end());
  std::string names = ranks.size() == 1 ? "rank " : "ranks ";
  for (size_t i = 0; i < ranks.size(); ++i)
    names += sentence(i == 0                  ? ""
                      : i + 1 == ranks.size() ? " and "
                                              : ", ",
                      ranks[i]);
  return names;
}

std::string comm::seconds(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%g s", value);
  return text;
}

std::vector<int32_t> comm::peersOf(const Step &step) {
  std::vector<int32_t> peers;
  for (const std::vector<Transfer> *list : {&step.sends, &step.receives})
    for (const Transfer &transfer : *list)
      peers.push_back(transfer.peer);
  return peers;
}

Failure comm::cameLate(const Communicator &waiting, int64_t step,
                       const std::vector<int32_t> &peers) {
  return ringError(waiting.name(), " waited ", seconds(waiting.timeout), " in ",
                   stepName(step), " for ", rankNames(peers),
                   ", which did not come");
}

Failure comm::hasLeft(const Communicator &waiting, int64_t step, int32_t peer) {
  return ringError(waiting.name(), " waited in ", stepName(step), " for rank ",
                   peer, ", which has left the ring");
}

Failure comm::wasInterrupted(const Communicator &waiting, int64_t step,
                             const std::vector<int32_t> &peers) {
  return {RDATTN_INTERRUPTED,
          sentence(waiting.name(), " was interrupted while it waited in ",
                   stepName(step), " for ", rankNames(peers))};
}

Failure comm::brokeOff(const Communicator &waiting, int64_t step,
                       const std::vector<int32_t> &peers,
                       const std::string &cause) {
  return ringError(waiting.name(), " waited in ", stepName(step),
                   peers.empty() ? "" : " for " + rankNames(peers),
                   " when the ring failed: ", cause);
}

Failure comm::notBegun(const Communicator &waiting, const Step &step,
                       const std::string &cause) {
  const std::vector<int32_t> peers = peersOf(step);
  return ringError(waiting.name(), " could not begin ", stepName(step.number),
                   peers.empty() ? "" : " with " + rankNames(peers),
                   ", as the ring had failed: ", cause);
}

Failure comm::differs(const Communicator &waiting, int64_t step, size_t bytes,
                      int32_t peer, int64_t peerStep, size_t peerBytes,
                      bool receives) {
  return ringError(waiting.name(), receives ? " receives " : " sends ", bytes,
                   " bytes in ", stepName(step), ", but rank ", peer,
                   receives ? " sends " : " receives ", peerBytes, " in ",
                   stepName(peerStep), ": they must run the same plan");
}
