//===- CheckTest.cpp - Rows, samples and the bound of S10 -----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-run/Check.h"
#include "tools/rdattn-run/Elements.h"

#include "gmock/gmock.h"

#include <cmath>
#include <limits>
#include <numeric>

using namespace rdattn::run;
using namespace rdattn;
using testing::DoubleNear;
using testing::Each;
using testing::ElementsAre;

namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

/// One batch and head of 4 tokens, D = 2, Dv = 1.
struct Problem {
  std::vector<float> q = {1, 0, 0, 1, 1, 1, 0, 0};
  std::vector<float> k = {1, 2, 3, 4, 5, 6, 7, 8};
  std::vector<float> v = {1, 2, 3, 4};
  std::vector<float> o = std::vector<float>(4), lse = std::vector<float>(4);
  planner::Pattern pattern{{{{{4}}, false, false}}, false};
  const volatile int stop = 0;

  Inputs inputs() const {
    return {RDATTN_FLOAT32, q.data(), k.data(), v.data(), 4, 1, 1, 2, 1, 0.5};
  }
  Definition definition() const { return {pattern, false, 4, 1}; }
  void solve() {
    Definition definition = this->definition();
    for (int64_t row = 0; row < 4; ++row) {
      Row exact = exactRow(inputs(), {0, 0, row}, definition.keysOf(0, row));
      o[row] = exact.o[0];
      lse[row] = exact.lse;
    }
  }
  Report check() {
    Definition definition = this->definition();
    return compare(definition, inputs(), {o.data(), lse.data()}, 1, 64, stop);
  }
};

TEST(Rows, FollowTheFormula) {
  Problem problem;
  // Row 0 scores half of k's first column: 0.5, 2.5.
  Row row = exactRow(problem.inputs(), {0, 0, 0}, {0, 2});
  double weight = 1 / (1 + std::exp(2.0));
  EXPECT_THAT(row.o, ElementsAre(DoubleNear(weight + 3 * (1 - weight), 1e-12)));
  EXPECT_NEAR(row.lse, std::log(std::exp(0.5) + std::exp(2.5)), 1e-12);
}

TEST(Rows, WithoutKeysAreEmpty) {
  Problem problem;
  for (auto compute : {exactRow, plainRow}) {
    Row row = compute(problem.inputs(), {0, 0, 0}, {});
    EXPECT_THAT(row.o, ElementsAre(0));
    EXPECT_EQ(row.lse, -std::numeric_limits<double>::infinity());
  }
}

TEST(Rows, RoundAsThePlainWayRounds) {
  EXPECT_EQ(roundTo(RDATTN_BFLOAT16, 1 + 0x1p-8f), 1);
  EXPECT_EQ(roundTo(RDATTN_BFLOAT16, 1 + 0x1.8p-7f), 1 + 0x1p-6f);
  EXPECT_EQ(roundTo(RDATTN_FLOAT16, 1 + 0x1p-11f), 1);
  EXPECT_EQ(roundTo(RDATTN_FLOAT32, 1 + 0x1p-23f), 1 + 0x1p-23f);
  EXPECT_TRUE(std::isnan(roundTo(RDATTN_BFLOAT16, kNaN)));
}

TEST(Sample, HoldsTheEndsAndNoRowTwice) {
  std::vector<int64_t> rows = sampleRows(14336, 64, 3);
  EXPECT_EQ(rows.size(), 64u);
  EXPECT_EQ(rows.front(), 0);
  EXPECT_EQ(rows.back(), 14335);
  EXPECT_EQ(rows, sampleRows(14336, 64, 3));
  EXPECT_NE(rows, sampleRows(14336, 64, 4));
}

TEST(Sample, IsEveryRowWhereThereAreFew) {
  for (int64_t tokens : {0, 1, 2, 3, 63, 64}) {
    std::vector<int64_t> all(tokens);
    std::iota(all.begin(), all.end(), 0);
    EXPECT_EQ(sampleRows(tokens, 64, 1), all);
  }
}

TEST(Check, PassesWhatIsRight) {
  Problem problem;
  problem.solve();
  Report report = problem.check();
  EXPECT_TRUE(report.ok());
  EXPECT_EQ(report.rows, 4);
}

TEST(Check, FindsWhatIsWrong) {
  for (float wrong : {0.0f, kNaN, std::numeric_limits<float>::infinity()}) {
    Problem problem;
    problem.solve();
    problem.o[2] = wrong;
    EXPECT_FALSE(problem.check().ok());
    problem.solve();
    problem.lse[3] = wrong;
    EXPECT_EQ(problem.check().ok(), false);
  }
}

TEST(Check, HoldsEmptyRowsToZero) {
  Problem problem;
  problem.pattern.branches[0] = {{{4, 8}}, false, /*perHead=*/true};
  problem.solve();
  EXPECT_TRUE(problem.check().ok());
  problem.lse[1] = 0;
  EXPECT_FALSE(problem.check().ok());
  problem.solve();
  problem.o[1] = 1;
  EXPECT_FALSE(problem.check().ok());
}

TEST(Check, LeavesOutRowsThatNaNReaches) {
  Problem problem;
  problem.q[2] = kNaN;
  problem.solve();
  Report report = problem.check();
  EXPECT_TRUE(report.ok());
  EXPECT_EQ(report.undefined, 1);
  problem.o[0] = kNaN; // a row that does not see it
  EXPECT_FALSE(problem.check().ok());
}

TEST(Check, LetsNaNOfValuesReachOtherRows) {
  Problem problem;
  problem.pattern.branches[0] = {{{4, 2}}, false, false};
  problem.solve();
  problem.v[1] = problem.o[0] = kNaN;
  Report report = problem.check();
  EXPECT_TRUE(report.ok());
  EXPECT_EQ(report.undefined, 3);
}

TEST(Check, StopsWhenAsked) {
  Problem problem;
  Definition definition = problem.definition();
  volatile int stop = 1;
  Report report = compare(definition, problem.inputs(),
                          {problem.o.data(), nullptr}, 1, 64, stop);
  EXPECT_TRUE(report.interrupted);
  EXPECT_EQ(report.rows, 0);
}

TEST(Attention, IsReadFromJSON) {
  Attention attention = llvm::cantFail(parseAttention(
      R"({"pattern": {"branches": [{"segments": [{"length": 7}]}]},
          "causal": true, "scale": 0.25})"));
  EXPECT_TRUE(attention.causal);
  EXPECT_EQ(attention.scale, 0.25);
  EXPECT_EQ(attention.pattern.branches[0].segments[0].length, 7);
  for (const char *wrong : {"", "[]", "{}", R"({"pattern": 1})"}) {
    llvm::Expected<Attention> read = parseAttention(wrong);
    EXPECT_FALSE(read);
    llvm::consumeError(read.takeError());
  }
}

} // namespace
