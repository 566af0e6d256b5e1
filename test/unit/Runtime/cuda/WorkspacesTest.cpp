//===- WorkspacesTest.cpp - Memory of launches in flight ------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CudaTest.h"

#include "runtime/cuda/Workspaces.h"

#include <thread>

using namespace rdattn::test;

namespace {
struct Workspaces : CudaTest {
  void merge(int branches = 2) {
    program.build(true);
    rdattn_plan_spec_destroy(spec);
    spec = createSpec(branches);
  }
  /// Where the attention's last launch has this parameter.
  int64_t last(char role) {
    for (size_t i = driver.launches.size(); i-- > 0;)
      if (!driver.launches[i].words[role].empty())
        return driver.launches[i].words[role][1];
    return 0;
  }
  /// The statistics must be at rest before each attention.
  bool areAtRest(int64_t rows) {
    auto *words = reinterpret_cast<uint32_t *>(last('S'));
    for (int64_t i = 0; i < rows; ++i)
      if (words[i] != 0xff800000 || words[rows + i] != 0)
        return false;
    return true;
  }
};
} // namespace

TEST_F(Workspaces, AStreamKeepsItsCounter) {
  CudaArguments arguments;
  launch(arguments);
  const int64_t counter = last('c');
  launch(arguments);
  EXPECT_EQ(last('c'), counter);
  EXPECT_EQ(driver.fills.size(), 1u);
}

TEST_F(Workspaces, TwoStreamsHaveTwo) {
  merge();
  CudaArguments arguments;
  FakeStream *streams[] = {driver.createStream(), driver.createStream()};
  std::set<int64_t> counters, partials, sums;
  for (int i = 0; i < 4; ++i) {
    arguments.list.stream = streams[i % 2];
    launch(arguments);
    counters.insert(last('c'));
    partials.insert(last('P'));
    sums.insert(last('S'));
  }
  EXPECT_EQ(counters.size(), 2u);
  EXPECT_EQ(partials.size(), 2u);
  EXPECT_EQ(sums.size(), 2u);
  // First values are written on the stream itself, before the launch.
  EXPECT_EQ(driver.fills.front().stream, streams[0]);
  EXPECT_EQ(driver.fills.back().stream, streams[1]);
}

TEST_F(Workspaces, AStreamsHandleMayBeAnothersLater) {
  CudaArguments arguments;
  FakeStream *stream = driver.createStream();
  arguments.list.stream = stream;
  launch(arguments);
  const int64_t counter = last('c');
  stream->id += 1000; // the driver gave the handle to a new stream
  launch(arguments);
  EXPECT_NE(last('c'), counter);
}

TEST_F(Workspaces, OfStreamsThatAreNotUsedGo) {
  CudaArguments arguments;
  const size_t most = rdattn::runtime::cuda::Workspaces::kStreams;
  for (size_t i = 0; i < 4 * most; ++i) {
    arguments.list.stream = driver.createStream();
    launch(arguments);
  }
  EXPECT_LE(driver.liveAllocations(), most + 16 + 2);
}

TEST_F(Workspaces, StatisticsAreLaidOutForEachShape) {
  merge(2);
  CudaArguments small(1, 16), large(2, 32);
  launch(large);
  EXPECT_TRUE(areAtRest(2 * 2 * 32 * 4));
  const int64_t memory = last('P');
  const size_t fills = driver.fills.size();
  launch(large); // the kernels left them at rest
  EXPECT_EQ(driver.fills.size(), fills);
  launch(small);
  EXPECT_TRUE(areAtRest(2 * 1 * 16 * 4));
  EXPECT_EQ(last('P'), memory); // there is room enough
  launch(large);
  EXPECT_TRUE(areAtRest(2 * 2 * 32 * 4));
}

TEST_F(Workspaces, Grow) {
  merge(2);
  CudaArguments small(1, 16), large(2, 32);
  launch(small);
  launch(large);
  EXPECT_TRUE(areAtRest(2 * 2 * 32 * 4));
  EXPECT_GE(driver.allocations.at(last('P')).bytes, 2u * 2 * 32 * 4 * 64 * 2);
}

TEST_F(Workspaces, HoldResultsOf16BitsAndStatisticsOf32) {
  merge(2);
  CudaArguments arguments;
  launch(arguments);
  const size_t rows = 2 * 2 * 32 * 4;
  EXPECT_EQ(driver.allocations.at(last('P')).bytes, rows * 64 * 2);
  EXPECT_EQ(driver.allocations.at(last('S')).bytes, rows * 2 * 4);
}

TEST_F(Workspaces, HoldResultsOf32Bits) {
  merge(2);
  program.program.dtype = RDATTN_FLOAT32;
  fake.functions[0].dtype = RDATTN_FLOAT32;
  CudaArguments arguments;
  for (Tensor *tensor :
       {&arguments.q, &arguments.k, &arguments.v, &arguments.o})
    tensor->view.dtype = RDATTN_FLOAT32;
  launch(arguments);
  const size_t rows = 2 * 2 * 32 * 4;
  EXPECT_EQ(driver.allocations.at(last('P')).bytes, rows * 64 * 4);
  EXPECT_EQ(driver.allocations.at(last('S')).bytes, rows * 2 * 4);
}

TEST_F(Workspaces, OfTooManyBytesFailTheCall) {
  merge(2);
  driver.memoryLeft = 50000;
  CudaArguments arguments;
  EXPECT_EQ(refusal(arguments, RDATTN_OUT_OF_MEMORY),
            "device 0 has no 65536 bytes of memory left for partial results");
  driver.memoryLeft = 1 << 20;
  launch(arguments);
  EXPECT_TRUE(areAtRest(2 * 2 * 32 * 4));
}

TEST_F(Workspaces, OfOtherStreamsMakeRoom) {
  merge(2);
  driver.memoryLeft = 80000;
  CudaArguments arguments;
  arguments.list.stream = driver.createStream();
  launch(arguments);
  arguments.list.stream = driver.createStream();
  launch(arguments);
  EXPECT_TRUE(areAtRest(2 * 2 * 32 * 4));
}

TEST_F(Workspaces, AFillThatFailsIsTriedAgain) {
  driver.failures["cuMemsetD32Async"] = 999;
  CudaArguments arguments;
  EXPECT_EQ(refusal(arguments, RDATTN_CUDA_ERROR),
            "cannot initialize a workspace on device 0: CUDA_ERROR_999 (as the "
            "test wants it)");
  driver.failures.clear();
  launch(arguments);
  EXPECT_EQ(driver.fills.size(), 1u);
}

TEST_F(Workspaces, HostThreadsMayLaunchAtOnce) {
  merge(2);
  CudaArguments first;
  FakeStream *shared = driver.createStream();
  first.list.stream = shared;
  launch(first);
  driver.launches.clear();
  driver.launchesSlowly = true;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      CudaArguments arguments;
      arguments.list.plan = spec;
      arguments.list.stream = shared;
      for (int i = 0; i < 50; ++i)
        EXPECT_EQ(rdattn_run(fake.function(), &arguments.list), RDATTN_OK);
    });
  for (std::thread &thread : threads)
    thread.join();
  // On one stream no attention may come between another and its merge.
  ASSERT_EQ(driver.launches.size(), 400u);
  for (size_t i = 0; i < 400; i += 2) {
    EXPECT_EQ(driver.launches[i].kernel, "attention_map");
    EXPECT_EQ(driver.launches[i + 1].kernel, "merge");
  }
}
