//===- RingCostsTest.cpp - What rdattn_explain_ring counts ----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "rdattn/compiler.h"
#include "rdattn/ring.h"

#include "gtest/gtest.h"

#include <cmath>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

namespace {
/// Dense attention of 8 tokens on 2 ranks, for a test to change.
struct Case : rdattn_ring_case {
  Case() : rdattn_ring_case{} {
    pattern = R"({"branches": [{"segments": [{"length": 8}]}]})";
    layout = "contiguous";
    ranks = 2;
    batch = heads = kv_heads = 1;
    tokens = 8;
  }

  std::string explain() const {
    const char *text = nullptr;
    EXPECT_EQ(rdattn_explain_ring(this, &text), RDATTN_OK)
        << rdattn_last_error();
    return text ? text : "";
  }
  std::string refusal() const {
    const char *text = nullptr;
    EXPECT_EQ(rdattn_explain_ring(this, &text), RDATTN_INVALID_ARGUMENT);
    EXPECT_EQ(text, nullptr);
    return rdattn_last_error();
  }
};
} // namespace

static void expectHas(const std::string &text, const std::string &part) {
  EXPECT_NE(text.find(part), std::string::npos) << part << "\n in " << text;
}

TEST(ExplainRing, CountsAndTimesByHand) {
  Case dense;
  dense.causal = 1;
  dense.row_seconds = dense.pair_seconds = 1;
  const std::string text = dense.explain();
  expectHas(text, R"("layout":"contiguous")");
  expectHas(text, R"("distances":[0,1])");
  expectHas(text, R"("rows":[4,4])");
  expectHas(text, R"("received":[[0,0],[0,4]])");
  expectHas(text, R"("pairs":[[10,0],[10,16]])");
  expectHas(text, R"("arrives":[[[0,0],[0,0]],[[0,0],[0,4]]])");
  expectHas(text, R"("computes":[[[0,10],[10,10]],[[0,10],[10,26]]])");
}

TEST(ExplainRing, WaitsForRowsThatComeLate) {
  Case dense;
  dense.causal = 1;
  dense.row_seconds = 5;
  dense.pair_seconds = 1;
  const std::string text = dense.explain();
  expectHas(text, R"("arrives":[[[0,0],[0,0]],[[0,0],[0,20]]])");
  // Rank 0 computes nothing in the step, but sends in it.
  expectHas(text, R"("computes":[[[0,10],[20,20]],[[0,10],[20,36]]])");
}

TEST(ExplainRing, TakesNoTimeWithoutRates) {
  expectHas(Case().explain(), R"("computes":[[[0,0],[0,0]],[[0,0],[0,0]]])");
}

TEST(ExplainRing, CountsBatchesAndHeads) {
  Case windowed;
  windowed.pattern =
      R"({"branches": [{"segments": [{"length": 8, "window": 2}]}]})";
  expectHas(windowed.explain(), R"("received":[[0,1],[0,1]])");
  expectHas(windowed.explain(), R"("pairs":[[10,1],[10,1]])");
  windowed.batch = 3;
  windowed.heads = 4;
  windowed.kv_heads = 2;
  expectHas(windowed.explain(), R"("received":[[0,6],[0,6]])");
  expectHas(windowed.explain(), R"("pairs":[[120,12],[120,12]])");
}

//===-- Against the definition --------------------------------------------===//

/// Two segments, [0, 7) dense and [7, 18) of dilation 3.
static bool isAllowed(int64_t query, int64_t key, bool causal) {
  if (causal && key > query)
    return false;
  if ((query < 7) != (key < 7))
    return false;
  return query < 7 || (query - key) % 3 == 0;
}

/// The rank of each token.
static std::vector<int64_t> ranksOf(rdattn_ring_layout layout, int64_t tokens,
                                    int32_t ranks) {
  std::vector<int64_t> owner(tokens, -1);
  for (int32_t rank = 0; rank < ranks; ++rank) {
    std::vector<int64_t> held(
        rdattn_ring_shard_length(layout, tokens, ranks, rank));
    EXPECT_EQ(rdattn_ring_positions(layout, tokens, ranks, rank, held.data()),
              RDATTN_OK);
    for (int64_t token : held)
      owner[token] = rank;
  }
  return owner;
}

static std::string asJSON(const std::vector<std::vector<int64_t>> &table) {
  std::ostringstream text;
  const char *between = "[";
  for (const std::vector<int64_t> &row : table) {
    text << between << '[';
    for (size_t i = 0; i < row.size(); ++i)
      text << (i ? "," : "") << row[i];
    text << ']';
    between = ",";
  }
  text << ']';
  return text.str();
}

