//===- RingPattern.cpp - A pattern spread over a ring ---------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RingPattern.h"

#include "lib/Planner/Census.h"

namespace rdattn::planner {

RingPattern::RingPattern(const std::vector<BranchClasses> &branches,
                         const Sizes &sizes, bool causal, const Ring &ring)
    : classes(simplifyFor(branches, sizes.tokens, PlanOptions())), shape(sizes),
      isCausal(causal), placement(ring) {
  if (sizes.batch == 0 || sizes.heads == 0)
    for (BranchClasses &branch : classes)
      branch.groups.clear();
  for (const BranchClasses &branch : classes)
    for (const ClassGroup &group : branch.groups)
      if (group.access == Access::Gathered && shapes.count(keyOf(group)) == 0)
        shapes.emplace(keyOf(group),
                       HilbertClasses(*group.grid, group.length, group.stride,
                                      !group.window));
}

RingPattern::Key RingPattern::keyOf(const ClassGroup &group) {
  return {group.grid->rows, group.grid->cols, group.length, group.stride,
          group.window.has_value()};
}

HeadRange RingPattern::headsOf(int32_t branch, const ClassGroup &group,
                               int64_t index) const {
  if (!classes[branch].perHead)
    return {0, shape.heads};
  int64_t share = headsPerClass(shape.heads, group.stride);
  return {std::min(shape.heads, index * share),
          std::min(shape.heads, (index + 1) * share)};
}

RingClass RingPattern::classOf(int32_t branch, const ClassGroup &group,
                               int64_t segment, int64_t index) const {
  RingClass cls;
  cls.branch = branch;
  cls.group = &group;
  cls.segment = segment;
  int64_t rows = classSize(group.length, group.stride, index);
  // A class of one row takes no step, and its stride may be any number.
  cls.tokens = {segment + index, rows, rows == 1 ? 1 : group.stride};
  cls.heads = headsOf(branch, group, index);
  cls.kvHeads = {cls.heads.begin / headsPerKvHead(),
                 ceilDiv(cls.heads.end, headsPerKvHead())};
  if (group.access != Access::Gathered)
    return cls;
  cls.gathered = shapes.at(keyOf(group))[index];
  if (isListed(group))
    cls.byRank = listByRank(cls);
  return cls;
}

bool RingPattern::isListed(const ClassGroup &group) const {
  return group.window || placement.layout == Layout::Striped;
}

std::shared_ptr<const RowsByRank>
RingPattern::listByRank(const RingClass &cls) const {
  auto lists = std::make_shared<RowsByRank>();
  for (int64_t row = 0; row < cls.rows(); ++row)
    lists->append(rankOf(placement, shape.tokens, cls.token(row)), row);
  lists->sort();
  return lists;
}

void RingPattern::addClasses(int32_t branch, const ClassGroup &group,
                             int64_t segment, int64_t rank,
                             std::vector<RingClass> &result) const {
  if (placement.layout == Layout::Striped &&
      floorMod(rank - segment, placement.size) >= group.length)
    return;
  int64_t count = std::min(group.length, group.stride);
  for (int64_t index = 0; index < count; ++index) {
    if (headsOf(branch, group, index).empty())
      return;
    RingClass cls = classOf(branch, group, segment, index);
    if (membersOf(cls, rank).size() > 0)
      result.push_back(std::move(cls));
  }
}

std::vector<RingClass> RingPattern::classesOn(int64_t rank) const {
  std::vector<RingClass> result;
  Shard shard = shardOf(placement, shape.tokens, rank);
  for (size_t b = 0; b < classes.size(); ++b)
    for (const ClassGroup &group : classes[b].groups) {
      int64_t next = 0; // segments before it were looked at
      for (const Chunk &chunk : shard) {
        SegmentRange range =
            segmentsIn(group, chunk.tokens.first, chunk.tokens.last() + 1);
        for (int64_t t = std::max(next, range.begin); t < range.end; ++t)
          addClasses(static_cast<int32_t>(b), group,
                     group.first + t * group.period, rank, result);
        next = std::max(next, range.end);
      }
    }
  return result;
}

/// A list is searched; elsewhere each chunk holds one run.
Members RingPattern::membersOf(const RingClass &cls, int64_t rank) const {
  Members members;
  members.shard = shardOf(placement, shape.tokens, rank);
  if (cls.byRank) {
    members.list = (*cls.byRank)[rank];
    return members;
  }
  for (const Chunk &chunk : members.shard) {
    const Progression &tokens = chunk.tokens;
    Progression rows = cls.gathered.rows
                           ? rowsBetween(cls, tokens.first, tokens.last() + 1)
                           : intersect(cls.tokens, tokens);
    if (rows.count > 0)
      members.runs[members.runCount++] = {rows, chunk};
  }
  return members;
}

std::vector<int64_t> RingPattern::ranksOf(int64_t begin, int64_t end) const {
  std::vector<int64_t> ranks;
  if (begin >= end)
    return ranks;
  if (placement.layout == Layout::Striped) {
    for (int64_t i = 0; i < std::min(end - begin, placement.size); ++i)
      ranks.push_back((begin + i) % placement.size);
    return ranks;
  }
  Parts parts(placement, shape.tokens);
  int64_t last = parts.partOf(end - 1);
  for (int64_t part = parts.partOf(begin); part <= last; ++part)
    ranks.push_back(parts.rankOf(part));
  if (placement.layout == Layout::ZigZag) {
    std::sort(ranks.begin(), ranks.end());
    ranks.erase(std::unique(ranks.begin(), ranks.end()), ranks.end());
  }
  return ranks;
}

/// The ranks of rows that a run of a window may reach, with the rank's own.
void RingPattern::addRanksAround(const RingClass &cls, const Members::Run &run,
                                 std::vector<int64_t> &ranks) const {
  int64_t rows = cls.rows();
  int64_t reach = std::min(cls.group->window.value_or(rows), rows) - 1;
  int64_t begin = std::max<int64_t>(0, run.rows.first - reach);
  int64_t last = std::min(rows - 1, run.rows.last() + reach);
  if (placement.layout != Layout::Striped) {
    std::vector<int64_t> more = ranksOf(cls.token(begin), cls.token(last) + 1);
    ranks.insert(ranks.end(), more.begin(), more.end());
    return;
  }
  // Every stride-th row lies on the same rank: one period of them, or the part
  // of it around row 0 of the run, names all ranks.
  int64_t period = run.rows.stride;
  if (reach < (period - 1) / 2) {
    for (int64_t i = -reach; i <= reach; ++i)
      ranks.push_back(floorMod(run.chunk.tokens.first + i * cls.tokens.stride,
                               placement.size));
    return;
  }
  for (int64_t i = 0; i < std::min(rows, period); ++i)
    ranks.push_back(cls.tokens[i] % placement.size);
}

std::vector<int64_t> RingPattern::peersOf(const RingClass &cls,
                                          const Members &members,
                                          int64_t rank) const {
  std::vector<int64_t> ranks;
  if (cls.byRank) {
    ranks = cls.byRank->ranks();
  } else {
    for (int i = 0; i < members.runCount; ++i)
      addRanksAround(cls, members.runs[i], ranks);
  }
  std::sort(ranks.begin(), ranks.end());
  ranks.erase(std::unique(ranks.begin(), ranks.end()), ranks.end());
  ranks.erase(std::remove(ranks.begin(), ranks.end(), rank), ranks.end());
  return ranks;
}

} // namespace rdattn::planner
