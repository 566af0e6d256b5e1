//===- BalanceTest.cpp - How evenly blocks share the work -----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-run/ExplainDevice.h"

#include "gtest/gtest.h"

using namespace rdattn;
using namespace rdattn::run;

static Attention attentionOn(const char *pattern) {
  auto attention =
      parseAttention(std::string("{\"pattern\": ") + pattern + "}");
  EXPECT_TRUE(bool(attention));
  return *attention;
}

static const char kDense[] =
    R"({"branches": [{"segments": [{"length": 1024}]}]})";
static const Sizes kSizes = {RDATTN_BFLOAT16, 1, 1024, 4, 4, 64, 64};

TEST(Balance, EqualTilesThatFillTheBlocks) {
  // 4 heads of 8 tiles of queries, each of 8 tiles of keys.
  Balance balance =
      cantFail(balanceOf(attentionOn(kDense), kSizes, {128, 128, 16}));
  EXPECT_EQ(balance.items, 32);
  EXPECT_EQ(balance.keyTiles, 256);
  EXPECT_EQ(balance.longest, 16);
  EXPECT_EQ(balance.share, 1);
}

TEST(Balance, OneTileTooMany) {
  Balance balance =
      cantFail(balanceOf(attentionOn(kDense), kSizes, {128, 128, 31}));
  EXPECT_EQ(balance.longest, 16); // one block has two
  EXPECT_DOUBLE_EQ(balance.share, 256.0 / 31 / 16);
}

TEST(Balance, CausalTilesEndAtTheDiagonal) {
  Attention attention = attentionOn(kDense);
  attention.causal = true;
  Balance balance = cantFail(balanceOf(attention, kSizes, {128, 128, 1}));
  EXPECT_EQ(balance.keyTiles, 4 * (1 + 2 + 3 + 4 + 5 + 6 + 7 + 8));
  EXPECT_EQ(balance.share, 1);
}

TEST(Balance, AWindowIsABand) {
  Attention attention = attentionOn(
      R"({"branches": [{"segments": [{"length": 1024, "window": 129}]}]})");
  Balance balance = cantFail(balanceOf(attention, kSizes, {128, 128, 1}));
  // The tile itself and one on either side, but for the first and the last.
  EXPECT_EQ(balance.keyTiles, 4 * (6 * 3 + 2 * 2));
}

TEST(Balance, APatternThatIsTooShortIsAnError) {
  Attention attention =
      attentionOn(R"({"branches": [{"segments": [{"length": 512}]}]})");
  auto balance = balanceOf(attention, kSizes, {128, 128, 1});
  ASSERT_FALSE(bool(balance));
  EXPECT_NE(llvm::toString(balance.takeError()).find("1024"),
            std::string::npos);
}

static std::string explain(const rdattn_cuda_report &report,
                           std::optional<Timing> timing) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  Cost cost{1e9, 2.56e11, 1e8, 7, 1e9};
  Balance balance{256, 2048, 16, 0.97};
  printDeviceExplanation(stream, kSizes, cost, report, balance, timing);
  return text;
}

TEST(ExplainDevice, SaysWhatRanAndWhatBindsIt) {
  rdattn_cuda_report report = {"NVIDIA H100",
                               "attention_map",
                               9,
                               0,
                               132,
                               1980000,
                               3352320000000,
                               128,
                               176,
                               132,
                               384,
                               1,
                               168,
                               48,
                               197632};
  std::string text = explain(report, Timing{0.0005, 0.0005, 3, 40});
  for (const char *line :
       {"work        256 GFLOP in 256 tiles\n",
        "device      NVIDIA H100, 132 multiprocessors: 1.07 PFLOP/s (16 bit), "
        "3.35 TB/s at most\n",
        "kernel      attention_map: tiles of 128 x 176, 384 threads of 168 "
        "registers, 48 B of stack, 198 kB of shared memory; 1 block a "
        "multiprocessor\n",
        "balance     1.9 tiles for each of 132 blocks; the busiest has 16 "
        "tiles of keys, the mean 97.0 % of that\n",
        "roofline    at least 239 us, bound by arithmetic; the best run "
        "reached 47.8 % of it\n",
        "            247 us with the busiest block at the peak\n"})
    EXPECT_NE(text.find(line), std::string::npos) << text;
}

TEST(ExplainDevice, AnUnknownDeviceHasNoRoofline) {
  rdattn_cuda_report report = {"NVIDIA X",
                               "attention_map",
                               77,
                               0,
                               132,
                               1980000,
                               3352320000000,
                               128,
                               176,
                               132,
                               384,
                               1,
                               168,
                               0,
                               197632};
  std::string text = explain(report, std::nullopt);
  EXPECT_EQ(text.find("roofline"), std::string::npos);
  EXPECT_NE(text.find("multiprocessors: 3.35 TB/s at most"), std::string::npos);
  EXPECT_EQ(text.find("stack"), std::string::npos);
}
