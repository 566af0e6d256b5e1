//===- PlanTest.cpp - Plans are made once per shape -----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeModule.h"

#include "lib/Planner/PlanSpec.h"
#include "gtest/gtest.h"
#include <thread>

using namespace rdattn::test;
namespace planner = rdattn::planner;

/// One contiguous segment of 32 tokens in each of two branches.
static std::vector<int64_t> words() {
  planner::PlanSpec spec;
  spec.options.queries = 4;
  planner::ClassGroup group;
  group.length = 32;
  spec.branches.resize(2);
  for (planner::BranchClasses &branch : spec.branches)
    branch.groups.push_back(group);
  return planner::serialize(spec);
}

namespace {
struct Plans : testing::Test {
  void SetUp() override {
    ASSERT_EQ(rdattn_plan_spec_create(spec.data(), spec.size(), &handle),
              RDATTN_OK)
        << rdattn_last_error();
  }
  void TearDown() override { rdattn_plan_spec_destroy(handle); }

  /// Runs a function that takes any pattern; returns how many plans it made.
  uint64_t run(const FakeModule &fake, Arguments &arguments) {
    arguments.list.plan = handle;
    uint64_t before = rdattn_plan_count();
    EXPECT_EQ(rdattn_run(fake.function(), &arguments.list), RDATTN_OK)
        << rdattn_last_error();
    return rdattn_plan_count() - before;
  }

  const std::vector<int64_t> spec = words();
  rdattn_plan_spec *handle = nullptr;
};
} // namespace

TEST_F(Plans, TablesReachTheEntry) {
  FakeModule fake("qkvsirpol");
  ASSERT_EQ(fake.open(), RDATTN_OK);
  rdattn_signature signature;
  rdattn_function_signature(fake.function(), &signature);
  EXPECT_EQ(signature.needs_plan, 1);
  Arguments arguments;
  bool ran = false;
  body = [&](void **given) {
    ran = true;
    auto &items = *static_cast<rdattn_table2 *>(given[4]);
    auto &phases = *static_cast<rdattn_table1 *>(given[6]);
    EXPECT_GT(items.sizes[0], 0);
    EXPECT_EQ(items.sizes[1], 9);
    EXPECT_EQ(items.strides[0], 9);
    EXPECT_EQ(items.strides[1], 1);
    EXPECT_EQ(phases.sizes[0], 3);
    EXPECT_EQ(phases.aligned[0], 0);
    EXPECT_EQ(phases.aligned[2], items.sizes[0]);
  };
  EXPECT_EQ(run(fake, arguments), 1u);
  EXPECT_TRUE(ran);
}

TEST_F(Plans, ARepeatedShapeIsNotPlannedAgain) {
  FakeModule fake("qkvsirpol");
  ASSERT_EQ(fake.open(), RDATTN_OK);
  Arguments one(2, 5), other(2, 6);
  EXPECT_EQ(run(fake, one), 1u);
  EXPECT_EQ(run(fake, one), 0u);
  EXPECT_EQ(run(fake, other), 1u);
  EXPECT_EQ(run(fake, one), 0u);
  EXPECT_EQ(run(fake, other), 0u);
  // Sixteen further shapes push the first two out.
  for (int64_t tokens = 7; tokens < 23; ++tokens) {
    Arguments another(1, tokens);
    EXPECT_EQ(run(fake, another), 1u);
  }
  EXPECT_EQ(run(fake, one), 1u);
}

TEST_F(Plans, ThreadsPlanAShapeOnce) {
  FakeModule fake("qkvsirpol");
  ASSERT_EQ(fake.open(), RDATTN_OK);
  uint64_t before = rdattn_plan_count();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      Arguments arguments;
      arguments.list.plan = handle;
      for (int j = 0; j < 50; ++j)
        EXPECT_EQ(rdattn_run(fake.function(), &arguments.list), RDATTN_OK);
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(rdattn_plan_count() - before, 1u);
}

TEST_F(Plans, SizesMustFitThePattern) {
  FakeModule fake("qkvsirpol");
  ASSERT_EQ(fake.open(), RDATTN_OK);
  Arguments arguments(2, 33);
  arguments.list.plan = handle;
  body = [](void **) { ADD_FAILURE() << "the entry ran"; };
  EXPECT_EQ(rdattn_run(fake.function(), &arguments.list),
            RDATTN_INVALID_ARGUMENT);
  std::string message = rdattn_last_error(); // S2: both lengths
  EXPECT_NE(message.find("33"), message.npos) << message;
  EXPECT_NE(message.find("32"), message.npos) << message;
}

