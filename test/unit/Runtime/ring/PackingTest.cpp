//===- PackingTest.cpp - Rows that are sent, one after another ------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/ring/Packing.h"
#include "runtime/ring/StepMemory.h"
#include "test/unit/Planner/RandomPatterns.h"
#include "gmock/gmock.h"

#include <algorithm>
#include <cstring>

using namespace rdattn::runtime;
using namespace rdattn::runtime::ring;
using namespace rdattn::planner;
using namespace rdattn::test;

namespace {

/// Any rows below `rows`, in any order.
RowSequence randomRows(Random &random, int64_t rows) {
  RowSequence sequence;
  for (int64_t n = pick(random, 1, 4); n > 0; --n) {
    const int64_t stride = pick(random, 1, 4);
    const int64_t first = pick(random, 0, rows - 1);
    sequence.append(Progression{
        first, pick(random, 1, (rows - 1 - first) / stride + 1), stride});
  }
  return sequence;
}

/// A tensor whose bytes are all different neighbours.
struct Bytes {
  Bytes(Random &random, std::vector<int64_t> sizes, int64_t bytes) {
    int64_t order[] = {0, 1, 2};
    std::shuffle(std::begin(order), std::end(order), random);
    std::copy(sizes.begin(), sizes.end(), tensor.sizes);
    int64_t elements = sizes[3] + pick(random, 0, 1) * pick(random, 0, 3);
    tensor.strides[3] = 1;
    for (int64_t d : order) {
      tensor.strides[d] = elements;
      elements = elements * sizes[d] + pick(random, 0, 1);
    }
    tensor.offset = pick(random, 0, 5);
    memory.resize((tensor.offset + elements) * bytes);
    if (pick(random, 0, 3) == 0) { // rows backwards
      tensor.offset += (sizes[1] - 1) * tensor.strides[1];
      tensor.strides[1] *= -1;
    }
    for (char &byte : memory)
      byte = static_cast<char>(random());
    tensor.allocated = nullptr;
    tensor.aligned = memory.data();
  }

  const char *at(int64_t b, int64_t row, int64_t head, int64_t bytes) const {
    return memory.data() +
           (tensor.offset + b * tensor.strides[0] + row * tensor.strides[1] +
            head * tensor.strides[2]) *
               bytes;
  }

  Memref4 tensor;
  std::vector<char> memory;
};

TEST(Packing, RowsOfAnyStridesFollowEachOther) {
  Random random(3);
  for (int n = 0; n < 2000; ++n) {
    const int64_t bytes = int64_t(1) << pick(random, 0, 3);
    const int64_t heads = pick(random, 1, 4), rows = pick(random, 1, 12);
    Bytes source(random, {pick(random, 1, 3), rows, heads, pick(random, 1, 5)},
                 bytes);
    std::vector<Transfer> transfers;
    for (int64_t head = 0; head < heads;) {
      const int64_t end = pick(random, head + 1, heads);
      transfers.push_back({{head, end}, randomRows(random, rows)});
      head = end;
    }
    std::vector<char> expected;
    const int64_t rowBytes = source.tensor.sizes[3] * bytes;
    for (int64_t b = 0; b < source.tensor.sizes[0]; ++b)
      for (const Transfer &transfer : transfers)
        for (int32_t row : transfer.rows.list())
          for (int64_t head = transfer.kvHeads.begin;
               head < transfer.kvHeads.end; ++head) {
            const char *from = source.at(b, row, head, bytes);
            expected.insert(expected.end(), from, from + rowBytes);
          }
    std::vector<char> packed(expected.size() + 1, 'x');
    packRows(transfers, source.tensor, bytes, packed.data());
    ASSERT_EQ(packed.back(), 'x'); // not a byte more
    packed.pop_back();
    ASSERT_EQ(packed, expected) << n;
  }
}

TEST(StepMemory, GrowsAndKeeps) {
  StepMemory memory;
  ASSERT_TRUE(memory.reserve(100, 50));
  char *sent = memory.sent();
  EXPECT_EQ(memory.received(), sent + 128); // a line of its own
  EXPECT_TRUE(memory.reserve(10, 100));
  EXPECT_EQ(memory.sent(), sent);
  EXPECT_EQ(memory.received(), sent + 64);
  ASSERT_TRUE(memory.reserve(1 << 20, 1 << 20));
  std::memset(memory.sent(), 1, 1 << 20);
  std::memset(memory.received(), 2, 1 << 20);
  EXPECT_EQ(memory.sent()[(1 << 20) - 1], 1);
  std::shared_ptr<void> shared = memory.share();
  for (int64_t bytes : {int64_t(1) << 62, INT64_MAX})
    EXPECT_FALSE(memory.reserve(bytes, bytes));
  EXPECT_TRUE(memory.reserve(1, 1 << 22));
  EXPECT_NE(memory.share(), shared); // whoever shares it keeps it
}

} // namespace
