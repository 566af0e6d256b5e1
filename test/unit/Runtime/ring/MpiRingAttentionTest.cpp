//===- MpiRingAttentionTest.cpp - Attention on rings of MPI processes -----===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// mpirun starts this program several times: every process is one rank of each
// test.
//
//===----------------------------------------------------------------------===//

#include "RingRun.h"

#include "gmock/gmock.h"

using namespace rdattn::test;
using namespace rdattn::planner;
using testing::HasSubstr;

namespace {

/// Query rows of an item.
constexpr int64_t kQueries = 5;

struct MpiRingAttention : testing::Test {
  void SetUp() override {
    ASSERT_EQ(rdattn_ring_mpi_create(nullptr, 60, &ring), RDATTN_OK)
        << rdattn_last_error();
    ASSERT_EQ(module.open(), RDATTN_OK);
    body = RingCode{{}, kQueries, nullptr};
  }
  void TearDown() override { rdattn_ring_destroy(ring); }

  int32_t rank() const { return rdattn_ring_rank(ring); }

  /// A case that all ranks make alike.
  RingRun makeRun(RingCase c) {
    c.ring.size = rdattn_ring_size(ring);
    return {random, std::move(c), pick(random, 1, 5), pick(random, 1, 5)};
  }

  RingRun::Ending call(RingRun &run) {
    Spec spec(run.spec(kQueries));
    return run.callAs(rank(), module.function(), ring, spec.handle);
  }

  Random random{21};
  FakeModule module{"qkvsdol"};
  rdattn_ring *ring = nullptr;
};

TEST_F(MpiRingAttention, S8EqualsTheDefinition) {
  for (int n = 0; n < 200; ++n) {
    RingRun run = makeRun(randomRingCase(random));
    ASSERT_NO_FATAL_FAILURE(run.check(rank(), call(run)))
        << "case " << n << ": " << run.c;
  }
}

TEST_F(MpiRingAttention, RanksThatDifferAllFailAndGoOn) {
  RingCase c;
  Branch branch;
  branch.segments = {{64}};
  c.branches = {expandBranch(branch)};
  c.sizes = {1, 30, 2, 1};
  RingRun run = makeRun(c);
  c.causal = rank() == 1;
  RingRun other = makeRun(c);
  RingRun::Ending ending = call(other);
  EXPECT_EQ(ending.status, RDATTN_RING_ERROR);
  EXPECT_THAT(ending.message,
              HasSubstr(rank() == 1
                            ? "causal is true on this rank but false on the "
                              "other"
                            : "rank 1 do not run the same attention: causal "
                              "is false on this rank but true on the other"));
  run.check(rank(), call(run));
}

} // namespace
