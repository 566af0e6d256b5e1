//===- RingDifferencesTest.cpp - Ranks that do not run the same attention -===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RingFaults.h"

#include "gmock/gmock.h"
#include <thread>

using namespace rdattn::test;
using namespace rdattn::planner;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;

namespace {

struct RingDifferences : RingFaults {
  /// Makes rank 1 differ, and says what it and rank 0 are told.
  void differ(RingRun &other, const FakeModule &itsModule, const Spec &itsSpec,
              const std::string &mine, const std::string &theirs,
              const std::string &name) {
    Rings rings(kRanks);
    body = [](void **) { ADD_FAILURE() << "the entry ran"; };
    std::vector<RingRun::Ending> endings(kRanks);
    std::vector<std::thread> threads;
    for (int64_t rank = 0; rank < kRanks; ++rank)
      threads.emplace_back([&, rank] {
        endings[rank] = rank == 1 ? other.callAs(rank, itsModule.function(),
                                                 rings[rank], itsSpec.handle)
                                  : run.callAs(rank, module.function(),
                                               rings[rank], spec.handle);
      });
    for (std::thread &thread : threads)
      thread.join();
    for (int64_t rank = 0; rank < kRanks; ++rank) {
      EXPECT_EQ(endings[rank].status, RDATTN_RING_ERROR);
      EXPECT_THAT(
          endings[rank].message,
          AllOf(HasSubstr("rank " + std::to_string(rank) + " of 3 and rank " +
                          (rank == 1 ? "0" : "1") +
                          " do not run the same attention: "),
                ContainsRegex(name + " is " + (rank == 1 ? theirs : mine) +
                              " on this rank but " +
                              (rank == 1 ? mine : theirs) + " on the other")));
    }
    // All ranks came to the same end, so the ring is none the worse.
    run.check(callWith(rings, nullptr));
  }
};

TEST_F(RingDifferences, InS) {
  RingCase c = denseStripes();
  c.sizes.tokens = 31;
  RingRun other(random, c, 4, 3);
  differ(other, module, spec, "30", "31", "S");
}

TEST_F(RingDifferences, InHeadSizes) {
  RingRun other(random, denseStripes(), 5, 3),
      another(random, denseStripes(), 4, 2);
  differ(other, module, spec, "4", "5", "D");
  differ(another, module, spec, "3", "2", "Dv");
}

TEST_F(RingDifferences, InCausal) {
  RingCase c = denseStripes();
  c.causal = true;
  RingRun other(random, c, 4, 3);
  Spec causal(other.spec(4));
  differ(other, module, causal, "false", "true", "causal");
}

TEST_F(RingDifferences, InTheLayout) {
  RingCase c = denseStripes();
  c.ring.layout = Layout::ZigZag;
  RingRun other(random, c, 4, 3);
  Spec zigzag(other.spec(4));
  differ(other, module, zigzag, "striped", "zigzag", "the layout");
}

TEST_F(RingDifferences, InThePattern) {
  RingCase c = denseStripes();
  c.branches[0].groups[0].window = 3;
  RingRun other(random, c, 4, 3);
  Spec windowed(other.spec(4));
  differ(other, module, windowed, "1 group with hash [0-9a-f]+",
         "1 group with hash [0-9a-f]+", "branch 0");
}

TEST_F(RingDifferences, InTheDtype) {
  FakeModule half("qkvsdol", RDATTN_FLOAT16);
  ASSERT_EQ(half.open(), RDATTN_OK);
  RingRun other(random, denseStripes(), 4, 3);
  for (const rdattn_tensor *tensor :
       {other.arguments[1].q, other.arguments[1].k, other.arguments[1].v,
        other.arguments[1].o})
    const_cast<rdattn_tensor *>(tensor)->dtype = RDATTN_FLOAT16;
  differ(other, half, spec, "float32", "float16", "the dtype");
}

} // namespace
