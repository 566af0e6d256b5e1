//===- PatternJSONTest.cpp - Tests of patterns as JSON --------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Target/PatternJSON/PatternJSON.h"

#include "llvm/Support/raw_ostream.h"

#include <gtest/gtest.h>

using namespace rdattn;

static std::string errorOf(llvm::StringRef text) {
  llvm::Expected<planner::Pattern> pattern = parsePatternJSON(text);
  return pattern ? "" : llvm::toString(pattern.takeError());
}

/// The error in the only segment of a pattern.
static std::string segmentError(const std::string &segment) {
  return errorOf(R"({"branches": [{"segments": [)" + segment + "]}]}");
}

/// What the text says once it has been a pattern.
static std::string roundTrip(llvm::StringRef text) {
  llvm::Expected<planner::Pattern> pattern = parsePatternJSON(text);
  if (!pattern)
    return llvm::toString(pattern.takeError());
  std::string result;
  llvm::raw_string_ostream(result) << patternToJSON(*pattern);
  return result;
}

TEST(PatternJSON, ReadsEveryProperty) {
  auto pattern = parsePatternJSON(R"({
    "branches": [
      {"segments": [{"length": 2048, "dilation": 2, "order": "hilbert", "window": 64},
                    {"length": 64, "order": [4, 16]}],
       "repeat": true, "offsets": "per_head"},
      {"segments": [{"length": 16}]}],
    "detach_mixing": true})");
  ASSERT_TRUE(bool(pattern)) << llvm::toString(pattern.takeError());
  ASSERT_EQ(pattern->branches.size(), 2u);
  EXPECT_TRUE(pattern->detachMixing);
  planner::Branch expected;
  expected.segments.resize(2);
  expected.segments[0] = {
      2048, 2, {planner::OrderKind::Hilbert, std::nullopt}, 64};
  expected.segments[1] = {
      64, 1, {planner::OrderKind::Hilbert, planner::Grid{4, 16}}, std::nullopt};
  expected.repeat = expected.perHead = true;
  EXPECT_EQ(pattern->branches[0], expected);
}

TEST(PatternJSON, LeavesDefaultsOut) {
  EXPECT_EQ(roundTrip(R"({"detach_mixing": false, "branches": [{
      "segments": [{"length": 16, "dilation": 1, "order": "identity"}],
      "repeat": false, "offsets": "all"}]})"),
            R"({"branches":[{"segments":[{"length":16}]}]})");
}

TEST(PatternJSON, RoundTrips) {
  std::string text =
      R"({"branches":[{"offsets":"per_head","repeat":true,"segments":[)"
      R"({"dilation":2,"length":9223372036854775807,"window":64},)"
      R"({"length":0}]}],"detach_mixing":true})";
  EXPECT_EQ(roundTrip(text),
            "pattern.branches[0].segments[1]: segment length must be at least "
            "1, but is 0");
  text.replace(text.find(",{\"length\":0}"), 13, "");
  EXPECT_EQ(roundTrip(text), text);
}

TEST(PatternJSON, NamesThePlaceOfAnError) {
  EXPECT_EQ(errorOf("[]"), "pattern: expected an object");
  EXPECT_EQ(errorOf("{}"), "pattern: needs \"branches\"");
  EXPECT_EQ(errorOf(R"({"branches": {}})"),
            "pattern.branches: expected a list");
  EXPECT_EQ(errorOf(R"({"branches": []})"),
            "pattern: a pattern needs at least one branch, but has none");
  EXPECT_EQ(errorOf(R"({"branches": [{"segments": []}]})"),
            "pattern.branches[0]: a branch needs at least one segment, but has "
            "none");
  EXPECT_EQ(errorOf(R"({"branches": [1]})"),
            "pattern.branches[0]: expected an object");
  EXPECT_EQ(errorOf(R"({"branches": [{"segments": [{"length": 1}],
                                      "repeat": 1}]})"),
            "pattern.branches[0].repeat: expected true or false");
  EXPECT_EQ(errorOf(R"({"branches": [{"segments": [{"length": 1}],
                                      "offsets": "some"}]})"),
            "pattern.branches[0].offsets: expected \"all\" or \"per_head\"");
}

TEST(PatternJSON, RefusesUnknownKeys) {
  EXPECT_EQ(errorOf(R"({"branch": []})"),
            "pattern: unknown key \"branch\": expected one of branches, "
            "detach_mixing");
  EXPECT_EQ(segmentError(R"({"length": 1, "dilate": 2})"),
            "pattern.branches[0].segments[0]: unknown key \"dilate\": expected "
            "one of length, dilation, order, window");
}

TEST(PatternJSON, RefusesWhatIsNoInteger) {
  const std::string place = "pattern.branches[0].segments[0]";
  EXPECT_EQ(segmentError("{}"), place + ": needs \"length\"");
  EXPECT_EQ(segmentError(R"({"length": "16"})"),
            place + ".length: expected an integer");
  EXPECT_EQ(segmentError(R"({"length": 1.5})"),
            place + ".length: expected an integer");
  for (const char *huge :
       {"9223372036854775808", "18446744073709551616", "1e300",
        "9.223372036854775808e18", "-9223372036854777000"})
    EXPECT_EQ(segmentError(std::string(R"({"length": )") + huge + "}"),
              place + ".length: does not fit in 64 bits");
  EXPECT_EQ(segmentError(R"({"length": 4, "window": null})"),
            place + ".window: expected an integer");
}

TEST(PatternJSON, RefusesWhatIsNoOrder) {
  const std::string place = "pattern.branches[0].segments[0].order";
  EXPECT_EQ(segmentError(R"({"length": 16, "order": "morton"})"),
            place + ": expected \"identity\", \"hilbert\" or [rows, cols]");
  EXPECT_EQ(segmentError(R"({"length": 16, "order": [4, 4, 4]})"),
            place + ": expected [rows, cols]");
  EXPECT_EQ(segmentError(R"({"length": 16, "order": [4, "4"]})"),
            place + "[1]: expected an integer");
  EXPECT_EQ(segmentError(R"({"length": 16, "order": [2, 4]})"),
            "pattern.branches[0].segments[0]: grid 2x4 has 8 cells, fewer than "
            "the segment's 16 tokens");
}

TEST(PatternJSON, RefusesWhatIsNoJSON) {
  EXPECT_NE(errorOf("{\"branches\": "), "");
}
