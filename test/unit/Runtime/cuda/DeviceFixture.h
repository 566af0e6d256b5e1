//===- DeviceFixture.h - A function on a GPU --------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TEST_RUNTIME_CUDA_DEVICEFIXTURE_H
#define RDATTN_TEST_RUNTIME_CUDA_DEVICEFIXTURE_H

#include "DeviceKernels.h"
#include "test/unit/Runtime/FakeModule.h"

#include "lib/Planner/PlanSpec.h"
#include "runtime/cuda/Driver.h"
#include "gtest/gtest.h"
#include <dlfcn.h>

namespace rdattn::test {

/// An entry point of the driver that the runtime does not need.
template <typename... Parameters>
int call(const char *symbol, Parameters... parameters) {
  static void *driver = dlopen("libcuda.so.1", RTLD_NOW);
  auto entry = reinterpret_cast<int (*)(Parameters...)>(dlsym(driver, symbol));
  return entry(parameters...);
}

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
    ASSERT_FALSE(runtime::cuda::findDevice(0, device));
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
  const rdattn_cuda_image image = {"compute_80", text.c_str(), text.size() + 1,
                                   nullptr};
  rdattn_cuda_kernel kernels[2] = {
      {"add_map", "mciqos", RDATTN_KERNEL_MAP, 32, 0},
      {"add_elements", "ciqos", RDATTN_KERNEL_ELEMENTS, 32, 0}};
  rdattn_cuda_program program = {
      RDATTN_BFLOAT16, 64, 64, RDATTN_EPILOGUE_STORE, 1, &image, 2,
      kernels,         64, 176};
  FakeModule fake{"qkvsirpo", RDATTN_BFLOAT16};
  rdattn_plan_spec *spec = nullptr;
  runtime::cuda::Device *device = nullptr;
  std::optional<runtime::cuda::ScopedContext> context;
};

} // namespace rdattn::test

#endif // RDATTN_TEST_RUNTIME_CUDA_DEVICEFIXTURE_H
