//===- RingPattern.h - A pattern spread over a ring -------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_RINGPATTERN_H
#define RDATTN_PLANNER_RINGPATTERN_H

#include "lib/Planner/Plan.h"
#include "lib/Planner/RingClass.h"

#include <map>
#include <tuple>

namespace rdattn::planner {

/// A pattern on a ring, for one shape: clipped to S and simplified. Hilbert
/// orders are walked once for each shape of a segment.
class RingPattern {
public:
  /// \pre checkGroup, checkDisjoint, checkSizes and checkRing found nothing.
  RingPattern(const std::vector<BranchClasses> &branches, const Sizes &sizes,
              bool causal, const Ring &ring);

  const std::vector<BranchClasses> &branches() const { return classes; }
  const Sizes &sizes() const { return shape; }
  bool causal() const { return isCausal; }
  const Ring &ring() const { return placement; }
  int64_t headsPerKvHead() const { return shape.heads / shape.kvHeads; }

  /// Class `index` of the segment at token `segment`, and the query heads that
  /// compute it: if none does, none computes a later one either (S7).
  RingClass classOf(int32_t branch, const ClassGroup &group, int64_t segment,
                    int64_t index) const;
  HeadRange headsOf(int32_t branch, const ClassGroup &group,
                    int64_t index) const;

  /// The classes that have a row on `rank`, in the pattern's order. Time grows
  /// with the classes of the segments that the rank shares, and with the rows
  /// of those that have no closed form.
  std::vector<RingClass> classesOn(int64_t rank) const;

  Members membersOf(const RingClass &cls, int64_t rank) const;

  /// The other ranks that may exchange rows of the class with `rank`, whose
  /// members are given, each once: all that hold some, but those that a window
  /// puts out of reach.
  std::vector<int64_t> peersOf(const RingClass &cls, const Members &members,
                               int64_t rank) const;

  /// The ranks that hold tokens [begin, end), each once.
  std::vector<int64_t> ranksOf(int64_t begin, int64_t end) const;

private:
  bool isListed(const ClassGroup &group) const;
  /// Orders and strides: segments of one shape share their lists.
  using Key = std::tuple<int64_t, int64_t, int64_t, int64_t, bool>;
  static Key keyOf(const ClassGroup &group);
  std::shared_ptr<const RowsByRank> listByRank(const RingClass &cls) const;
  void addClasses(int32_t branch, const ClassGroup &group, int64_t segment,
                  int64_t rank, std::vector<RingClass> &result) const;
  void addRanksAround(const RingClass &cls, const Members::Run &run,
                      std::vector<int64_t> &ranks) const;

  std::vector<BranchClasses> classes;
  Sizes shape;
  bool isCausal;
  Ring placement;
  std::map<Key, HilbertClasses> shapes;
};

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_RINGPATTERN_H
