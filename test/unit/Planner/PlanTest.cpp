//===- PlanTest.cpp - The work table computes the definition --------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "test/unit/Planner/Definition.h"
#include "test/unit/Planner/RandomPatterns.h"
#include "gmock/gmock.h"

#include <algorithm>
#include <functional>
#include <map>
#include <tuple>

using namespace rdattn::planner;
using namespace rdattn::test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

namespace {

Segment hilbert(int64_t length, int64_t dilation = 1,
                std::optional<Grid> grid = {}) {
  Segment segment{length, dilation};
  segment.order = {OrderKind::Hilbert, grid};
  return segment;
}

std::vector<BranchClasses> expand(const std::vector<Branch> &branches) {
  std::vector<BranchClasses> classes;
  for (const Branch &branch : branches)
    classes.push_back(expandBranch(branch));
  return classes;
}

Plan plan(const std::vector<Branch> &branches, Sizes sizes,
          PlanOptions options) {
  std::vector<BranchClasses> classes = expand(branches);
  EXPECT_EQ(checkSizes(classes, sizes, options), std::nullopt);
  return makePlan(classes, sizes, options);
}

int64_t queriesOf(const WorkItem &item, const PlanOptions &options) {
  return std::min<int64_t>(options.queries, item.rows - item.row);
}

/// Which rows an item computes, and that its keys are the allowed ones.
void checkItem(const Plan &plan, const WorkItem &item,
               const std::vector<Place> &places, const PlanOptions &options,
               std::vector<int> &computed) {
  ASSERT_GE(item.run, 1);
  ASSERT_GE(item.stride, 1);
  ASSERT_LT(item.row, item.rows);
  bool curveOrder = item.list >= 0 && item.window > 0;
  std::vector<int64_t> tokens;
  for (int64_t i = 0; i < item.rows; ++i)
    tokens.push_back(tokenOf(plan, item, i));
  if (!curveOrder) // E2
    ASSERT_TRUE(std::is_sorted(tokens.begin(), tokens.end()));
  for (int64_t i = item.row; i < item.row + queriesOf(item, options); ++i) {
    std::vector<bool> seen(places.size()), expected(places.size());
    for (int64_t j = 0; j < item.rows; ++j)
      seen.at(tokens[j]) = itemAllows(plan, item, i, j, options.causal);
    for (size_t j = 0; j < places.size(); ++j)
      expected[j] = allowed(places, tokens[i], j, options.causal);
    ASSERT_EQ(seen, expected) << "token " << tokens[i];
    ++computed.at(tokens[i]);
  }
}

/// Every (batch, head, row) that S7 computes is computed once, the others
/// never, and each against exactly the keys it is allowed.
void checkPhase(const Plan &plan, size_t phase, const Branch &branch,
                const Sizes &sizes, const PlanOptions &options) {
  std::vector<Place> places = placesOf(branch, sizes.tokens);
  std::vector<std::vector<int>> computed(sizes.batch * sizes.heads,
                                         std::vector<int>(sizes.tokens));
  for (int32_t i = plan.phases[phase]; i < plan.phases[phase + 1]; ++i) {
    const WorkItem &item = plan.items[i];
    std::vector<int> &rows = computed.at(item.batch * sizes.heads + item.head);
    ASSERT_NO_FATAL_FAILURE(checkItem(plan, item, places, options, rows));
  }
  for (int64_t b = 0; b < sizes.batch; ++b)
    for (int64_t h = 0; h < sizes.heads; ++h)
      for (int64_t row = 0; row < sizes.tokens; ++row)
        ASSERT_EQ(computed[b * sizes.heads + h][row],
                  computes(places[row], branch.perHead, h, sizes.heads))
            << "head " << h << ", row " << row;
}

TEST(Plan, S1toS11MatchTheDefinition) {
  Random random(9);
  for (int i = 0; i < 4000; ++i) {
    std::vector<Branch> branches;
    int64_t tokens = INT64_MAX;
    for (int64_t n = pick(random, 1, 3); n > 0; --n) {
      branches.push_back(randomBranch(random));
      tokens = std::min(tokens, randomTokens(random, branches.back()));
    }
    int64_t heads = pick(random, 1, 6);
    Sizes sizes{pick(random, 1, 2), tokens, heads, 1};
    PlanOptions options{pick(random, 0, 1) == 0,
                        pick(random, 1, 9),
                        pick(random, 0, 1) == 0 ? TileOrder::Plain
                                                : TileOrder::LongestFirst,
                        pick(random, 0, 8),
                        pick(random, 0, 1) == 0,
                        pick(random, 0, 1) == 0};
    Plan result = plan(branches, sizes, options);
    ASSERT_EQ(result.phases.size(), branches.size() + 1);
    ASSERT_EQ(result.phases.front(), 0);
    ASSERT_EQ(result.phases.back(), int32_t(result.items.size()));
    for (size_t b = 0; b < branches.size(); ++b)
      ASSERT_NO_FATAL_FAILURE(
          checkPhase(result, b, branches[b], sizes, options));
  }
}

TEST(Plan, HandEditedGroupsRunAsTheySay) {
  Random random(10);
  for (int i = 0; i < 2000; ++i) {
    BranchClasses classes = randomGroups(random);
    int64_t tokens = pick(random, 0, *coveredTokens(classes));
    std::vector<Place> places = placesOf(classes, tokens);
    PlanOptions options{pick(random, 0, 1) == 0, pick(random, 1, 9)};
    options.isolates = pick(random, 0, 1) == 0;
    Plan result = makePlan({classes}, {1, tokens, 3, 3}, options);
    std::vector<std::vector<int>> computed(3, std::vector<int>(tokens));
    for (const WorkItem &item : result.items)
      ASSERT_NO_FATAL_FAILURE(
          checkItem(result, item, places, options, computed[item.head]));
    for (int64_t h = 0; h < 3; ++h)
      for (int64_t row = 0; row < tokens; ++row)
        ASSERT_EQ(computed[h][row],
                  computes(places[row], classes.perHead, h, 3));
  }
}

/// The key rows of an item's tile, by counting: those that any of its rows
/// sees, where curve order hides nothing from a band.
int64_t workOf(const Plan &plan, const WorkItem &item,
               const PlanOptions &options) {
  bool curveOrder = item.list >= 0 && item.window > 0;
  int64_t keys = 0;
  for (int64_t j = 0; j < item.rows; ++j) {
    bool any = false;
    for (int64_t i = item.row; i < item.row + queriesOf(item, options); ++i)
      any |= itemAllows(plan, item, i, j, options.causal && !curveOrder);
    keys += any;
  }
  return keys;
}

auto identityOf(const WorkItem &i) {
  return std::make_tuple(i.batch, i.head, i.row, i.rows, i.first, i.stride,
                         i.list, i.run, i.window);
}

/// The items of a plain table in the order of LongestFirst, by the definition:
/// the longest first inside as many triples as make equal groups of at most
/// `group`, equal ones as they came.
std::vector<WorkItem> longestFirst(const Plan &plain,
                                   const PlanOptions &options) {
  std::vector<WorkItem> sorted;
  std::multimap<int64_t, WorkItem, std::greater<>> byWork;
  auto flush = [&] {
    for (const auto &entry : byWork)
      sorted.push_back(entry.second);
    byWork.clear();
  };
  for (size_t b = 0; b + 1 < plain.phases.size(); ++b) {
    int64_t triples = 0, all = 0, each = 1;
    for (int32_t k = plain.phases[b]; k < plain.phases[b + 1]; ++k)
      all += plain.items[k].row == 0;
    if (options.group > 0 && all > 0) {
      int64_t groups = (all + options.group - 1) / options.group;
      each = (all + groups - 1) / groups;
    }
    for (int32_t k = plain.phases[b]; k < plain.phases[b + 1]; ++k) {
      const WorkItem &item = plain.items[k];
      if (item.row == 0 && options.group > 0 && triples++ % each == 0)
        flush();
      byWork.emplace(workOf(plain, item, options), item);
    }
    flush();
  }
  return sorted;
}

TEST(Plan, E5LongestFirstSortsEachGroupStably) {
  Random random(11);
  for (int i = 0; i < 1000; ++i) {
    Branch branch = randomBranch(random);
    Sizes sizes{2, randomTokens(random, branch), 2, 2};
    PlanOptions options{pick(random, 0, 1) == 0, pick(random, 1, 9)};
    options.group = pick(random, 0, 6); // has no effect on a plain table
    Plan plain = plan({branch, branch}, sizes, options);
    options.order = TileOrder::LongestFirst;
    Plan sorted = plan({branch, branch}, sizes, options);
    ASSERT_EQ(plain.phases, sorted.phases);
    ASSERT_EQ(plain.rowList, sorted.rowList);
    std::vector<WorkItem> expected = longestFirst(plain, options);
    ASSERT_EQ(expected.size(), sorted.items.size());
    for (size_t k = 0; k < expected.size(); ++k)
      ASSERT_EQ(identityOf(expected[k]), identityOf(sorted.items[k]));
  }
}

TEST(Plan, E5LongestFirstInsideGroupsOfTriples) {
  // Two classes of four rows, three heads: six triples, in groups of at most
  // four, so in two of three.
  Plan result =
      plan({{{{8, 2}}}}, {1, 8, 3, 3}, {true, 2, TileOrder::LongestFirst, 4});
  std::vector<std::tuple<int, int, int>> order;
  for (const WorkItem &item : result.items)
    order.push_back({item.first, item.head, item.row});
  using T = std::tuple<int, int, int>;
  EXPECT_THAT(order,
              ElementsAre(T{0, 0, 2}, T{0, 1, 2}, T{0, 2, 2}, T{0, 0, 0},
                          T{0, 1, 0}, T{0, 2, 0}, T{1, 0, 2}, T{1, 1, 2},
                          T{1, 2, 2}, T{1, 0, 0}, T{1, 1, 0}, T{1, 2, 0}));
}

TEST(Plan, E5GroupsOfLongClassesAreSmaller) {
  // Three heads of 40000 rows: two have more than kMaxGroupRows.
  Plan result = plan({{{{40000}}}}, {1, 40000, 3, 3},
                     {true, 20000, TileOrder::LongestFirst, 16});
  std::vector<std::pair<int, int>> order;
  for (const WorkItem &item : result.items)
    order.push_back({item.head, item.row});
  using T = std::pair<int, int>;
  EXPECT_THAT(order, ElementsAre(T{0, 20000}, T{0, 0}, T{1, 20000}, T{1, 0},
                                 T{2, 20000}, T{2, 0}));
}

TEST(Plan, E5PlainOrderSharesKeys) {
  Plan result = plan({{{{4, 2}, {2}}}}, {2, 6, 2, 1}, {false, 1});
  std::vector<std::tuple<int, int, int, int>> order;
  for (const WorkItem &item : result.items)
    order.push_back({item.first, item.batch, item.head, item.row});
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  EXPECT_EQ(order.size(), 24u);
}

TEST(Plan, E3E4Access) {
  Branch seed{{{2048}, hilbert(4096, 2), {8192, 4}}};
  Plan result = plan({seed}, {1, 14336, 1, 1}, {false, 128});
  EXPECT_EQ(result.items.size(), 16u + 32u + 64u);
  EXPECT_EQ(result.rowList.size(), 4096u / 32); // one entry for each run
  const WorkItem &strided = result.items.back();
  EXPECT_EQ(strided.first, 2048 + 4096 + 3);
  EXPECT_EQ(strided.stride, 4);
  EXPECT_EQ(strided.list, -1);
  EXPECT_EQ(strided.rows, 2048);

  PlanOptions options{false, 128};
  options.runs = false;
  Plan flat = plan({seed}, {1, 14336, 1, 1}, options);
  EXPECT_EQ(flat.rowList.size(), 4096u); // one entry for each row
  for (const WorkItem &item : flat.items)
    EXPECT_EQ(item.run, 1);
}

TEST(Plan, E4EqualSegmentsShareTheirLists) {
  Branch branch{{hilbert(60, 3)}, true};
  Plan one = plan({branch}, {1, 60, 2, 2}, {false, 8});
  Plan many = plan({branch, branch}, {1, 600, 2, 2}, {false, 8});
  EXPECT_EQ(one.rowList, many.rowList);
  Plan cut = plan({branch}, {1, 610, 2, 2}, {false, 8});
  EXPECT_LE(cut.rowList.size(), one.rowList.size() + 10);
}

TEST(Plan, S7OnlyComputedClassesHaveLists) {
  Branch branch{{hilbert(60, 5)}};
  branch.perHead = true;
  Plan result = plan({branch}, {1, 60, 2, 2}, {false, 8});
  EXPECT_EQ(result.rowList.size(), 24u);
  for (const WorkItem &item : result.items)
    EXPECT_EQ(item.rows, 12);
}

TEST(Plan, S7ClassesPastTheSegmentHaveNoRows) {
  Branch branch{{{2, 8}}, true, true};
  Plan result = plan({branch}, {1, 4, 8, 8}, {false, 8});
  EXPECT_EQ(result.items.size(), 4u); // heads 0 and 1, two segments
}

TEST(Plan, S11IsolatedRowsAreOneClass) {
  Branch branch{{{1000, int64_t(1) << 40}}};
  Plan result = plan({branch}, {1, 1000, 1, 1}, {true, 1000});
  ASSERT_EQ(result.items.size(), 1u);
  EXPECT_EQ(result.items[0].window, 1);
  EXPECT_EQ(result.items[0].rows, 1000);
  EXPECT_EQ(result.items[0].stride, 1);
}

/// Options of a kernel that knows no window.
PlanOptions withoutIsolation(int64_t queries) {
  PlanOptions options{true, queries};
  options.isolates = false;
  return options;
}

TEST(Plan, WithoutIsolationEveryRowIsAClass) {
  Branch branch{{{16, 4}}, true};
  Plan result = plan({branch}, {1, 19, 2, 2}, withoutIsolation(8));
  ASSERT_EQ(result.items.size(), 8u + 6u); // 4 classes and 3 rows, 2 heads
  for (size_t i = 0; i < 6; ++i) {
    const WorkItem &item = result.items[8 + i];
    EXPECT_EQ(item.first, int32_t(16 + i / 2));
    EXPECT_EQ(item.head, int32_t(i % 2));
    EXPECT_EQ(item.rows, 1);
    EXPECT_EQ(item.stride, 1);
    EXPECT_EQ(item.window, 0);
  }
}

TEST(Plan, S2S11WithoutIsolationNoSizeIsTooLarge) {
  int64_t far = int64_t(1) << 62;
  Segment segment{far, far};
  segment.window = far;
  Plan result = plan({{{segment}}}, {1, 5, 1, 1}, withoutIsolation(8));
  ASSERT_EQ(result.items.size(), 5u);
  for (const WorkItem &item : result.items)
    EXPECT_EQ(item.window, 0);
}

TEST(Plan, S11WithoutIsolationNamedWindowsStay) {
  Segment segment{16};
  segment.window = 1;
  Plan result = plan({{{segment}}}, {1, 16, 1, 1}, withoutIsolation(16));
  ASSERT_EQ(result.items.size(), 1u);
  EXPECT_EQ(result.items[0].window, 1);
}

TEST(Plan, E2WindowedCurvesKeepTheirOrder) {
  Segment segment = hilbert(16);
  segment.window = 3;
  Plan result = plan({{{segment}}}, {1, 16, 1, 1}, {true, 16});
  ASSERT_EQ(result.items.size(), 1u);
  EXPECT_EQ(result.items[0].window, 3);
  EXPECT_EQ(result.rowList, curve(4, 4, 16));
}

TEST(Plan, S2EmptySizesHaveNoItems) {
  Branch branch{{{8}}};
  for (Sizes sizes :
       {Sizes{0, 8, 2, 2}, Sizes{1, 0, 2, 2}, Sizes{1, 8, 0, 0}}) {
    Plan result = plan({branch, branch}, sizes, {false, 4});
    EXPECT_TRUE(result.items.empty());
    EXPECT_TRUE(result.rowList.empty());
    EXPECT_THAT(result.phases, ElementsAre(0, 0, 0));
  }
  EXPECT_THAT(makePlan({}, {1, 8, 1, 1}, {false, 4}).phases, ElementsAre(0));
}

// Hangs or runs out of memory where cost grows with what S cuts off.
TEST(Plan, S2CostGrowsWithWhatExists) {
  int64_t giant = 1ll << 31;
  PlanOptions options{true, 128};
  plan({{{hilbert(giant * giant, 4, Grid{giant, giant})}}}, {1, 100, 4, 4},
       options);
  plan({{{{int64_t(1) << 50, int64_t(1) << 40}}}}, {1, 1000, 4, 4}, options);
  plan({{{{INT64_MAX}}, true}}, {1, 1000, 4, 4}, options);
  Branch perHead{{hilbert(int64_t(1) << 60, int64_t(1) << 58)}, true, true};
  plan({perHead}, {1, 1000, 4, 4}, options);
  plan({{std::vector<Segment>(200000, hilbert(1000, 2))}}, {1, 10, 4, 4},
       options);
}

TEST(Plan, S2RepeatedSingleTokens) {
  Plan result = plan({{{{1}}, true}}, {1, 1 << 20, 4, 4}, {true, 128});
  EXPECT_EQ(result.items.size(), size_t(4 * (1 << 20) / 128));
}

TEST(Plan, MillionTokens) {
  Branch branch{{hilbert(1 << 20, 3)}};
  Plan result =
      plan({branch}, {1, 1 << 20, 4, 4}, {true, 128, TileOrder::LongestFirst});
  EXPECT_EQ(result.rowList.size(), size_t(1 << 20));
}

TEST(Plan, MillionTokensOfRepeatedSegments) {
  Branch branch{{{2048}, hilbert(4096, 2), {8192, 4}}, true};
  Plan result = plan({branch}, {1, 1 << 20, 16, 16},
                     {true, 128, TileOrder::LongestFirst, 16});
  EXPECT_EQ(result.items.size(), size_t(16 * (1 << 20) / 128));
  EXPECT_LE(result.rowList.size(), 4096u); // every segment shares its lists
}

TEST(CheckSizes, NamesWhatIsWrong) {
  std::vector<BranchClasses> classes = expand({{{{8}}}});
  EXPECT_EQ(checkSizes(classes, {1, 8, 12, 5}),
            "H = 12 query heads must be a multiple of G = 5 key/value heads");
  EXPECT_EQ(checkSizes(classes, {1, 8, 4, 0}),
            "G must be at least 1, but is 0");
  EXPECT_EQ(checkSizes(classes, {1, -8, 4, 4}),
            "S must be at least 0, but is -8");
  EXPECT_EQ(checkSizes(classes, {1, 9, 4, 4}),
            "S = 9 is longer than the pattern's 8 tokens; shorten the input, "
            "lengthen a segment, or let the branch `repeat`");
  EXPECT_EQ(checkSizes(classes, {1, 8, 0, 0}), std::nullopt);
  EXPECT_EQ(checkSizes(classes, {1, 3, 4, 2}), std::nullopt);
}

TEST(CheckSizes, TablesFit32Bits) {
  std::vector<BranchClasses> classes = expand({{{{2}}, true}});
  EXPECT_THAT(checkSizes(classes, {1, 1ll << 31, 1, 1}),
              Optional(HasSubstr("must be below 2^31")));
  EXPECT_THAT(checkSizes(classes, {1, 1 << 30, 4, 4}),
              Optional(HasSubstr("the work table would have 2147483648 rows")));
  EXPECT_EQ(checkSizes(classes, {1, 1 << 30, 3, 3}), std::nullopt);
  classes = expand({{{{1 << 30}}}});
  EXPECT_EQ(checkSizes(classes, {1, 1 << 30, 4, 4}), std::nullopt);
  EXPECT_THAT(checkSizes(classes, {1, 1 << 30, 4, 4}, {false, 1}),
              Optional(HasSubstr("the work table would have")));
  Branch lists{{hilbert(1 << 30, 2)}};
  EXPECT_THAT(checkSizes(expand({lists, lists}), {1, 1 << 30, 1, 1}),
              Optional(HasSubstr("the row lists would have")));
}

} // namespace
