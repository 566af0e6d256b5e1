//===- PlanSpecTest.cpp - Specs survive serialisation, and only specs do --===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/PlanSpec.h"

#include "test/unit/Planner/RandomPatterns.h"
#include "gmock/gmock.h"

using namespace rdattn::planner;
using namespace rdattn::test;
using testing::HasSubstr;
using testing::Optional;

namespace {

PlanSpec randomSpec(Random &random) {
  PlanSpec spec;
  for (int64_t n = pick(random, 1, 3); n > 0; --n)
    spec.branches.push_back(pick(random, 0, 1) == 0
                                ? expandBranch(randomBranch(random))
                                : randomGroups(random));
  spec.options = {pick(random, 0, 1) == 0,
                  pick(random, 1, 256),
                  pick(random, 0, 1) == 0 ? TileOrder::Plain
                                          : TileOrder::LongestFirst,
                  pick(random, 0, 32),
                  pick(random, 0, 1) == 0,
                  pick(random, 0, 1) == 0};
  if (pick(random, 0, 1) == 0)
    spec.ring = static_cast<Layout>(pick(random, 0, 2));
  return spec;
}

Violation read(const std::vector<int64_t> &words, PlanSpec &spec) {
  return deserialize(words.data(), words.size(), spec);
}

TEST(PlanSpec, RoundTrips) {
  Random random(13);
  for (int i = 0; i < 1000; ++i) {
    PlanSpec spec = randomSpec(random), back;
    ASSERT_EQ(read(serialize(spec), back), std::nullopt);
    EXPECT_EQ(spec.branches, back.branches);
    EXPECT_EQ(spec.options.causal, back.options.causal);
    EXPECT_EQ(spec.options.queries, back.options.queries);
    EXPECT_EQ(spec.options.order, back.options.order);
    EXPECT_EQ(spec.options.group, back.options.group);
    EXPECT_EQ(spec.options.runs, back.options.runs);
    EXPECT_EQ(spec.options.isolates, back.options.isolates);
    EXPECT_EQ(spec.ring, back.ring);
  }
}

TEST(PlanSpec, TruncatedWordsAreRefused) {
  Random random(14);
  std::vector<int64_t> words = serialize(randomSpec(random));
  EXPECT_EQ(words[0], int64_t(words.size()));
  PlanSpec spec;
  EXPECT_THAT(deserialize(nullptr, 0, spec), Optional(HasSubstr("words end")));
  for (size_t count = 1; count < words.size(); ++count) {
    EXPECT_TRUE(deserialize(words.data(), count, spec));
    std::vector<int64_t> shorter(words.begin(), words.begin() + count);
    shorter[0] = count;
    EXPECT_TRUE(read(shorter, spec)) << count;
  }
  words.push_back(0);
  words[0] = words.size();
  EXPECT_THAT(read(words, spec), Optional(HasSubstr("left over")));
}

TEST(PlanSpec, CountsAreCheckedBeforeAllocating) {
  PlanSpec spec;
  EXPECT_THAT(read({9, 5, 0, 64, 0, 0, 1, 1, int64_t(1) << 60}, spec),
              Optional(HasSubstr("the number of branches must be between")));
  EXPECT_THAT(read({11, 5, 0, 64, 0, 0, 1, 1, 1, 0, int64_t(1) << 60}, spec),
              Optional(HasSubstr("the number of groups must be between")));
}

TEST(PlanSpec, OptionsAreChecked) {
  PlanSpec spec;
  EXPECT_EQ(read({10, 5, 0, 64, 1, 16, 0, 0, 0, 0}, spec), std::nullopt);
  EXPECT_EQ(spec.options.group, 16);
  EXPECT_FALSE(spec.options.runs);
  EXPECT_FALSE(spec.options.isolates);
  EXPECT_EQ(spec.ring, std::nullopt);
  EXPECT_EQ(read({10, 5, 0, 64, 1, 16, 0, 0, 0, 3}, spec), std::nullopt);
  EXPECT_EQ(spec.ring, Layout::Striped);
  EXPECT_THAT(read({10, 5, 0, 64, 1, 16, 0, 0, 0, 4}, spec),
              Optional(HasSubstr("the ring's layout, or 0, must be between 0 "
                                 "and 3, but is 4")));
  EXPECT_THAT(read({10, 5, 0, 64, 1, 16, 2, 0, 0, 0}, spec),
              Optional(HasSubstr("the runs flag must be between")));
  EXPECT_THAT(read({10, 5, 0, 64, 1, 16, 0, 2, 0, 0}, spec),
              Optional(HasSubstr("the isolation flag must be between")));
  EXPECT_THAT(read({10, 5, 0, 64, 1, -1, 1, 0, 0, 0}, spec),
              Optional(HasSubstr("triples per sorted group must be between")));
  EXPECT_THAT(read({6, 1, 0, 64, 1, 0}, spec),
              Optional(HasSubstr("the format must be between 5 and 5")));
}

TEST(PlanSpec, GroupsAreChecked) {
  PlanSpec spec, back;
  spec.options.queries = 64;
  spec.branches = {expandBranch({{{8}, {8}}})};
  spec.branches[0].groups[1].first = 4;
  EXPECT_THAT(read(serialize(spec), back),
              Optional(HasSubstr("share a token")));
  spec.branches[0].groups[1].length = 0;
  EXPECT_THAT(read(serialize(spec), back),
              Optional(HasSubstr("segment length")));
  spec.branches.clear();
  EXPECT_EQ(read(serialize(spec), back), std::nullopt);
  spec.options.queries = 0;
  EXPECT_THAT(read(serialize(spec), back), Optional(HasSubstr("query rows")));
}

TEST(PlanSpec, S2RandomWordsNeverCrash) {
  Random random(15);
  const std::vector<int64_t> odd = {0,         -1,        1,         2,
                                    INT64_MAX, INT64_MIN, 1ll << 31, 1ll << 62};
  int accepted = 0;
  for (int i = 0; i < 20000; ++i) {
    std::vector<int64_t> words = serialize(randomSpec(random));
    for (int64_t n = pick(random, 1, 3); n > 0; --n) {
      int64_t at = pick(random, 1, words.size() - 1);
      words[at] = pick(random, 0, 1) == 0
                      ? odd[random() % odd.size()]
                      : int64_t(uint64_t(words[at]) + pick(random, 0, 4) - 2);
    }
    PlanSpec spec;
    if (read(words, spec))
      continue;
    ++accepted;
    Sizes sizes{1, 40, 2, 1};
    if (!checkSizes(spec.branches, sizes, spec.options))
      makePlan(spec.branches, sizes, spec.options);
    for (const BranchClasses &branch : spec.branches)
      coversAllRows(branch);
  }
  EXPECT_GT(accepted, 500);
}

} // namespace
