//===- DeviceTest.cpp - CUDA launches on a GPU ----------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where there is a GPU: that its driver agrees with what the other tests take
// for granted.
//
//===----------------------------------------------------------------------===//

#include "DeviceFixture.h"

#include <chrono>
#include <cstdio>
#include <thread>

using namespace rdattn::test;
namespace cuda = rdattn::runtime::cuda;

TEST_F(OnDevice, RunsAgainAndAgain) {
  Attention attention;
  const uint64_t before = rdattn_cuda_upload_count();
  for (int i = 0; i < 100; ++i)
    run(attention);
  synchronize(nullptr);
  EXPECT_EQ(attention.o.read(), Attention::expected(32));
  EXPECT_EQ(rdattn_cuda_upload_count() - before, 1u);
}

TEST_F(OnDevice, EncodesMapsOfAnyStrides) {
  program.kernel_count = 1; // maps or nothing
  Attention attention;
  run(attention);
  for (int64_t dilation : {2, 4, 32}) {
    rdattn_plan_spec_destroy(spec);
    spec = createSpec(dilation);
    const int64_t headsFirst[] = {32 * 256, 64, 32 * 64, 1};
    for (rdattn_tensor &tensor : attention.tensors)
      tensor.strides = dilation == 4 ? headsFirst : Attention::kStrides;
    run(attention);
    synchronize(nullptr);
  }
  const int64_t one[] = {1, 1, 1, 64}, strides[] = {-7, 0, 3, 1};
  for (rdattn_tensor &tensor : attention.tensors) {
    tensor.sizes = one;
    tensor.strides = strides;
  }
  run(attention);
  synchronize(nullptr);
}

TEST_F(OnDevice, StreamsRunBesideEachOther) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      cuda::ScopedContext current(*device);
      void *stream = createStream();
      Attention attention;
      attention.nanoseconds = 20000;
      for (int i = 0; i < 200; ++i)
        run(attention, stream);
      synchronize(stream);
      EXPECT_EQ(attention.o.read(), Attention::expected(32));
      EXPECT_EQ(call("cuStreamDestroy_v2", stream), 0);
    });
  for (std::thread &thread : threads)
    thread.join();
}

TEST_F(OnDevice, GraphsKeepWhatTheyUse) {
  void *stream = createStream(), *graph = nullptr, *executable = nullptr;
  Attention captured, eager;
  // The strictest mode, and the first call of all.
  ASSERT_EQ(call("cuStreamBeginCapture_v2", stream, 0), 0);
  run(captured, stream);
  run(captured, stream);
  ASSERT_EQ(call("cuStreamEndCapture", stream, &graph), 0);
  ASSERT_EQ(call("cuGraphInstantiateWithFlags", &executable, graph, 0ull), 0);
  EXPECT_EQ(captured.o.read(), std::vector<uint16_t>(Attention::kWords));
  run(eager);
  rdattn_plan_spec_destroy(spec);
  rdattn_module_close(fake.module);
  fake.module = nullptr;
  ASSERT_EQ(fake.open(), RDATTN_OK);
  spec = createSpec(2); // may get the memory of the plan that went
  void *other = createStream();
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(call("cuGraphLaunch", executable, stream), 0);
    run(eager, other);
  }
  synchronize(stream);
  synchronize(other);
  EXPECT_EQ(captured.o.read(), Attention::expected(32));
  EXPECT_EQ(eager.o.read(), Attention::expected(16));
  EXPECT_EQ(call("cuGraphExecDestroy", executable), 0);
  EXPECT_EQ(call("cuGraphDestroy", graph), 0);
}

TEST_F(OnDevice, WhatIsInFlightStays) {
  for (int i = 0; i < 5; ++i) {
    Attention attention;
    attention.nanoseconds = 1e8;
    void *stream = createStream();
    run(attention, stream);
    rdattn_plan_spec_destroy(spec);
    rdattn_module_close(fake.module); // frees its code and the plan
    fake.module = nullptr;
    ASSERT_EQ(fake.open(), RDATTN_OK);
    spec = createSpec(1);
    synchronize(stream);
    EXPECT_EQ(attention.o.read(), Attention::expected(32));
    EXPECT_EQ(call("cuStreamDestroy_v2", stream), 0);
  }
}

TEST_F(OnDevice, HostMemoryIsRefused) {
  Attention attention;
  std::vector<uint16_t> host(Attention::kWords);
  attention.tensors[1].data = host.data();
  attention.arguments.plan = spec;
  EXPECT_EQ(rdattn_run(fake.function(), &attention.arguments),
            RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(),
               "k is not in GPU memory, but must be in that of device 0");
}

TEST_F(OnDevice, TheCompilerSaysWhatIsWrong) {
  std::string bad = text;
  bad.insert(bad.find("membar"), "nonsense.u32 %r1;\n");
  rdattn_cuda_image damaged = {"compute_80", bad.c_str(), bad.size() + 1,
                               nullptr};
  program.images = &damaged;
  Attention attention;
  attention.arguments.plan = spec;
  EXPECT_EQ(rdattn_run(fake.function(), &attention.arguments),
            RDATTN_CUDA_ERROR);
  std::string message = rdattn_last_error();
  EXPECT_NE(message.find("nonsense"), message.npos) << message;
}

TEST_F(OnDevice, ARepeatedCallIsShort) {
  Attention attention;
  void *stream = createStream();
  double least = 1e9;
  for (int round = 0; round < 20; ++round) {
    auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 100; ++i)
      run(attention, stream);
    std::chrono::duration<double, std::micro> time =
        std::chrono::steady_clock::now() - start;
    least = std::min(least, time.count() / 100);
    synchronize(stream);
  }
  std::printf("a repeated call takes %.2f us, its launch included\n", least);
  EXPECT_LT(least, 20);
}
