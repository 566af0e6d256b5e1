//===- MapStridesTest.cpp - Which classes tensor maps read ----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CudaTest.h"

#include "runtime/cuda/MapStrides.h"

using namespace rdattn::test;
namespace cuda = rdattn::runtime::cuda;
namespace planner = rdattn::planner;

namespace {
/// On one device keys are read as queries are.
struct Found : cuda::StrideList {
  bool readAll;
};
} // namespace

static Found find(const std::vector<planner::WorkItem> &items, int64_t tokens) {
  cuda::TableView view;
  view.items = {reinterpret_cast<const int32_t *>(items.data()),
                static_cast<int64_t>(items.size()) * 9};
  auto found = cuda::findMapStrides(
      view, {0, static_cast<int64_t>(items.size())}, tokens, tokens);
  EXPECT_EQ(found.queries.count, found.keys.count);
  for (int m = 0; m < RDATTN_CUDA_MAPS; ++m) {
    EXPECT_EQ(found.queries.strides[m], found.keys.strides[m]);
    EXPECT_EQ(found.queries.limits[m], found.keys.limits[m]);
  }
  return {found.queries, found.readAll};
}

/// An item of a class of `rows` rows.
static planner::WorkItem item(int32_t rows, int32_t first, int32_t stride,
                              int32_t list = -1) {
  return {0, 0, 0, rows, first, stride, list, 1, 0};
}

TEST(MapStrides, AreRankedByUse) {
  auto found = find({item(4, 0, 8), item(9, 1, 4), item(9, 2, 4), item(2, 0, 1),
                     item(3, 5, 1)},
                    40);
  ASSERT_EQ(found.count, 3);
  EXPECT_EQ(found.strides[0], 1); // of two with two items the smaller stride
  EXPECT_EQ(found.strides[1], 4);
  EXPECT_EQ(found.strides[2], 8);
  EXPECT_EQ(found.strides[3], 0);
  EXPECT_TRUE(found.readAll);
}

TEST(MapStrides, LimitsAreWholeRows) {
  auto found = find({item(2, 0, 1), item(3, 0, 7)}, 40);
  EXPECT_EQ(found.limits[0], 40);
  EXPECT_EQ(found.limits[1], 35);
  EXPECT_TRUE(found.readAll);
}

TEST(MapStrides, AClassThatEndsPastTheLimitIsNotRead) {
  // Tokens 4, 11, ..., 39 are six rows, of which a map has five.
  EXPECT_TRUE(find({item(5, 4, 7)}, 40).readAll);
  auto found = find({item(6, 4, 7)}, 40);
  EXPECT_FALSE(found.readAll);
  EXPECT_EQ(found.count, 0);
}

TEST(MapStrides, AStrideBeyondTheTokensHasNoMap) {
  auto found = find({item(1, 2, 50), item(4, 0, 1)}, 40);
  EXPECT_EQ(found.count, 1);
  EXPECT_FALSE(found.readAll);
}

TEST(MapStrides, RowListsAreNotRead) {
  auto found = find({item(4, 0, 1, 0), item(4, 0, 2)}, 40);
  EXPECT_EQ(found.count, 1);
  EXPECT_EQ(found.strides[0], 2);
  EXPECT_FALSE(found.readAll);
}

TEST(MapStrides, AreSevenAtMost) {
  std::vector<planner::WorkItem> items;
  for (int32_t stride = 1; stride <= 7; ++stride)
    items.insert(items.end(), stride, item(2, 0, stride));
  EXPECT_TRUE(find(items, 40).readAll);
  items.insert(items.end(), 8, item(2, 0, 8));
  auto found = find(items, 40);
  EXPECT_EQ(found.count, 7);
  EXPECT_EQ(found.strides[0], 8);
  EXPECT_EQ(found.strides[6], 2); // the least used has none
  EXPECT_FALSE(found.readAll);
}

TEST(MapStrides, OfLargeClassesDoNotOverflow) {
  auto found = find({item(1 << 20, 1 << 10, 1 << 11)}, 2147483647);
  EXPECT_EQ(found.count, 0); // it ends at 2^31 and more
  EXPECT_TRUE(find({item(1 << 20, 0, 2047)}, 2147483647).readAll);
}

TEST(MapStrides, OfNoItems) {
  auto found = find({}, 40);
  EXPECT_EQ(found.count, 0);
  EXPECT_TRUE(found.readAll);
}
