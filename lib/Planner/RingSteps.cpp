//===- RingSteps.cpp - The steps of a ring that move anything -------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RingSteps.h"

#include "lib/Planner/RingReach.h"

#include <numeric>

namespace rdattn::planner {
namespace {

/// Tokens [begin, end).
struct TokenRange {
  int64_t begin, end;
};

class LiveDistances {
public:
  explicit LiveDistances(const RingPattern &pattern)
      : pattern(pattern), live(pattern.ring().size), dead(live.size()) {
    mark(0);
  }

  void addGroup(int32_t branch, const ClassGroup &group);
  std::vector<int64_t> take() const;

private:
  int64_t distance(int64_t receiver, int64_t owner) const {
    return floorMod(receiver - owner, pattern.ring().size);
  }
  bool isLive(int64_t receiver, int64_t owner) const {
    return live[distance(receiver, owner)];
  }
  void mark(int64_t distance) {
    dead -= !live[distance];
    live[distance] = true;
  }

  void addStriped(const ClassGroup &group);
  void addSharedSegments(int32_t branch, const ClassGroup &group);
  void addSegment(int32_t branch, const ClassGroup &group, int64_t segment);
  void addClasses(int32_t branch, const ClassGroup &group, int64_t segment);
  void addPeers(const RingClass &cls, int64_t receiver);
  void addAround(const ClassGroup &group, TokenRange segment, int64_t receiver,
                 TokenRange queries);
  bool sees(const ClassGroup &group, TokenRange queries, TokenRange keys) const;
  std::vector<TokenRange> rangesOf(int64_t rank, TokenRange segment) const;

  const RingPattern &pattern;
  std::vector<char> live;
  size_t dead;
};

/// The most tokens between a query and a key that it sees.
int64_t reachOf(const ClassGroup &group) {
  int64_t rows = classSize(group.length, group.stride, 0);
  return (std::min(group.window.value_or(rows), rows) - 1) * group.stride;
}

/// The distance of two tokens' ranks depends on how far they are apart alone,
/// so the longest class of one segment tells all.
void LiveDistances::addStriped(const ClassGroup &group) {
  int64_t size = pattern.ring().size;
  int64_t period = size / std::gcd(size, group.stride);
  int64_t reach = std::min(reachOf(group) / group.stride, period - 1);
  for (int64_t rows = 0; rows <= reach; ++rows) {
    // The modulus first, as a step may be larger than any token.
    int64_t step = rows * (group.stride % size) % size;
    mark(step);
    if (!pattern.causal())
      mark(floorMod(-step, size));
  }
}

/// Segments with a part's first token inside; the others lie in one shard.
void LiveDistances::addSharedSegments(int32_t branch, const ClassGroup &group) {
  Parts parts(pattern.ring(), pattern.sizes().tokens);
  int64_t next = 0; // segments before it were added
  for (int64_t part = 1; part < parts.count() && dead > 0; ++part) {
    int64_t begin = parts.begin(part);
    if (begin == 0 || begin == pattern.sizes().tokens)
      continue;
    SegmentRange before = segmentsIn(group, begin - 1, begin);
    SegmentRange after = segmentsIn(group, begin, begin + 1);
    int64_t t = std::max(next, after.begin);
    if (t >= std::min(before.end, after.end) || t < before.begin)
      continue;
    addSegment(branch, group, group.first + t * group.period);
    next = t + 1;
  }
}

std::vector<TokenRange> LiveDistances::rangesOf(int64_t rank,
                                                TokenRange segment) const {
  std::vector<TokenRange> ranges;
  for (const Chunk &chunk :
       shardOf(pattern.ring(), pattern.sizes().tokens, rank)) {
    TokenRange range{std::max(segment.begin, chunk.tokens.first),
                     std::min(segment.end, chunk.tokens.last() + 1)};
    if (range.begin < range.end)
      ranges.push_back(range);
  }
  return ranges;
}

/// Whether a multiple of the stride is a difference that the mask allows.
bool LiveDistances::sees(const ClassGroup &group, TokenRange queries,
                         TokenRange keys) const {
  int64_t reach = reachOf(group);
  int64_t least =
      std::max(queries.begin - (keys.end - 1), pattern.causal() ? 0 : -reach);
  int64_t most = std::min(queries.end - 1 - keys.begin, reach);
  return least <= most && floorMod(most, group.stride) <= most - least;
}

void LiveDistances::addAround(const ClassGroup &group, TokenRange segment,
                              int64_t receiver, TokenRange queries) {
  int64_t reach = reachOf(group);
  int64_t begin = std::max(segment.begin, queries.begin - reach);
  int64_t end = pattern.causal() ? queries.end
                                 : std::min(segment.end, queries.end + reach);
  for (int64_t owner : pattern.ranksOf(begin, end)) {
    if (isLive(receiver, owner))
      continue;
    for (TokenRange keys : rangesOf(owner, segment))
      if (sees(group, queries, keys))
        mark(distance(receiver, owner));
  }
}

void LiveDistances::addPeers(const RingClass &cls, int64_t receiver) {
  Members queries = pattern.membersOf(cls, receiver);
  if (queries.size() == 0)
    return;
  for (int64_t owner : pattern.peersOf(cls, queries, receiver))
    if (!isLive(receiver, owner) &&
        tallyOf(cls, pattern.causal(), queries, pattern.membersOf(cls, owner))
                .needed > 0)
      mark(distance(receiver, owner));
}

void LiveDistances::addClasses(int32_t branch, const ClassGroup &group,
                               int64_t segment) {
  int64_t count = std::min(group.length, group.stride);
  std::vector<int64_t> ranks = pattern.ranksOf(segment, segment + group.length);
  for (int64_t index = 0; index < count && dead > 0; ++index) {
    if (pattern.headsOf(branch, group, index).empty())
      return;
    RingClass cls = pattern.classOf(branch, group, segment, index);
    for (auto rank = ranks.rbegin(); rank != ranks.rend() && dead > 0; ++rank)
      addPeers(cls, *rank);
  }
}

/// The last ranks first: with causal they see most.
void LiveDistances::addSegment(int32_t branch, const ClassGroup &group,
                               int64_t segment) {
  int64_t classes = std::min(group.length, group.stride);
  if (group.access == Access::Gathered ||
      pattern.headsOf(branch, group, classes - 1).empty())
    return addClasses(branch, group, segment);
  TokenRange range{segment, segment + group.length};
  std::vector<int64_t> ranks = pattern.ranksOf(range.begin, range.end);
  for (auto rank = ranks.rbegin(); rank != ranks.rend() && dead > 0; ++rank)
    for (TokenRange queries : rangesOf(*rank, range))
      addAround(group, range, *rank, queries);
}

void LiveDistances::addGroup(int32_t branch, const ClassGroup &group) {
  if (pattern.ring().layout != Layout::Striped)
    return addSharedSegments(branch, group);
  if (group.access == Access::Gathered)
    return addClasses(branch, group, group.first);
  addStriped(group);
}

std::vector<int64_t> LiveDistances::take() const {
  std::vector<int64_t> distances;
  for (size_t i = 0; i < live.size(); ++i)
    if (live[i])
      distances.push_back(static_cast<int64_t>(i));
  return distances;
}

} // namespace

std::vector<int64_t> liveDistances(const RingPattern &pattern) {
  LiveDistances distances(pattern);
  for (size_t b = 0; b < pattern.branches().size(); ++b)
    for (const ClassGroup &group : pattern.branches()[b].groups)
      distances.addGroup(static_cast<int32_t>(b), group);
  return distances.take();
}

} // namespace rdattn::planner
