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

#include "DeviceKernels.h"
#include "test/unit/Runtime/FakeModule.h"

#include "lib/Planner/PlanSpec.h"
#include "runtime/cuda/Driver.h"
#include "gtest/gtest.h"
#include <chrono>
#include <cstdio>
#include <dlfcn.h>
#include <thread>

using namespace rdattn::test;
namespace cuda = rdattn::runtime::cuda;
namespace planner = rdattn::planner;

/// An entry point of the driver that the runtime does not need.
template <typename... Parameters>
static int call(const char *symbol, Parameters... parameters) {
  static void *driver = dlopen("libcuda.so.1", RTLD_NOW);
  auto entry = reinterpret_cast<int (*)(Parameters...)>(dlsym(driver, symbol));
  return entry(parameters...);
}

namespace {
/// 16-bit words in a device's memory.
class Words {
public:
  explicit Words(size_t count) : count(count) {
    EXPECT_EQ(rdattn_cuda_allocate(0, 2 * count, &data), RDATTN_OK)
        << rdattn_last_error();
    write(std::vector<uint16_t>(count));
  }
  ~Words() { EXPECT_EQ(rdattn_cuda_free(0, data), RDATTN_OK); }
  Words(const Words &) = delete;

  void write(const std::vector<uint16_t> &values) {
    EXPECT_EQ(rdattn_cuda_copy(0, data, values.data(), 2 * count), RDATTN_OK)
        << rdattn_last_error();
  }
  std::vector<uint16_t> read() const {
    std::vector<uint16_t> values(count);
    EXPECT_EQ(rdattn_cuda_copy(0, values.data(), data, 2 * count), RDATTN_OK)
        << rdattn_last_error();
    return values;
  }

  void *data = nullptr;
  const size_t count;
};

/// A call of 2 x 32 x 4 x 64 on tensors of its own, q counting from 0.
struct Attention {
  Attention() : q(kWords), k(kWords), v(kWords), o(kWords) {
    std::vector<uint16_t> values(kWords);
    for (size_t i = 0; i < kWords; ++i)
      values[i] = static_cast<uint16_t>(i);
    q.write(values);
    arguments.scale = &nanoseconds;
    const Words *words[] = {&q, &k, &v, &o};
    for (int i = 0; i < 4; ++i)
      tensors[i] = {words[i]->data, RDATTN_BFLOAT16, 4, kSizes, kStrides};
    arguments.q = &tensors[0];
    arguments.k = &tensors[1];
    arguments.v = &tensors[2];
    arguments.o = &tensors[3];
  }

  /// What addRows computes from 16 items of `rows` rows.
  static std::vector<uint16_t> expected(int rows) {
    std::vector<uint16_t> values(kWords);
    for (int i = 0; i < 16; ++i)
      values[i] = static_cast<uint16_t>(i + rows);
    return values;
  }

  static constexpr size_t kWords = 2 * 32 * 4 * 64;
  static constexpr int64_t kSizes[] = {2, 32, 4, 64};
  static constexpr int64_t kStrides[] = {32 * 256, 256, 64, 1};
  Words q, k, v, o;
  float nanoseconds = 0; ///< that the kernel waits first
  rdattn_tensor tensors[4];
  rdattn_arguments arguments = {};
};

struct OnDevice : testing::Test {
  void SetUp() override {
    int32_t count = 0;
    ASSERT_EQ(rdattn_cuda_device_count(&count), RDATTN_OK)
        << rdattn_last_error();
    if (count == 0)
      GTEST_SKIP() << "there is no GPU";
    ASSERT_FALSE(cuda::findDevice(0, device));
    context.emplace(*device);
    fake.functions[0].target = RDATTN_CUDA;
    ASSERT_EQ(fake.open(), RDATTN_OK);
    spec = createSpec(1);
    body = [&](void **given) {
      rdattn_cuda_launch(
          rdattn_current_call(), &program, *static_cast<float *>(given[3]),
          given[0], given[1], given[2], static_cast<rdattn_table2 *>(given[4]),
          static_cast<rdattn_table1 *>(given[5]),
          static_cast<rdattn_table1 *>(given[6]), given[7], nullptr);
    };
  }
  void TearDown() override {
    rdattn_plan_spec_destroy(spec);
    body = nullptr;
  }

  /// 16 items of 32 / dilation rows.
  static rdattn_plan_spec *createSpec(int64_t dilation) {
    planner::PlanSpec spec;
    spec.options.queries = 16;
    spec.branches.resize(1);
    planner::ClassGroup group;
    group.length = 32;
    group.stride = dilation;
    if (dilation > 1)
      group.access = planner::Access::Strided;
    spec.branches[0].groups.push_back(group);
    std::vector<int64_t> words = planner::serialize(spec);
    rdattn_plan_spec *handle = nullptr;
    EXPECT_EQ(rdattn_plan_spec_create(words.data(), words.size(), &handle),
              RDATTN_OK);
    return handle;
  }

  void run(Attention &attention, void *stream = nullptr) {
    attention.arguments.stream = stream;
    attention.arguments.plan = spec;
    ASSERT_EQ(rdattn_run(fake.function(), &attention.arguments), RDATTN_OK)
        << rdattn_last_error();
  }
  void *createStream() {
    void *stream = nullptr;
    EXPECT_EQ(call("cuStreamCreate", &stream, 1u), 0);
    return stream;
  }
  static void synchronize(void *stream) {
    EXPECT_EQ(rdattn_cuda_synchronize(0, stream), RDATTN_OK)
        << rdattn_last_error();
  }

  const std::string text = deviceKernels();
  const rdattn_cuda_image image = {"compute_80", text.c_str(), text.size() + 1};
  rdattn_cuda_kernel kernels[2] = {
      {"add_map", "mciqos", RDATTN_KERNEL_MAP, 32, 0},
      {"add_elements", "ciqos", RDATTN_KERNEL_ELEMENTS, 32, 0}};
  rdattn_cuda_variant variant = {1, &image, 2, kernels, 64, 176};
  rdattn_cuda_program program = {RDATTN_BFLOAT16,       64, 64,
                                 RDATTN_EPILOGUE_STORE, 1,  &variant};
  FakeModule fake{"qkvsirpo", RDATTN_BFLOAT16};
  rdattn_plan_spec *spec = nullptr;
  cuda::Device *device = nullptr;
  std::optional<cuda::ScopedContext> context;
};
} // namespace

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
  variant.kernel_count = 1; // maps or nothing
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
  rdattn_cuda_image damaged = {"compute_80", bad.c_str(), bad.size() + 1};
  variant.images = &damaged;
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
