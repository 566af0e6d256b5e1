//===- MessagesTest.cpp - What the ranks of a step send each other --------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/ring/Messages.h"
#include "runtime/ring/Packing.h"

#include "lib/Planner/RingItems.h"
#include "test/unit/Planner/RandomPatterns.h"
#include "gmock/gmock.h"

#include <algorithm>

using namespace rdattn::runtime;
using namespace rdattn::runtime::ring;
using namespace rdattn::planner;
using namespace rdattn::test;

namespace {

/// A tensor of random bytes, most often dense but for its batches.
struct Tensor {
  Tensor(Random &random, std::vector<int64_t> sizes) {
    std::copy(sizes.begin(), sizes.end(), view.sizes);
    view.strides[3] = 1;
    view.strides[2] = sizes[3] + (pick(random, 0, 7) == 0);
    view.strides[1] = sizes[2] * view.strides[2] + (pick(random, 0, 7) == 0);
    view.strides[0] = sizes[1] * view.strides[1] + pick(random, 0, 2);
    view.offset = pick(random, 0, 3);
    memory.resize(view.offset + sizes[0] * view.strides[0]);
    for (char &byte : memory)
      byte = static_cast<char>(random());
    view.allocated = nullptr;
    view.aligned = memory.data();
  }

  Memref4 view;
  std::vector<char> memory;
};

/// Mostly one transfer of all heads.
std::vector<Transfer> randomTransfers(Random &random, int64_t heads,
                                      int64_t rows) {
  std::vector<Transfer> transfers;
  for (int64_t n = pick(random, 0, 7) == 0 ? 2 : 1; n > 0; --n) {
    const int64_t first = pick(random, 0, rows - 1);
    const int64_t stride = pick(random, 1, 4) == 1 ? 2 : 1;
    Transfer transfer = {
        {0, heads},
        Progression{first, (rows - 1 - first) / stride + 1, stride}};
    if (pick(random, 0, 7) == 0)
      transfer.kvHeads.begin = heads - 1;
    if (pick(random, 0, 7) == 0)
      transfer.rows.append(0);
    transfers.push_back(transfer);
  }
  return transfers;
}

/// What the rows of a message list hold, one after another.
std::vector<char> bytesOf(const std::vector<comm::Transfer> &messages) {
  std::vector<char> bytes;
  for (const comm::Transfer &message : messages) {
    const char *data = static_cast<const char *>(message.data);
    bytes.insert(bytes.end(), data, data + message.bytes);
  }
  return bytes;
}

TEST(Messages, RowsThatLieAsTheyWouldBePackedAreSentFromThere) {
  Random random(4);
  int64_t inPlace = 0, packed = 0;
  for (int n = 0; n < 3000; ++n) {
    const int64_t heads = pick(random, 1, 3), rows = pick(random, 1, 9);
    const int64_t batch = pick(random, 1, 3), columns = pick(random, 1, 4);
    Tensor tensor(random, {batch, rows, heads, columns});
    const std::vector<Transfer> transfers =
        randomTransfers(random, heads, rows);
    const int64_t moved = rowsOf(transfers);
    std::vector<char> expected(batch * moved * columns);
    packRows(transfers, tensor.view, 1, expected.data());
    // Whether the elements lie so, from the packed bytes' places alone.
    bool isDense = transfers.size() == 1;
    int64_t next = -1;
    for (const Transfer &transfer : transfers)
      for (int32_t row : transfer.rows.list())
        for (int64_t head = transfer.kvHeads.begin; head < transfer.kvHeads.end;
             ++head) {
          const int64_t at =
              row * tensor.view.strides[1] + head * tensor.view.strides[2];
          isDense &= next < 0 || at == next;
          next = at + columns;
        }
    const std::optional<Memref4> found = rowsInPlace(transfers, tensor.view);
    if (!found) {
      // Few heads, or one row, may be dense by chance: those are packed.
      ASSERT_TRUE(!isDense || transfers[0].kvHeads.size() < heads ||
                  transfers[0].rows.size() == 1)
          << n;
      ++packed;
      continue;
    }
    ++inPlace;
    ASSERT_TRUE(isDense);
    ASSERT_EQ(found->sizes[1], moved);
    Memref4 none = *found;
    none.sizes[0] = 0;
    ASSERT_EQ(bytesOf(messagesOf(1, *found, none, 1)), expected) << n;
  }
  EXPECT_GT(inPlace, 500);
  EXPECT_GT(packed, 500);
}

TEST(Messages, AreThoseOfKAndThenOfVBatchByBatch) {
  char memory[4096];
  const Memref4 k = {memory, memory, 2, {2, 5, 1, 3}, {20, 3, 3, 1}};
  const Memref4 v = {memory, memory + 800, 0, {2, 5, 1, 4}, {20, 4, 4, 1}};
  const std::vector<comm::Transfer> messages = messagesOf(7, k, v, 4);
  ASSERT_EQ(messages.size(), 4u);
  const int64_t offsets[] = {8, 88, 800, 880}, bytes[] = {60, 60, 80, 80};
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(messages[i].peer, 7);
    EXPECT_EQ(static_cast<char *>(messages[i].data) - memory, offsets[i]);
    EXPECT_EQ(int64_t(messages[i].bytes), bytes[i]);
  }
}

TEST(Messages, ThatArePackedIntoThePeersMemoryAreWhatItWouldBeSentPacked) {
  Random random(5);
  for (int n = 0; n < 500; ++n) {
    const int64_t heads = pick(random, 1, 3), rows = pick(random, 1, 9);
    const int64_t batch = pick(random, 0, 3);
    Tensor k(random, {batch, rows, heads, pick(random, 1, 4)});
    Tensor v(random, {batch, rows, heads, pick(random, 1, 4)});
    const std::vector<Transfer> transfers =
        randomTransfers(random, heads, rows);
    const int64_t moved = rowsOf(transfers);
    std::vector<char> expected, received;
    for (const Memref4 &tensor : {k.view, v.view}) {
      std::vector<char> packed(batch * moved * tensor.sizes[3]);
      packRows(transfers, tensor, 1, packed.data());
      expected.insert(expected.end(), packed.begin(), packed.end());
    }
    const std::vector<comm::Transfer> messages =
        messagesOf(7, transfers, moved, k.view, v.view, 1);
    ASSERT_EQ(int64_t(messages.size()), 2 * batch);
    for (const comm::Transfer &message : messages) {
      ASSERT_EQ(message.peer, 7);
      std::vector<char> bytes(message.bytes);
      message.write(bytes.data());
      received.insert(received.end(), bytes.begin(), bytes.end());
    }
    ASSERT_EQ(received, expected) << n;
  }
}

} // namespace
