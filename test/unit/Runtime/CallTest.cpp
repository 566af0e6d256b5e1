//===- CallTest.cpp - Stopping, failing and scratch -----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeModule.h"

#include "gtest/gtest.h"
#include <atomic>
#include <cstring>
#include <thread>

using namespace rdattn::test;

static constexpr int64_t kTooMuch = int64_t(1) << 60;

// What an allocation failure looks like to the runtime without a sanitizer.
extern "C" const char *__asan_default_options();
extern "C" const char *__asan_default_options() {
  return "allocator_may_return_null=1";
}

namespace {
struct Call : testing::Test {
  void SetUp() override { ASSERT_EQ(fake.open(), RDATTN_OK); }
  rdattn_status run() { return rdattn_run(fake.function(), &arguments.list); }

  FakeModule fake;
  Arguments arguments;
};
} // namespace

TEST_F(Call, StopsFromAnotherThread) {
  volatile int stop = 0;
  arguments.list.stop = &stop;
  std::atomic<bool> started{false};
  body = [&](void **) {
    void *call = rdattn_current_call();
    EXPECT_EQ(rdattn_should_stop(call), 0);
    std::thread worker([=, &started] {
      started = true;
      while (!rdattn_should_stop(call))
        std::this_thread::yield();
    });
    worker.join();
  };
  std::thread other([&] {
    while (!started)
      std::this_thread::yield();
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
  });
  EXPECT_EQ(run(), RDATTN_INTERRUPTED);
  other.join();
  EXPECT_STREQ(rdattn_last_error(),
               "interrupted before the result was complete");
}

TEST_F(Call, AStopThatWasSeenStays) {
  volatile int stop = 0;
  arguments.list.stop = &stop;
  body = [&](void **) {
    stop = 1;
    EXPECT_NE(rdattn_should_stop(rdattn_current_call()), 0);
    stop = 0;
    EXPECT_NE(rdattn_should_stop(rdattn_current_call()), 0);
  };
  EXPECT_EQ(run(), RDATTN_INTERRUPTED);
}

TEST_F(Call, AStopAfterTheLastTileIsNoFailure) {
  volatile int stop = 0;
  arguments.list.stop = &stop;
  body = [&](void **) { stop = 1; };
  EXPECT_EQ(run(), RDATTN_OK);
  // Set beforehand it ends the call at once.
  body = [](void **) { ADD_FAILURE() << "the entry ran"; };
  EXPECT_EQ(run(), RDATTN_INTERRUPTED);
}

TEST_F(Call, ScratchThatDoesNotFitFailsTheCall) {
  body = [&](void **) {
    void *call = rdattn_current_call();
    EXPECT_EQ(rdattn_scratch(call, kTooMuch), nullptr);
    EXPECT_NE(rdattn_should_stop(call), 0);
  };
  EXPECT_EQ(run(), RDATTN_OUT_OF_MEMORY);
  EXPECT_STREQ(rdattn_last_error(), "memory ran out during the call");
  body = [&](void **) {
    for (int64_t bytes : {kTooMuch, INT64_MAX, int64_t(-1)})
      EXPECT_EQ(rdattn_shared_scratch(rdattn_current_call(), bytes), nullptr);
  };
  EXPECT_EQ(run(), RDATTN_OUT_OF_MEMORY);
  // The next call starts afresh.
  body = nullptr;
  EXPECT_EQ(run(), RDATTN_OK);
}

TEST_F(Call, TheFirstFailureCounts) {
  volatile int stop = 1;
  body = [&](void **) {
    EXPECT_EQ(rdattn_scratch(rdattn_current_call(), kTooMuch), nullptr);
    arguments.list.stop = &stop;
    EXPECT_NE(rdattn_should_stop(rdattn_current_call()), 0);
  };
  EXPECT_EQ(run(), RDATTN_OUT_OF_MEMORY);
}

TEST_F(Call, ScratchIsAlignedKeptAndOneThreadsOwn) {
  void *kept = nullptr;
  body = [&](void **) {
    void *call = rdattn_current_call();
    kept = rdattn_scratch(call, 1000);
    ASSERT_NE(kept, nullptr);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(kept) % 64, 0u);
    std::memset(kept, 1, 1000);
    std::thread worker([=] {
      void *own = rdattn_scratch(call, 1000);
      EXPECT_NE(own, nullptr);
      EXPECT_NE(own, kept);
      std::memset(own, 2, 1000);
    });
    worker.join();
    EXPECT_EQ(static_cast<char *>(kept)[999], 1);
    void *grown = rdattn_scratch(call, 100000);
    ASSERT_NE(grown, nullptr);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(grown) % 64, 0u);
    std::memset(grown, 3, 100000);
    kept = grown;
  };
  EXPECT_EQ(run(), RDATTN_OK);
  body = [&](void **) {
    EXPECT_EQ(rdattn_scratch(rdattn_current_call(), 10), kept);
  };
  EXPECT_EQ(run(), RDATTN_OK);
}

TEST_F(Call, SharedScratchLastsTheCall) {
  body = [&](void **) {
    void *call = rdattn_current_call();
    void *first = rdattn_shared_scratch(call, 100);
    void *second = rdattn_shared_scratch(call, 0);
    ASSERT_NE(first, nullptr);
    ASSERT_NE(second, nullptr);
    EXPECT_NE(first, second);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(first) % 64, 0u);
    std::thread worker([=] { std::memset(first, 1, 100); });
    worker.join();
    EXPECT_EQ(static_cast<char *>(first)[99], 1);
  };
  EXPECT_EQ(run(), RDATTN_OK);
}

TEST_F(Call, ACallInsideACallHasItsOwnState) {
  Arguments inner;
  volatile int stop = 1;
  inner.list.stop = &stop;
  body = [&](void **) {
    void *call = rdattn_current_call();
    EXPECT_EQ(rdattn_run(fake.function(), &inner.list), RDATTN_INTERRUPTED);
    EXPECT_EQ(rdattn_current_call(), call);
    EXPECT_EQ(rdattn_should_stop(call), 0);
  };
  EXPECT_EQ(run(), RDATTN_OK);
}

TEST(NoCall, CodeMayRunOutsideOfACall) {
  EXPECT_EQ(rdattn_current_call(), nullptr);
  EXPECT_EQ(rdattn_should_stop(nullptr), 0);
  EXPECT_EQ(rdattn_scratch(nullptr, kTooMuch), nullptr);
  EXPECT_EQ(rdattn_shared_scratch(nullptr, kTooMuch), nullptr);
  EXPECT_EQ(rdattn_should_stop(nullptr), 0);
  EXPECT_NE(rdattn_scratch(nullptr, 10), nullptr);
  EXPECT_NE(rdattn_shared_scratch(nullptr, 10), nullptr);
}

TEST(NoCall, ErrorsBelongToTheirThread) {
  EXPECT_EQ(rdattn_run(nullptr, nullptr), RDATTN_INVALID_ARGUMENT);
  const std::string mine = rdattn_last_error();
  std::thread other([] {
    EXPECT_STREQ(rdattn_last_error(), "");
    rdattn_module *module;
    EXPECT_NE(rdattn_module_from_data(nullptr, &module), RDATTN_OK);
  });
  other.join();
  EXPECT_EQ(rdattn_last_error(), mine);
  EXPECT_EQ(rdattn_abi_version(), RDATTN_ABI_VERSION);
}
