//===- RingAttentionTest.cpp - A ring computes what one device does -------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RingRun.h"

#include "lib/Planner/RingItems.h"

#include "gtest/gtest.h"
#include <atomic>

using namespace rdattn::test;
using namespace rdattn::planner;

namespace {

/// Query rows of an item.
constexpr int64_t kQueries = 5;

RingCode codeWith(std::vector<int64_t> words = {}) {
  RingCode code;
  code.words = std::move(words);
  code.queries = kQueries;
  return code;
}

/// A function of each kind.
struct Functions {
  Functions() {
    EXPECT_EQ(scheduled.open(), RDATTN_OK) << rdattn_last_error();
    EXPECT_EQ(planning.open(), RDATTN_OK) << rdattn_last_error();
  }
  FakeModule scheduled{"qkvsdol"}, planning{"qkvsgol"};
};

/// Runs a case both ways, on one ring.
void runBothWays(RingRun &run, const Functions &functions, const Rings &rings) {
  Spec spec(run.spec(kQueries));
  body = codeWith();
  ASSERT_NO_FATAL_FAILURE(
      run.check(run.call(functions.scheduled.function(), rings, spec.handle)));
  body = codeWith(serialize(run.spec(kQueries)));
  ASSERT_NO_FATAL_FAILURE(
      run.check(run.call(functions.planning.function(), rings, nullptr)));
}

TEST(RingAttention, S8EqualsTheDefinition) {
  Functions functions;
  Random random(7);
  for (int n = 0; n < 600; ++n) {
    RingRun run(random, randomRingCase(random), pick(random, 1, 5),
                pick(random, 1, 5));
    Rings rings(run.c.ring.size);
    ASSERT_NO_FATAL_FAILURE(runBothWays(run, functions, rings))
        << "case " << n << ": " << run.c;
  }
}

/// Two branches of 64 tokens: dense, and dilated by 4 per head.
RingCase twoBranches(int64_t tokens, int64_t ranks) {
  RingCase c;
  Branch dense, dilated;
  dense.segments = {{64}};
  dilated.segments = {{32, 4}};
  dilated.repeat = dilated.perHead = true;
  c.branches = {expandBranch(dense), expandBranch(dilated)};
  c.sizes = {2, tokens, 4, 2};
  c.causal = true;
  c.ring = {ranks, Layout::ZigZag};
  return c;
}

TEST(RingAttention, OneRingServesManyShapes) {
  Functions functions;
  Random random(8);
  Rings rings(3);
  for (int64_t tokens : {40, 64, 2, 0, 63, 40}) {
    RingRun run(random, twoBranches(tokens, 3), 4, 3);
    ASSERT_NO_FATAL_FAILURE(runBothWays(run, functions, rings)) << tokens;
  }
}

TEST(RingAttention, S8WithoutBatchOrHeadsNothingIsComputed) {
  Functions functions;
  Random random(9);
  Rings rings(2);
  for (bool noBatch : {false, true}) {
    RingCase c = twoBranches(40, 2);
    c.sizes = noBatch ? Sizes{0, 40, 4, 2} : Sizes{2, 40, 0, 0};
    RingRun run(random, c, 4, 3);
    ASSERT_NO_FATAL_FAILURE(runBothWays(run, functions, rings));
  }
}

/// A function may hold several attentions, one after another.
TEST(RingAttention, ACallMayRunSeveral) {
  Functions functions;
  Random random(13);
  Rings rings(3);
  RingRun run(random, twoBranches(50, 3), 4, 3);
  body = [code = codeWith(serialize(run.spec(kQueries)))](void **arguments) {
    for (int n = 0; n < 3; ++n)
      code(arguments);
  };
  run.check(run.call(functions.planning.function(), rings, nullptr));
}

TEST(RingAttention, ARepeatedCallPlansAndAllocatesNothing) {
  Functions functions;
  Random random(10);
  constexpr int64_t ranks = 20; // more than the shapes that are kept
  Rings rings(ranks);
  RingRun run(random, twoBranches(60, ranks), 4, 3);
  Spec spec(run.spec(kQueries));
  std::vector<std::vector<void *>> buffers(ranks);
  body = [&](void **arguments) {
    codeWith()(arguments);
    auto *schedule = static_cast<rdattn_schedule *>(arguments[4]);
    rdattn_ring_post(schedule, 1, arguments[1], arguments[2]);
    Memref<4> k, v;
    rdattn_ring_wait(schedule, 1, &k, &v);
    buffers[thisRank].push_back(k.aligned);
  };
  for (uint64_t expected : {20, 0, 0}) {
    const uint64_t before = rdattn_plan_count();
    ASSERT_NO_FATAL_FAILURE(run.check(
        run.call(functions.scheduled.function(), rings, spec.handle)));
    EXPECT_EQ(rdattn_plan_count() - before, expected);
  }
  for (const std::vector<void *> &each : buffers) {
    EXPECT_EQ(each[0], each[1]);
    EXPECT_EQ(each[1], each[2]);
  }
}

TEST(RingAttention, StepsThatAreNotThereDoNothing) {
  Functions functions;
  Random random(11);
  Rings rings(2);
  RingRun run(random, twoBranches(40, 2), 4, 3);
  Spec spec(run.spec(kQueries));
  body = [&](void **arguments) {
    codeWith()(arguments);
    auto *schedule = static_cast<rdattn_schedule *>(arguments[4]);
    EXPECT_EQ(rdattn_ring_steps(schedule), 2);
    for (int64_t step : {INT64_MIN, int64_t(-1), int64_t(0), int64_t(2)}) {
      rdattn_ring_post(schedule, step, arguments[1], arguments[2]);
      Memref<4> k, v;
      rdattn_ring_wait(schedule, step, &k, &v);
      EXPECT_EQ(k.sizes[1], 0);
      EXPECT_EQ(v.sizes[1], 0);
      if (step == 0)
        continue;
      rdattn_table2 items;
      rdattn_table1 lists, phases;
      rdattn_ring_table(schedule, step, &items, &lists, &phases);
      EXPECT_EQ(items.sizes[0], 0);
      EXPECT_EQ(items.sizes[1], kRingItemColumns);
      EXPECT_EQ(phases.aligned[2], 0);
    }
  };
  run.check(run.call(functions.scheduled.function(), rings, spec.handle));
}

TEST(RingAttention, BuffersAreDenseAndDescribed) {
  Functions functions;
  Random random(12);
  Rings rings(2);
  RingRun run(random, twoBranches(40, 2), 4, 3);
  Spec spec(run.spec(kQueries));
  body = [&](void **arguments) {
    auto *schedule = static_cast<rdattn_schedule *>(arguments[4]);
    rdattn_ring_post(schedule, 1, arguments[1], arguments[2]);
    Memref<4> tensors[2];
    rdattn_ring_wait(schedule, 1, &tensors[0], &tensors[1]);
    const int64_t rows = tensors[0].sizes[1];
    EXPECT_GT(rows, 0);
    for (int64_t columns : {4, 3}) {
      const Memref<4> &tensor = tensors[columns == 3];
      const int64_t sizes[] = {2, rows, 1, columns};
      const int64_t strides[] = {rows * columns, columns, columns, 1};
      for (int d = 0; d < 4; ++d) {
        EXPECT_EQ(tensor.sizes[d], sizes[d]);
        EXPECT_EQ(tensor.strides[d], strides[d]);
      }
      EXPECT_EQ(tensor.offset, 0);
      EXPECT_EQ(reinterpret_cast<uintptr_t>(tensor.aligned) % 64, 0u);
    }
  };
  for (const RingRun::Ending &ending :
       run.call(functions.scheduled.function(), rings, spec.handle))
    EXPECT_EQ(ending.status, RDATTN_OK) << ending.message;
}

TEST(RingAttention, SignaturesSayWhatIsNeeded) {
  Functions functions;
  FakeModule plain;
  ASSERT_EQ(plain.open(), RDATTN_OK);
  rdattn_signature signature;
  rdattn_function_signature(functions.scheduled.function(), &signature);
  EXPECT_EQ(signature.has_ring, 1);
  EXPECT_EQ(signature.needs_plan, 1);
  rdattn_function_signature(functions.planning.function(), &signature);
  EXPECT_EQ(signature.has_ring, 1);
  EXPECT_EQ(signature.needs_plan, 0);
  rdattn_function_signature(plain.function(), &signature);
  EXPECT_EQ(signature.has_ring, 0);
}

} // namespace
