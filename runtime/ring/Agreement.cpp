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
/// What every rank sends of its agreement, or of why it refuses, at first.
struct Digest {
  uint64_t hash = 0;
  uint64_t bytes = 0; ///< of the text
  uint64_t refuses = 0;

  bool operator==(const Digest &other) const {
    return hash == other.hash && bytes == other.bytes &&
           refuses == other.refuses;
  }
};

/// What the ranks told each other.
struct Replies {
  std::vector<Digest> digests;
  std::vector<std::string> texts; ///< none where all agree
};
} // namespace

/// Gives and takes digests and, unless all agree, texts.
static MaybeFailure converse(comm::Communicator &communicator,
                             const Digest &digest, const std::string &text,
                             Replies &replies) {
  std::vector<Digest> &digests = replies.digests;
  digests.resize(communicator.size);
  if (MaybeFailure failure =
          communicator.exchange(&digest, sizeof(digest), digests.data()))
    return failure;
  if (!digest.refuses &&
      std::count(digests.begin(), digests.end(), digest) == communicator.size)
    return std::nullopt;
  uint64_t bytes = 0;
  for (const Digest &each : digests)
    bytes = std::max(bytes, each.bytes);
  std::string padded = text, texts(bytes * digests.size(), '\0');
  padded.resize(bytes);
  if (MaybeFailure failure =
          communicator.exchange(padded.data(), bytes, texts.data()))
    return failure;
  for (size_t rank = 0; rank < digests.size(); ++rank)
    replies.texts.push_back(texts.substr(rank * bytes, digests[rank].bytes));
  return std::nullopt;
}

/// Where the rank whose text is given differs, or nothing.
static planner::Violation compare(const planner::RingAgreement &mine,
                                  const std::string &text) {
  planner::RingAgreement theirs;
  if (planner::Violation violation = planner::parse(text, theirs))
    return violation;
  return planner::differences(mine, theirs);
}

MaybeFailure ring::agree(comm::Communicator &communicator,
                         const Statement &mine) {
  const Digest digest = {mine.hash, mine.text.size()};
  Replies replies;
  if (MaybeFailure failure = converse(communicator, digest, mine.text, replies))
    return failure;
  const std::vector<std::string> &texts = replies.texts;
  if (texts.empty())
    return std::nullopt;
  for (size_t rank = 0; rank < texts.size(); ++rank)
    if (replies.digests[rank].refuses)
      return ringError(communicator.name(), " cannot go on without rank ", rank,
                       ", whose call was refused: ", texts[rank]);
  for (size_t rank = 0; rank < texts.size(); ++rank)
    if (planner::Violation difference = compare(mine.agreement, texts[rank]))
      return ringError(communicator.name(), " and rank ", rank,
                       " do not run the same attention: ", *difference);
  return ringError(communicator.name(),
                   " found that the ranks do not run the same attention");
}

void ring::refuse(comm::Communicator &communicator, const std::string &why) {
  Replies replies;
  // The rank's own failure is what its caller learns.
  (void)converse(communicator, {0, why.size(), 1}, why, replies);
}