TEST_F(Plans, AFixedPatternTakesNoPlan) {
  FakeModule fake;
  ASSERT_EQ(fake.open(), RDATTN_OK);
  Arguments arguments;
  arguments.list.plan = handle;
  EXPECT_EQ(rdattn_run(fake.function(), &arguments.list),
            RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(), "plan was given, but the function was "
                                    "compiled for a fixed pattern");
}

TEST_F(Plans, SpecsAreChecked) {
  rdattn_plan_spec *other = handle;
  EXPECT_EQ(rdattn_plan_spec_create(nullptr, 3, &other),
            RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(),
               "words is NULL, but must point to the pattern's words");
  EXPECT_EQ(other, nullptr);
  EXPECT_EQ(rdattn_plan_spec_create(spec.data(), spec.size(), nullptr),
            RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(),
               "spec is NULL, but must point to where the spec goes");
  for (size_t count = 0; count < spec.size(); ++count) {
    EXPECT_EQ(rdattn_plan_spec_create(spec.data(), count, &other),
              RDATTN_INVALID_ARGUMENT)
        << count;
    EXPECT_EQ(std::string(rdattn_last_error())
                  .rfind("words are not a plan spec: ", 0),
              0u)
        << rdattn_last_error();
  }
  rdattn_plan_spec_destroy(nullptr);
}

/// Calls rdattn_plan as a module with an embedded spec does.
static rdattn_table1 planInside(void *call, const std::vector<int64_t> &words,
                                int64_t tokens, rdattn_table2 &items) {
  rdattn_table1 rows, phases;
  rdattn_plan(call, words.data(), static_cast<int64_t>(words.size()), 2, tokens,
              4, 2, &items, &rows, &phases);
  return phases;
}

TEST_F(Plans, EmbeddedSpecsArePlannedOnce) {
  FakeModule fake;
  ASSERT_EQ(fake.open(), RDATTN_OK);
  Arguments arguments;
  uint64_t before = rdattn_plan_count();
  body = [&](void **) {
    rdattn_table2 items;
    rdattn_table1 phases = planInside(rdattn_current_call(), spec, 5, items);
    EXPECT_GT(items.sizes[0], 0);
    EXPECT_EQ(phases.aligned[2], items.sizes[0]);
    EXPECT_GE(items.aligned[9 * (items.sizes[0] - 1)], 0);
  };
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(rdattn_run(fake.function(), &arguments.list), RDATTN_OK);
  EXPECT_EQ(rdattn_plan_count() - before, 1u);
}

TEST_F(Plans, EmbeddedSpecsFailTheCallWithEmptyTables) {
  FakeModule fake;
  ASSERT_EQ(fake.open(), RDATTN_OK);
  Arguments arguments;
  int64_t tokens = 33;
  std::vector<int64_t> given = spec;
  body = [&](void **) {
    rdattn_table2 items;
    rdattn_table1 phases =
        planInside(rdattn_current_call(), given, tokens, items);
    EXPECT_EQ(items.sizes[0], 0);
    for (int b = 0; b < 3; ++b)
      EXPECT_EQ(phases.aligned[b], 0);
    EXPECT_NE(rdattn_should_stop(rdattn_current_call()), 0);
  };
  EXPECT_EQ(rdattn_run(fake.function(), &arguments.list),
            RDATTN_INVALID_ARGUMENT);
  std::string message = rdattn_last_error();
  EXPECT_NE(message.find("33"), message.npos) << message;
  EXPECT_NE(message.find("32"), message.npos) << message;

  tokens = 5;
  given.pop_back();
  EXPECT_EQ(rdattn_run(fake.function(), &arguments.list), RDATTN_BAD_MODULE);
  message = rdattn_last_error();
  EXPECT_EQ(message.rfind("the module's plan is damaged: ", 0), 0u) << message;
}

TEST_F(Plans, OutsideOfACallPlansStay) {
  rdattn_table2 items, again;
  rdattn_table1 phases = planInside(nullptr, spec, 5, items);
  EXPECT_EQ(phases.aligned[2], items.sizes[0]);
  for (int64_t tokens = 6; tokens < 30; ++tokens)
    planInside(nullptr, spec, tokens, again);
  EXPECT_GE(items.aligned[9 * (items.sizes[0] - 1)], 0); // ASan looks
  planInside(nullptr, spec, 33, again);
  EXPECT_EQ(again.sizes[0], 0);
  EXPECT_EQ(rdattn_should_stop(nullptr), 0);
}
