//===- LaunchTest.cpp - What a launch passes to its kernels ---------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CudaTest.h"

#include <cmath>

using namespace rdattn::test;

using Words = std::vector<int64_t>;

static int64_t address(const void *pointer) {
  return reinterpret_cast<int64_t>(pointer);
}

/// The words of a tensor's descriptor.
static Words wordsOf(const Tensor &tensor) {
  Words words = {address(tensor.view.data), address(tensor.view.data), 0};
  words.insert(words.end(), tensor.sizes.begin(), tensor.sizes.end());
  words.insert(words.end(), tensor.strides.begin(), tensor.strides.end());
  return words;
}

namespace {
struct Launch : CudaTest {
  void merge(int branches) {
    program.build(true);
    rdattn_plan_spec_destroy(spec);
    spec = createSpec(branches);
  }
};
} // namespace

TEST_F(Launch, PassesWhatTheRolesSay) {
  CudaArguments arguments;
  FakeStream *stream = driver.createStream();
  arguments.list.stream = stream;
  FakeLaunch launched = launch(arguments);
  EXPECT_EQ(launched.kernel, "attention_map");
  EXPECT_EQ(launched.threads, 384u);
  EXPECT_EQ(launched.shared, 197632u);
  EXPECT_EQ(launched.stream, stream);
  EXPECT_EQ(launched.words['q'], wordsOf(arguments.q));
  EXPECT_EQ(launched.words['k'], wordsOf(arguments.k));
  EXPECT_EQ(launched.words['v'], wordsOf(arguments.v));
  EXPECT_EQ(launched.words['o'], wordsOf(arguments.o));
  EXPECT_EQ(launched.words['l'], wordsOf(arguments.lse));
  EXPECT_EQ(launched.scale, 0.5f);

  Words items = launched.words['i'], rows = launched.words['r'];
  EXPECT_EQ(items[0], items[1]);
  EXPECT_EQ(Words(items.begin() + 2, items.end()), (Words{0, 16, 9, 9, 1}));
  EXPECT_EQ(Words(rows.begin() + 2, rows.end()), (Words{0, 0, 1}));
  Words counter = launched.words['c'];
  EXPECT_EQ(Words(counter.begin() + 2, counter.end()), (Words{0, 2, 1}));
  auto *counts = reinterpret_cast<int32_t *>(counter[1]);
  EXPECT_EQ(counts[0], 0);
  EXPECT_EQ(counts[1], 0);
  EXPECT_EQ(driver.sharedOfKernels["attention_map"], 197632);
}

TEST_F(Launch, ScalesByTheRootWhereNoneIsGiven) {
  CudaArguments arguments;
  arguments.list.scale = nullptr;
  EXPECT_EQ(launch(arguments).scale, 1 / std::sqrt(64.0f));
}

TEST_F(Launch, FillsTheDeviceAndNoMore) {
  CudaArguments few(1, 32, 1, 1), many(2, 32, 8, 2);
  EXPECT_EQ(launch(few).grid, 2u);  // items
  EXPECT_EQ(launch(many).grid, 4u); // multiprocessors
}

TEST_F(Launch, CountsBlocksThatShareAMultiprocessor) {
  driver.blocksPerMultiprocessor = 3;
  CudaArguments many(2, 32, 8, 2);
  EXPECT_EQ(launch(many).grid, 12u);
}

TEST_F(Launch, MergesPartialResults) {
  merge(3);
  CudaArguments arguments;
  FakeStream *stream = driver.createStream();
  arguments.list.stream = stream;
  launch(arguments);
  ASSERT_EQ(driver.launches.size(), 2u);
  FakeLaunch attention = driver.launches[0], merge = driver.launches[1];
  EXPECT_EQ(attention.kernel, "attention_map");
  EXPECT_EQ(merge.kernel, "merge");
  EXPECT_EQ(merge.stream, stream);
  EXPECT_EQ(merge.threads, 128u);
  EXPECT_EQ(merge.words['o'], wordsOf(arguments.o));
  EXPECT_EQ(merge.words['l'], wordsOf(arguments.lse));
  EXPECT_EQ(merge.words['P'], attention.words['P']);
  EXPECT_EQ(merge.words['S'], attention.words['S']);
  Words partials = merge.words['P'], sums = merge.words['S'];
  EXPECT_EQ(
      Words(partials.begin() + 2, partials.end()),
      (Words{0, 3, 2, 32, 4, 64, 2 * 32 * 4 * 64, 32 * 4 * 64, 4 * 64, 64, 1}));
  EXPECT_EQ(
      Words(sums.begin() + 2, sums.end()),
      (Words{0, 2, 3, 2, 4, 32, 3 * 2 * 4 * 32, 2 * 4 * 32, 4 * 32, 32, 1}));
  Words phases = attention.words['p'];
  EXPECT_EQ(Words(phases.begin() + 2, phases.end()), (Words{0, 4, 1}));
}

