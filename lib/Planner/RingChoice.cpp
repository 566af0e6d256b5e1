//===- RingChoice.cpp - The layout that spreads work evenly ---------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RingChoice.h"

#include "lib/Planner/Census.h"
#include "lib/Planner/RingClass.h"
#include "lib/Planner/RingTraffic.h"
#include "lib/Planner/SegmentWork.h"

#include <algorithm>
#include <numeric>

namespace rdattn::planner {

namespace {
struct Candidate {
  Layout layout;
  double imbalance, rowsMoved;
  double duration; ///< in pairs that a rank computes meanwhile, about
};
} // namespace

/// How far above the least still counts as the least.
static constexpr double kTolerance = 1.03;
/// Even work is worth waiting for, but not for as long again.
static constexpr double kLongest = 2;

static void keepLeast(std::vector<Candidate> &candidates,
                      double Candidate::*measure, double tolerance) {
  double least = candidates.front().*measure;
  for (const Candidate &candidate : candidates)
    least = std::min(least, candidate.*measure);
  candidates.erase(std::remove_if(candidates.begin(), candidates.end(),
                                  [&](const Candidate &candidate) {
                                    return candidate.*measure >
                                           tolerance * least;
                                  }),
                   candidates.end());
}

/// The work of a group's segments on tokens [begin, end).
static double workBetween(const ClassGroup &group, const SegmentWork &work,
                          int64_t begin, int64_t end) {
  SegmentRange segments = segmentsIn(group, begin, end);
  auto part = [&](int64_t t) {
    int64_t first = group.first + t * group.period;
    return work.below(std::min(group.length, end - first)) -
           work.below(std::max<int64_t>(0, begin - first));
  };
  int64_t count = segments.end - segments.begin;
  if (count <= 0)
    return 0;
  double sum = part(segments.begin);
  if (count > 1)
    sum += part(segments.end - 1);
  if (count > 2)
    sum += double(count - 2) * work.below(group.length);
  return sum;
}

static void addParts(const ClassGroup &group, const SegmentWork &work,
                     const Ring &ring, int64_t tokens, double weight,
                     std::vector<double> &ranks) {
  Parts parts(ring, tokens);
  for (int64_t part = 0; part < parts.count(); ++part) {
    int64_t begin = parts.begin(part), end = parts.begin(part + 1);
    if (begin < end)
      ranks[parts.rankOf(part)] +=
          weight * workBetween(group, work, begin, end);
  }
}

/// Segments that begin on the same rank spread their work alike.
static void addStripes(const ClassGroup &group, const SegmentWork &work,
                       int64_t size, double weight,
                       std::vector<double> &ranks) {
  std::vector<double> stripes(std::min(size, group.length));
  for (size_t i = 0; i < stripes.size(); ++i)
    stripes[i] = weight * work.every(static_cast<int64_t>(i), size);
  int64_t cycle = size / std::gcd(size, group.period);
  for (int64_t t = 0; t < std::min(group.times, cycle); ++t) {
    int64_t first = (group.first + t * group.period) % size;
    int64_t alike = (group.times - 1 - t) / cycle + 1;
    for (size_t i = 0; i < stripes.size(); ++i)
      ranks[(first + static_cast<int64_t>(i)) % size] +=
          double(alike) * stripes[i];
  }
}

std::vector<double> workOfRanks(const std::vector<BranchClasses> &branches,
                                int64_t tokens, bool causal, const Ring &ring) {
  std::vector<double> ranks(ring.size);
  for (const BranchClasses &branch :
       simplifyFor(branches, tokens, PlanOptions()))
    for (const ClassGroup &group : branch.groups) {
      SegmentWork work(group, causal);
      double weight = branch.perHead ? 1.0 / double(group.stride) : 1.0;
      if (ring.layout == Layout::Striped)
        addStripes(group, work, ring.size, weight, ranks);
      else
        addParts(group, work, ring, tokens, weight, ranks);
    }
  return ranks;
}

double imbalanceOf(const std::vector<double> &work) {
  double sum = std::accumulate(work.begin(), work.end(), 0.0);
  if (sum == 0)
    return 1;
  return *std::max_element(work.begin(), work.end()) * double(work.size()) /
         sum;
}

/// The longer of the most work and the rows that a rank receives on average.
static Candidate candidateOf(const std::vector<BranchClasses> &branches,
                             int64_t tokens, bool causal, const Ring &ring) {
  std::vector<double> work = workOfRanks(branches, tokens, causal, ring);
  double moved = estimateRowsMoved(branches, tokens, causal, ring);
  double most = *std::max_element(work.begin(), work.end());
  double duration = std::max(most, kPairsPerRow * moved / double(ring.size));
  return {ring.layout, imbalanceOf(work), moved, duration};
}

Layout chooseLayout(const std::vector<BranchClasses> &branches, int64_t tokens,
                    int64_t size, bool causal) {
  std::vector<Candidate> candidates;
  for (Layout layout : {Layout::Contiguous, Layout::ZigZag, Layout::Striped})
    candidates.push_back(candidateOf(branches, tokens, causal, {size, layout}));
  keepLeast(candidates, &Candidate::duration, kLongest);
  keepLeast(candidates, &Candidate::imbalance, kTolerance);
  keepLeast(candidates, &Candidate::rowsMoved, kTolerance);
  return candidates.front().layout;
}

} // namespace rdattn::planner
