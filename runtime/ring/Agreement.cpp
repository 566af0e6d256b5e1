//===- Agreement.cpp - Ranks compare what they are about to do ------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/ring/Agreement.h"

#include <algorithm>

using namespace rdattn::runtime;
using namespace rdattn::runtime::ring;
namespace planner = rdattn::planner;

namespace {
/// What every rank sends of its agreement at first.
struct Digest {
  uint64_t hash = 0;
  uint64_t bytes = 0; ///< of the text

  bool operator==(const Digest &other) const {
    return hash == other.hash && bytes == other.bytes;
  }
};
} // namespace

/// Where the rank whose text is given differs, or nothing.
static planner::Violation compare(const planner::RingAgreement &mine,
                                  const std::string &text) {
  planner::RingAgreement theirs;
  if (planner::Violation violation = planner::parse(text, theirs))
    return violation;
  return planner::differences(mine, theirs);
}

/// Exchanges the texts, as the digests differ.
static MaybeFailure tellDifference(comm::Communicator &communicator,
                                   const planner::RingAgreement &mine,
                                   std::string text,
                                   const std::vector<Digest> &digests) {
  uint64_t bytes = 0;
  for (const Digest &digest : digests)
    bytes = std::max(bytes, digest.bytes);
  text.resize(bytes);
  std::string texts(bytes * digests.size(), '\0');
  if (MaybeFailure failure =
          communicator.exchange(text.data(), bytes, texts.data()))
    return failure;
  for (size_t rank = 0; rank < digests.size(); ++rank)
    if (planner::Violation difference =
            compare(mine, texts.substr(rank * bytes, digests[rank].bytes)))
      return ringError(communicator.name(), " and rank ", rank,
                       " do not run the same attention: ", *difference);
  return ringError(communicator.name(),
                   " found that the ranks do not run the same attention");
}

MaybeFailure ring::agree(comm::Communicator &communicator,
                         const planner::RingAgreement &mine) {
  std::string text = planner::print(mine);
  const Digest digest = {mine.hash(), text.size()};
  std::vector<Digest> digests(communicator.size);
  if (MaybeFailure failure =
          communicator.exchange(&digest, sizeof(digest), digests.data()))
    return failure;
  if (std::count(digests.begin(), digests.end(), digest) == communicator.size)
    return std::nullopt;
  return tellDifference(communicator, mine, std::move(text), digests);
}
