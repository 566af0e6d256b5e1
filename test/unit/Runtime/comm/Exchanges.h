//===- Exchanges.h - What ranks move in tests -------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For every transport: nothing here knows how the bytes travel.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TEST_RUNTIME_COMM_EXCHANGES_H
#define RDATTN_TEST_RUNTIME_COMM_EXCHANGES_H

#include "runtime/comm/Communicator.h"

#include <functional>
#include <random>

namespace rdattn::test {

using runtime::Failure;
using runtime::MaybeFailure;
using runtime::comm::Communicator;
using runtime::comm::Step;

/// Transfers of random sizes between random ranks: the same on every rank.
class RandomExchange {
public:
  RandomExchange(int32_t size, int32_t steps, size_t mostBytes, unsigned seed);

  /// Runs it with `ahead` steps in flight beside the one that is waited for.
  /// Returns what went wrong, or nothing.
  std::string run(Communicator &rank, int32_t ahead) const;

private:
  struct Moved {
    int32_t from, to;
    size_t bytes;
    unsigned char first; ///< of the values, which count up from it
  };
  struct Buffers;
  Step post(Communicator &rank, int32_t step, Buffers &buffers) const;
  static std::string check(const Buffers &buffers);

  std::vector<std::vector<Moved>> steps;
};

/// A step of the ring in which each rank sends to the one `number` + 1 after it
/// and receives from the one as far before. Its memory is its own.
Step shift(const Communicator &rank, int64_t number, size_t bytes);

/// Runs `steps` shifts, one step ahead, and stops at the first failure.
/// `before(step)` runs before each is posted, and can stop it with false.
MaybeFailure shifts(Communicator &rank, int32_t steps, size_t bytes,
                    const std::function<bool(int32_t step)> &before = nullptr);

} // namespace rdattn::test

#endif // RDATTN_TEST_RUNTIME_COMM_EXCHANGES_H
