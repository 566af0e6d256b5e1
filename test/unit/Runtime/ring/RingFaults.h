//===- RingFaults.h - Calls on a ring of three ranks that fail --*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TEST_RUNTIME_RING_RINGFAULTS_H
#define RDATTN_TEST_RUNTIME_RING_RINGFAULTS_H

#include "RingRun.h"

#include "gtest/gtest.h"

namespace rdattn::test {

inline constexpr int32_t kRanks = 3;

/// 30 tokens striped over three ranks, each of which needs all.
inline RingCase denseStripes() {
  RingCase c;
  planner::Branch branch;
  branch.segments = {{64}};
  c.branches = {planner::expandBranch(branch)};
  c.sizes = {1, 30, 2, 1};
  c.ring = {kRanks, planner::Layout::Striped};
  return c;
}

struct RingFaults : testing::Test {
  void SetUp() override { ASSERT_EQ(module.open(), RDATTN_OK); }

  std::vector<RingRun::Ending> call(const Rings &rings) {
    return run.call(module.function(), rings, spec.handle);
  }

  /// Calls with code of all ranks that does this before each step is posted.
  std::vector<RingRun::Ending>
  callWith(const Rings &rings, std::function<void(int64_t step)> beforePost) {
    body = RingCode{{}, 4, std::move(beforePost)};
    return call(rings);
  }

  /// A new ring computes what it should.
  void goOn() {
    Rings rings(kRanks);
    run.check(callWith(rings, nullptr));
  }

  Random random{1};
  RingRun run{random, denseStripes(), 4, 3};
  Spec spec{run.spec(4)};
  FakeModule module{"qkvsdol"};
};

} // namespace rdattn::test

#endif // RDATTN_TEST_RUNTIME_RING_RINGFAULTS_H
