//===- CopiesOnDeviceTest.cpp - Threads whose rows are on GPUs ------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// On the GPUs that there are; skipped where there is none.
//
//===----------------------------------------------------------------------===//

#include "NcclVictim.h"
#include "ThreadRing.h"

#include "rdattn/runtime.h"
#include "runtime/cuda/Driver.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace rdattn::test;
using namespace rdattn::runtime;
using namespace rdattn::runtime::comm;
using testing::HasSubstr;

static constexpr double kLong = 60;

static void expectNoFailure(const std::vector<Ending> &endings) {
  for (const Ending &ending : endings)
    EXPECT_FALSE(ending.failure) << ending.failure->message;
}

namespace {
struct OnDevices : testing::Test {
  void SetUp() override {
    ASSERT_EQ(rdattn_cuda_device_count(&count), RDATTN_OK)
        << rdattn_last_error();
    if (count == 0)
      GTEST_SKIP() << "there is no GPU";
  }

  /// Ranks on all devices in turn, or on the first alone.
  std::vector<int32_t> place(int32_t size, bool onFirst) const {
    std::vector<int32_t> devices(size);
    for (int32_t rank = 0; rank < size; ++rank)
      devices[rank] = onFirst ? 0 : rank % count;
    return devices;
  }

  int32_t count = 0;
};

/// Steps whose bytes are written and read on a stream of the rank's own, with
/// two buffers in turn: no host thread waits until the end.
class StreamedShifts {
public:
  StreamedShifts(Communicator &rank, int32_t steps, unsigned seed)
      : rank(rank), steps(steps), random(seed) {}

  MaybeFailure run() {
    if (MaybeFailure failure = cuda::findDevice(rank.device(), gpu))
      return failure;
    cuda::ScopedContext context(*gpu);
    Result result = gpu->api().streamCreate(&stream, cuda::StreamNonBlocking);
    const size_t words = kBuffers * 2 * kMostWords + steps * kNoted;
    if (result == cuda::Success)
      result = gpu->api().allocate(&memory, words * sizeof(unsigned));
    MaybeFailure failure;
    if (result != cuda::Success)
      failure = gpu->failure(result, "prepare a test");
    else
      failure = runSteps();
    if (!failure)
      failure = check();
    gpu->api().free(memory);
    gpu->api().streamDestroy(stream);
    return failure;
  }

private:
  using Result = cuda::Result;
  static constexpr size_t kBuffers = 2, kMostWords = 4 << 20, kNoted = 64;

  cuda::Address sent(int32_t step) const {
    return memory + (step % kBuffers) * 2 * kMostWords * sizeof(unsigned);
  }
  cuda::Address received(int32_t step) const {
    return sent(step) + kMostWords * sizeof(unsigned);
  }
  cuda::Address noted(int32_t step) const {
    return memory +
           (kBuffers * 2 * kMostWords + step * kNoted) * sizeof(unsigned);
  }
  static unsigned value(int32_t rank, int32_t step) {
    return 1000 * rank + step;
  }
  int32_t source(int32_t step) const {
    return (rank.rank + rank.size - 1 - step % (rank.size - 1)) % rank.size;
  }

  MaybeFailure post(int32_t number, size_t words) {
    // More work than a copy would wait for by chance.
    Result result = cuda::Success;
    for (unsigned i = 0; i < 8 && result == cuda::Success; ++i)
      result = gpu->api().fill(sent(number), i, words, stream);
    if (result == cuda::Success)
      result = gpu->api().fill(sent(number), value(rank.rank, number), words,
                               stream);
    if (result != cuda::Success)
      return gpu->failure(result, "fill");
    Step step = shift(rank, number, words * sizeof(unsigned));
    step.memory = nullptr;
    step.stream = stream;
    step.sends[0].data = reinterpret_cast<void *>(sent(number));
    step.receives[0].data = reinterpret_cast<void *>(received(number));
    return rank.post(std::move(step));
  }

  /// Notes the last words of what came.
  MaybeFailure wait(int32_t number, size_t words) {
    if (MaybeFailure failure = rank.wait(number, stream))
      return failure;
    Result result = gpu->api().copyOnDevice(
        noted(number), received(number) + (words - kNoted) * sizeof(unsigned),
        kNoted * sizeof(unsigned), stream);
    // As a later step's copy would find it, were it too early.
    if (result == cuda::Success)
      result = gpu->api().fill(received(number), ~0u, words, stream);
    if (result != cuda::Success)
      return gpu->failure(result, "note");
    return std::nullopt;
  }

