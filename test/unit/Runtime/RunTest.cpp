//===- RunTest.cpp - What an entry point is given -------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeModule.h"

#include "gtest/gtest.h"
#include <atomic>
#include <cmath>
#include <thread>

using namespace rdattn::test;

extern "C" int omp_get_max_threads(void);

template <int N> static Memref<N> memref(void *argument) {
  return *static_cast<Memref<N> *>(argument);
}

TEST(Run, PassesDescriptorsInTheOrderOfTheRoles) {
  FakeModule fake("lqskvo");
  ASSERT_EQ(fake.open(), RDATTN_OK);
  Arguments arguments;
  bool ran = false;
  body = [&](void **given) {
    ran = true;
    auto lse = memref<3>(given[0]);
    EXPECT_EQ(lse.aligned, arguments.lse.memory.data());
    EXPECT_EQ(lse.allocated, lse.aligned);
    EXPECT_EQ(lse.offset, 0);
    for (int d = 0; d < 3; ++d) {
      EXPECT_EQ(lse.sizes[d], arguments.lse.sizes[d]);
      EXPECT_EQ(lse.strides[d], arguments.lse.strides[d]);
    }
    const Tensor *tensors[] = {&arguments.q, nullptr, &arguments.k,
                               &arguments.v, &arguments.o};
    for (int i : {0, 2, 3, 4}) {
      auto tensor = memref<4>(given[i + 1]);
      EXPECT_EQ(tensor.aligned, tensors[i]->memory.data());
      for (int d = 0; d < 4; ++d) {
        EXPECT_EQ(tensor.sizes[d], tensors[i]->sizes[d]);
        EXPECT_EQ(tensor.strides[d], tensors[i]->strides[d]);
      }
    }
    EXPECT_EQ(*static_cast<float *>(given[2]), 0.5f);
  };
  EXPECT_EQ(rdattn_run(fake.function(), &arguments.list), RDATTN_OK)
      << rdattn_last_error();
  EXPECT_TRUE(ran);
}

TEST(Run, ScaleIsOneOverTheRootOfTheHeadDimensionWhereNoneIsGiven) {
  FakeModule fake;
  ASSERT_EQ(fake.open(), RDATTN_OK);
  Arguments arguments;
  float seen = 0;
  body = [&](void **given) { seen = *static_cast<float *>(given[3]); };
  arguments.list.scale = nullptr;
  EXPECT_EQ(rdattn_run(fake.function(), &arguments.list), RDATTN_OK);
  EXPECT_EQ(seen, static_cast<float>(1 / std::sqrt(8.0)));
  for (float scale : {0.0f, -2.0f}) {
    arguments.scale = scale;
    arguments.list.scale = &arguments.scale;
    EXPECT_EQ(rdattn_run(fake.function(), &arguments.list), RDATTN_OK);
    EXPECT_EQ(seen, scale);
  }
}

TEST(Run, ASizeOfOneMayHaveAnyStride) {
  FakeModule fake;
  ASSERT_EQ(fake.open(), RDATTN_OK);
  Arguments arguments(2, 5, 4, 2, 1, 1);
  for (Tensor *tensor : {&arguments.q, &arguments.k, &arguments.o})
    tensor->strides[3] = 77;
  body = [&](void **given) {
    EXPECT_EQ(memref<4>(given[0]).strides[3], 1);
    EXPECT_EQ(memref<4>(given[4]).strides[3], 1);
  };
  EXPECT_EQ(rdattn_run(fake.function(), &arguments.list), RDATTN_OK)
      << rdattn_last_error();
}

TEST(Run, InputsMayBeBroadcastReversedAndShared) {
  FakeModule fake;
  ASSERT_EQ(fake.open(), RDATTN_OK);
  Arguments arguments(2, 5, 4, 4, 6, 6);
  arguments.k.view.data = arguments.q.view.data;
  arguments.v.strides = {0, 0, 0, 1};
  EXPECT_EQ(rdattn_run(fake.function(), &arguments.list), RDATTN_OK)
      << rdattn_last_error();
  // Tokens backwards, outputs too.
  for (Tensor *tensor : {&arguments.q, &arguments.o}) {
    tensor->view.data = tensor->memory.data() + 4 * tensor->strides[1];
    tensor->strides[1] *= -1;
  }
  EXPECT_EQ(rdattn_run(fake.function(), &arguments.list), RDATTN_OK)
      << rdattn_last_error();
}

