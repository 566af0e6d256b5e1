//===- Exchanges.cpp - What ranks move in tests ---------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Exchanges.h"

using namespace rdattn::test;
using rdattn::runtime::text;
using Bytes = std::vector<unsigned char>;

/// Behind what a buffer receives: no transport may write there.
static constexpr size_t kGuard = 16;
static constexpr unsigned char kUntouched = 0xa5;

struct RandomExchange::Buffers {
  struct Received {
    const Moved *moved;
    Bytes bytes;
  };
  std::vector<Bytes> sent;
  std::vector<Received> received;
};

RandomExchange::RandomExchange(int32_t size, int32_t count, size_t mostBytes,
                               unsigned seed)
    : steps(count) {
  std::mt19937 random(seed);
  for (std::vector<Moved> &step : steps) {
    const unsigned transfers = size < 2 ? 0 : random() % (3 * size);
    for (unsigned i = 0; i < transfers; ++i) {
      const auto from = static_cast<int32_t>(random() % size);
      const auto to =
          static_cast<int32_t>((from + 1 + random() % (size - 1)) % size);
      const bool isEmpty = random() % 8 == 0;
      step.push_back({from, to, isEmpty ? 0 : random() % mostBytes,
                      static_cast<unsigned char>(random())});
    }
  }
}

Step RandomExchange::post(Communicator &rank, int32_t number,
                          Buffers &buffers) const {
  Step step;
  step.number = number;
  for (const Moved &moved : steps[number]) {
    if (moved.from == rank.rank) {
      Bytes bytes(moved.bytes);
      for (size_t i = 0; i < moved.bytes; ++i)
        bytes[i] = static_cast<unsigned char>(moved.first + i);
      buffers.sent.push_back(std::move(bytes));
      step.sends.push_back({moved.to, buffers.sent.back().data(), moved.bytes});
    }
    if (moved.to == rank.rank) {
      buffers.received.push_back(
          {&moved, Bytes(moved.bytes + kGuard, kUntouched)});
      step.receives.push_back(
          {moved.from, buffers.received.back().bytes.data(), moved.bytes});
    }
  }
  return step;
}

std::string RandomExchange::check(const Buffers &buffers) {
  for (const Buffers::Received &received : buffers.received) {
    const Moved &moved = *received.moved;
    for (size_t i = 0; i < received.bytes.size(); ++i) {
      const unsigned char expected =
          i < moved.bytes ? static_cast<unsigned char>(moved.first + i)
                          : kUntouched;
      if (received.bytes[i] != expected)
        return "byte " + text(i) + " of " + text(moved.bytes) + " from rank " +
               text(moved.from) + " to rank " + text(moved.to) + " is " +
               text(received.bytes[i]) + ", not " + text(expected);
    }
  }
  return "";
}

std::string RandomExchange::run(Communicator &rank, int32_t ahead) const {
  const auto count = static_cast<int32_t>(steps.size());
  std::vector<Buffers> buffers(count);
  for (int32_t step = 0, posted = 0; step < count; ++step) {
    for (; posted < count && posted <= step + ahead; ++posted)
      if (MaybeFailure failure = rank.post(post(rank, posted, buffers[posted])))
        return failure->message;
    if (MaybeFailure failure = rank.wait(step))
      return failure->message;
    if (MaybeFailure failure = rank.synchronize()) // on a GPU it goes on
      return failure->message;
    std::string wrong = check(buffers[step]);
    if (!wrong.empty())
      return "step " + text(step) + ": " + wrong;
    for (Bytes &bytes : buffers[step].sent) // no longer the transport's
      bytes.assign(bytes.size(), kUntouched);
  }
  return "";
}

Step rdattn::test::shift(const Communicator &rank, int64_t number,
                         size_t bytes) {
  Step step;
  step.number = number;
  if (rank.size == 1)
    return step;
  const auto distance = static_cast<int32_t>(1 + number % (rank.size - 1));
  auto memory = std::make_shared<std::vector<char>>(2 * bytes);
  step.sends = {{(rank.rank + distance) % rank.size, memory->data(), bytes}};
  step.receives = {{(rank.rank + rank.size - distance) % rank.size,
                    memory->data() + bytes, bytes}};
  step.memory = memory;
  return step;
}

MaybeFailure rdattn::test::shifts(Communicator &rank, int32_t steps,
                                  size_t bytes,
                                  const std::function<bool(int32_t)> &before) {
  for (int32_t step = 0; step <= steps; ++step) {
    if (step < steps) {
      if (before && !before(step))
        return std::nullopt;
      if (MaybeFailure failure = rank.post(shift(rank, step, bytes)))
        return failure;
    }
    if (step > 0)
      if (MaybeFailure failure = rank.wait(step - 1))
        return failure;
  }
  return std::nullopt;
}