/// `received` and `pairs` as the report writes them.
static std::pair<std::string, std::string>
countByHand(const std::vector<int64_t> &owner, int64_t ranks, bool causal) {
  const auto tokens = static_cast<int64_t>(owner.size());
  std::set<std::tuple<int64_t, int64_t>> needed; // of a rank, a token
  std::set<int64_t> distances = {0};
  std::vector<std::vector<int64_t>> pairs(ranks, std::vector<int64_t>(ranks));
  std::vector<std::vector<int64_t>> received = pairs;
  for (int64_t query = 0; query < tokens; ++query)
    for (int64_t key = 0; key < tokens; ++key) {
      if (!isAllowed(query, key, causal))
        continue;
      const int64_t rank = owner[query];
      const int64_t distance = (rank - owner[key] + ranks) % ranks;
      ++pairs[rank][distance];
      if (distance > 0 && needed.emplace(rank, key).second)
        ++received[rank][distance];
      distances.insert(distance);
    }
  auto ofSteps = [&](const std::vector<std::vector<int64_t>> &all) {
    std::vector<std::vector<int64_t>> kept(ranks);
    for (int64_t rank = 0; rank < ranks; ++rank)
      for (int64_t distance : distances)
        kept[rank].push_back(all[rank][distance]);
    return asJSON(kept);
  };
  return {ofSteps(received), ofSteps(pairs)};
}

TEST(ExplainRing, CountsWhatTheDefinitionNeeds) {
  const std::pair<const char *, rdattn_ring_layout> layouts[] = {
      {"contiguous", RDATTN_RING_CONTIGUOUS},
      {"zigzag", RDATTN_RING_ZIGZAG},
      {"striped", RDATTN_RING_STRIPED}};
  for (auto [name, layout] : layouts)
    for (int32_t ranks : {1, 2, 3, 5})
      for (bool causal : {false, true})
        for (int64_t tokens : {4, 11, 18}) {
          Case asked;
          asked.pattern = R"({"branches": [{"segments": [{"length": 7},
                              {"length": 11, "dilation": 3}]}]})";
          asked.layout = name;
          asked.ranks = ranks;
          asked.causal = causal;
          asked.tokens = tokens;
          SCOPED_TRACE(std::string(name) + " on " + std::to_string(ranks));
          const auto [received, pairs] =
              countByHand(ranksOf(layout, tokens, ranks), ranks, causal);
          expectHas(asked.explain(), "\"received\":" + received);
          expectHas(asked.explain(), "\"pairs\":" + pairs);
        }
}

TEST(ExplainRing, TakesTheLayoutThatIsChosen) {
  Case asked;
  asked.layout = nullptr;
  asked.causal = 1;
  rdattn_plan_spec *created = nullptr;
  ASSERT_EQ(rdattn_pattern_plan_spec(asked.pattern, 1, &created), RDATTN_OK);
  std::unique_ptr<rdattn_plan_spec, void (*)(rdattn_plan_spec *)> spec(
      created, rdattn_plan_spec_destroy);
  rdattn_ring_layout chosen = RDATTN_RING_CONTIGUOUS;
  ASSERT_EQ(rdattn_ring_choose_layout(spec.get(), 8, 2, &chosen), RDATTN_OK);
  ASSERT_EQ(chosen, RDATTN_RING_ZIGZAG); // causal balances so
  expectHas(asked.explain(), R"("layout":"zigzag")");
}

//===-- Errors ------------------------------------------------------------===//

TEST(ExplainRing, RefusesWhatIsMissing) {
  const char *text = nullptr;
  EXPECT_EQ(rdattn_explain_ring(nullptr, &text), RDATTN_INVALID_ARGUMENT);
  expectHas(rdattn_last_error(), "must not be NULL");
  Case asked;
  EXPECT_EQ(rdattn_explain_ring(&asked, nullptr), RDATTN_INVALID_ARGUMENT);
  asked.pattern = nullptr;
  expectHas(asked.refusal(), "must not be NULL");
}

TEST(ExplainRing, RefusesWhatDoesNotFit) {
  auto refusal = [](auto change) {
    Case asked;
    change(asked);
    return asked.refusal();
  };
  expectHas(refusal([](Case &asked) { asked.pattern = "{}"; }), "branches");
  expectHas(refusal([](Case &asked) { asked.layout = "round"; }), "'round'");
  expectHas(refusal([](Case &asked) { asked.ranks = 0; }), "0");
  expectHas(refusal([](Case &asked) { asked.tokens = 9; }), "S = 9 is longer");
  expectHas(refusal([](Case &asked) {
              asked.heads = 3;
              asked.kv_heads = 2;
            }),
            "3");
  for (double seconds : {-1.0, std::nan(""), HUGE_VAL}) {
    expectHas(refusal([=](Case &asked) { asked.row_seconds = seconds; }),
              "row_seconds and pair_seconds must be finite");
    expectHas(refusal([=](Case &asked) { asked.pair_seconds = seconds; }),
              "row_seconds and pair_seconds must be finite");
  }
}