TEST(Run, TensorsMayInterleaveInOneBuffer) {
  FakeModule fake;
  ASSERT_EQ(fake.open(), RDATTN_OK);
  Arguments arguments(2, 5, 4, 2, 6, 6);
  // [B, S, 4 of q + 2 of k + 2 of v + 4 of o, D]
  std::vector<float> packed(2 * 5 * 12 * 6);
  int heads = 0;
  for (Tensor *tensor :
       {&arguments.q, &arguments.k, &arguments.v, &arguments.o}) {
    tensor->view.data = packed.data() + heads * 6;
    tensor->strides = {5 * 12 * 6, 12 * 6, 6, 1};
    heads += static_cast<int>(tensor->sizes[2]);
    tensor->view.strides = tensor->strides.data();
  }
  EXPECT_EQ(rdattn_run(fake.function(), &arguments.list), RDATTN_OK)
      << rdattn_last_error();
  // One element into v's last head.
  arguments.o.view.data = packed.data() + 8 * 6 - 1;
  EXPECT_EQ(rdattn_run(fake.function(), &arguments.list),
            RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(),
               "o and v share memory, but an output must be apart from every "
               "other tensor");
}

TEST(Run, EmptyProblemsSucceedAndWriteNothing) {
  FakeModule fake;
  ASSERT_EQ(fake.open(), RDATTN_OK);
  body = [](void **) { ADD_FAILURE() << "the entry ran"; };
  const int64_t sizes[][4] = {
      {0, 5, 4, 2}, {2, 0, 4, 2}, {2, 5, 0, 2}, {2, 5, 0, 0}, {0, 0, 0, 0}};
  for (const auto &s : sizes) {
    Arguments arguments(s[0], s[1], s[2], s[3]);
    for (Tensor *tensor : {&arguments.q, &arguments.o, &arguments.lse})
      tensor->view.data = nullptr;
    EXPECT_EQ(rdattn_run(fake.function(), &arguments.list), RDATTN_OK)
        << rdattn_last_error();
  }
}

TEST(Run, ThreadsHoldForOneCall) {
  FakeModule fake;
  ASSERT_EQ(fake.open(), RDATTN_OK);
  Arguments arguments;
  const int before = omp_get_max_threads();
  int seen = 0;
  body = [&](void **) { seen = omp_get_max_threads(); };
  for (int32_t threads : {1, 3, 0}) {
    arguments.list.threads = threads;
    EXPECT_EQ(rdattn_run(fake.function(), &arguments.list), RDATTN_OK);
    EXPECT_EQ(seen, threads ? threads : before);
    EXPECT_EQ(omp_get_max_threads(), before);
  }
  arguments.list.threads = INT32_MAX; // more than libomp would survive
  EXPECT_EQ(rdattn_run(fake.function(), &arguments.list), RDATTN_OK);
  EXPECT_GE(seen, 1);
  EXPECT_LT(seen, 1 << 16);
}

TEST(Run, HostThreadsRunAtOnce) {
  FakeModule fake;
  ASSERT_EQ(fake.open(), RDATTN_OK);
  std::atomic<int> inside{0};
  std::atomic<void *> calls[2] = {};
  body = [&](void **given) {
    // Each waits for the other: neither call may lock the other out.
    calls[inside++] = rdattn_current_call();
    while (inside < 2)
      std::this_thread::yield();
    auto o = memref<4>(given[4]);
    *static_cast<float *>(o.aligned) =
        static_cast<float>(omp_get_max_threads());
  };
  Arguments first, second;
  first.list.threads = 2;
  second.list.threads = 3;
  rdattn_status status = RDATTN_IO_ERROR;
  std::thread other(
      [&] { status = rdattn_run(fake.function(), &second.list); });
  EXPECT_EQ(rdattn_run(fake.function(), &first.list), RDATTN_OK);
  other.join();
  EXPECT_EQ(status, RDATTN_OK);
  EXPECT_NE(calls[0].load(), calls[1].load());
  EXPECT_EQ(first.o.memory[0], 2);
  EXPECT_EQ(second.o.memory[0], 3);
  EXPECT_EQ(rdattn_current_call(), nullptr);
}