  MaybeFailure runSteps() {
    std::vector<size_t> words;
    for (int32_t step = 0; step < steps; ++step)
      words.push_back(kNoted + random() % (kMostWords - kNoted));
    for (int32_t step = 0; step <= steps; ++step) {
      if (step > 0)
        if (MaybeFailure failure = wait(step - 1, words[step - 1]))
          return failure;
      if (step < steps)
        if (MaybeFailure failure = post(step, words[step]))
          return failure;
    }
    return rank.synchronize();
  }

  MaybeFailure check() {
    Result result = gpu->api().streamSynchronize(stream);
    std::vector<unsigned> all(steps * kNoted);
    if (result == cuda::Success)
      result = gpu->api().copy(reinterpret_cast<cuda::Address>(all.data()),
                               noted(0), all.size() * sizeof(unsigned));
    if (result != cuda::Success)
      return gpu->failure(result, "read");
    for (int32_t step = 0; step < steps; ++step)
      for (size_t i = 0; i < kNoted; ++i)
        if (all[step * kNoted + i] != value(source(step), step))
          return invalid("step ", step, " of ", rank.name(), " brought ",
                         all[step * kNoted + i], ", not ",
                         value(source(step), step));
    return std::nullopt;
  }

  Communicator &rank;
  const int32_t steps;
  std::mt19937 random; ///< the same on every rank
  cuda::Device *gpu = nullptr;
  cuda::StreamHandle stream = nullptr;
  cuda::Address memory = 0;
};
} // namespace

TEST_F(OnDevices, TransfersArrive) {
  for (bool onFirst : {true, false})
    for (int32_t size : {2, 3, 8})
      for (size_t bytes : {size_t(1), size_t(1000), size_t(4) << 20}) {
        ThreadRing ring(place(size, onFirst), kLong);
        expectNoFailure(ring.run([&](Communicator &rank) {
          return deviceShifts(rank, 2 * size, bytes);
        }));
      }
}

TEST_F(OnDevices, StreamsOrderWhatNoHostWaitsFor) {
  for (bool onFirst : {true, false})
    for (int32_t size : {2, 3, 5, 8})
      for (unsigned seed = 0; seed < 3; ++seed) {
        ThreadRing ring(place(size, onFirst), kLong);
        expectNoFailure(ring.run([&](Communicator &rank) {
          return StreamedShifts(rank, 24, seed).run();
        }));
      }
}

TEST_F(OnDevices, RecordsAreCollected) {
  ThreadRing ring(place(4, false), kLong);
  expectNoFailure(ring.run([](Communicator &rank) -> MaybeFailure {
    const std::vector<int32_t> mine(512, rank.rank);
    std::vector<int32_t> all(4 * 512, -1);
    if (MaybeFailure failure = rank.exchange(mine.data(), 2048, all.data()))
      return failure;
    for (size_t i = 0; i < all.size(); ++i)
      EXPECT_EQ(all[i], static_cast<int32_t>(i / 512));
    return std::nullopt;
  }));
}

TEST_F(OnDevices, AStallEndsWithTheTimeoutAndAnotherRingGoesOn) {
  for (int32_t step : {0, 2}) {
    ThreadRing ring(place(3, false), 1);
    std::vector<Ending> endings = ring.run([&](Communicator &rank) {
      return deviceShifts(rank, 4, 1 << 20, [&](int32_t now) {
        return rank.rank != 1 || now != step;
      });
    });
    for (int32_t rank : {0, 2}) {
      ASSERT_TRUE(endings[rank].failure);
      EXPECT_EQ(endings[rank].failure->status, RDATTN_RING_ERROR);
      EXPECT_THAT(endings[rank].failure->message,
                  HasSubstr("for rank 1, which did not come"));
      EXPECT_LT(endings[rank].seconds, 20);
    }
    ThreadRing next(place(3, false), kLong);
    expectNoFailure(next.run(
        [](Communicator &rank) { return deviceShifts(rank, 4, 1 << 20); }));
  }
}

TEST_F(OnDevices, AnAbortEndsTheWaitOfItsRank) {
  ThreadRing ring(place(2, false), kLong);
  std::vector<Ending> endings =
      ring.run([&](Communicator &rank) -> MaybeFailure {
        if (rank.rank == 0)
          return deviceShifts(rank, 4, 1 << 20);
        rank.abort("it was asked to");
        return std::nullopt;
      });
  ASSERT_TRUE(endings[0].failure);
  EXPECT_THAT(endings[0].failure->message, HasSubstr("it was asked to"));
  EXPECT_LT(endings[0].seconds, 20);
}