TEST_F(Launch, MergesARowPerBlockAtLeast) {
  merge(1);
  driver.devices[0].multiprocessors = 1000;
  CudaArguments arguments(1, 9, 1, 1);
  EXPECT_EQ(launch(arguments).grid, 9u); // rows
  CudaArguments many(2, 32, 128, 1);
  EXPECT_EQ(launch(many).grid, 1000u);
}

TEST_F(Launch, MergesWhereNoItemIsThere) {
  merge(1);
  rdattn_plan_spec_destroy(spec);
  spec = nullptr;
  static const int32_t none[2] = {0, 0};
  items = itemTable(kItems, 0);
  phases = vectorTable(none, 2);
  CudaArguments arguments;
  EXPECT_EQ(launch(arguments).kernel, "merge"); // it writes the empty rows
  EXPECT_EQ(driver.launches.size(), 1u);
}

TEST_F(Launch, NothingWhereNothingIsToDo) {
  CudaArguments arguments(2, 0);
  EXPECT_EQ(run(arguments), RDATTN_OK);
  EXPECT_TRUE(driver.launches.empty());
}

TEST_F(Launch, TensorsMustBeInGPUMemory) {
  CudaArguments arguments;
  std::vector<float> host(2 * 32 * 4 * 64);
  struct Case {
    Tensor &tensor;
    const char *name;
  };
  const Case cases[] = {{arguments.q, "q"},
                        {arguments.k, "k"},
                        {arguments.v, "v"},
                        {arguments.o, "o"},
                        {arguments.lse, "lse"}};
  for (const Case &c : cases) {
    void *own = c.tensor.view.data;
    c.tensor.view.data = host.data();
    EXPECT_EQ(refusal(arguments, RDATTN_INVALID_ARGUMENT),
              std::string(c.name) +
                  " is not in GPU memory, but must be in that of device 0");
    c.tensor.view.data = own;
  }
  launch(arguments);
}

TEST_F(Launch, TensorsMustBeOnTheDevice) {
  driver.devices.resize(2);
  CudaArguments arguments;
  driver.adopt(arguments.v.memory.data(), 1 << 14, 1);
  EXPECT_EQ(refusal(arguments, RDATTN_INVALID_ARGUMENT),
            "v is in the memory of device 1, but the call runs on device 0");
}

TEST_F(Launch, TheStreamMustBeTheDevices) {
  driver.devices.resize(2);
  CudaArguments arguments;
  arguments.list.stream = driver.createStream(1);
  EXPECT_EQ(refusal(arguments, RDATTN_INVALID_ARGUMENT),
            "stream belongs to another device or context, but must be one of "
            "device 0");
}

TEST_F(Launch, HeadDimensionsAreThoseOfTheKernels) {
  program.program.head_dim = 128;
  CudaArguments arguments;
  EXPECT_EQ(refusal(arguments, RDATTN_INVALID_ARGUMENT),
            "q has head dimension 64, but the kernels were compiled for 128");
}

TEST_F(Launch, ValueDimensionsAreThoseOfTheKernels) {
  program.program.value_dim = 96;
  CudaArguments arguments;
  EXPECT_EQ(refusal(arguments, RDATTN_INVALID_ARGUMENT),
            "v has head dimension 64, but the kernels were compiled for 96");
}

TEST_F(Launch, AKernelThatWritesLseIsGivenOne) {
  givesLse = false;
  CudaArguments arguments;
  EXPECT_EQ(refusal(arguments, RDATTN_BAD_MODULE),
            "kernel 'attention_map' writes lse, but the module gives it none");
}

TEST_F(Launch, TheDriversFailuresAreNamed) {
  driver.failures["cuLaunchKernel"] = 700;
  CudaArguments arguments;
  EXPECT_EQ(refusal(arguments, RDATTN_CUDA_ERROR),
            "cannot launch kernel 'attention_map' on device 0: CUDA_ERROR_700 "
            "(as the test wants it)");
}

TEST_F(Launch, ArgumentsAreCheckedAsOnTheCPU) {
  CudaArguments arguments;
  arguments.o.strides[1] = 0;
  EXPECT_EQ(refusal(arguments, RDATTN_INVALID_ARGUMENT),
            "o: dimension 1 has stride 0, so that elements share memory, but "
            "an output's elements must be apart");
  EXPECT_TRUE(driver.calls.empty());
}

TEST_F(Launch, CodeOutsideOfACallIsToldSo) {
  CudaArguments arguments;
  launch(arguments);
  const size_t launches = driver.launches.size();
  Words q = wordsOf(arguments.q), lse = wordsOf(arguments.lse);
  rdattn_cuda_launch(nullptr, &program.get(), 1, q.data(), q.data(), q.data(),
                     &items, &rows, &phases, q.data(), lse.data());
  EXPECT_STREQ(rdattn_last_error(),
               "a CUDA function was called outside of rdattn_run, which alone "
               "knows its device and stream");
  EXPECT_EQ(driver.launches.size(), launches);
}

TEST_F(Launch, ACallThatFailedLaunchesNothing) {
  CudaArguments arguments(2, 33); // longer than the pattern
  EXPECT_EQ(run(arguments), RDATTN_INVALID_ARGUMENT);
  EXPECT_TRUE(driver.launches.empty());
}
