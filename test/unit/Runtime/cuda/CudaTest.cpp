//===- CudaTest.cpp - A function on a fake GPU ----------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CudaTest.h"

#include "runtime/cuda/Driver.h"

using namespace rdattn::test;
namespace planner = rdattn::planner;

const planner::WorkItem rdattn::test::kItems[4] = {
    {0, 0, 0, 16, 0, 1, -1, 1, 0},
    {0, 0, 0, 16, 16, 1, -1, 1, 0},
    {0, 0, 0, 16, 0, 2, -1, 1, 0},
    {0, 0, 0, 16, 1, 2, -1, 1, 0}};
const int32_t rdattn::test::kPhases[2] = {0, 4};

rdattn_table2 rdattn::test::itemTable(const planner::WorkItem *items,
                                      int64_t count) {
  auto *words = const_cast<int32_t *>(&items->batch);
  return {words, words, 0, {count, 9}, {9, 1}};
}

rdattn_table1 rdattn::test::vectorTable(const int32_t *data, int64_t count) {
  auto *words = const_cast<int32_t *>(data);
  return {words, words, 0, {count}, {1}};
}

void FakeProgram::build(bool merges) {
  const char *wide = merges ? "mqkvsircPSp" : "mqkvsircol";
  const char *narrow = merges ? "qkvsircPSp" : "qkvsircol";
  kernels = {
      {"attention_map", wide, RDATTN_KERNEL_MAP, 384, 197632},
      {"attention_rows", wide, RDATTN_KERNEL_ROWS, 384, 197632},
      {"attention_elements", narrow, RDATTN_KERNEL_ELEMENTS, 256, 100000}};
  if (merges)
    kernels.push_back({"merge", "PSol", RDATTN_KERNEL_MERGE, 128, 0});
  images = {{"sm_90a", "cubin of sm_90a", 16, nullptr}};
  program = {RDATTN_BFLOAT16,
             64,
             64,
             merges ? RDATTN_EPILOGUE_MERGE : RDATTN_EPILOGUE_STORE,
             0,
             nullptr,
             0,
             nullptr,
             128,
             176};
}

const rdattn_cuda_program &FakeProgram::get() {
  program.images = images.data();
  program.image_count = images.size();
  program.kernels = kernels.data();
  program.kernel_count = kernels.size();
  return program;
}

CudaArguments::CudaArguments(int64_t batch, int64_t tokens, int64_t heads,
                             int64_t kvHeads, int device)
    : Arguments(batch, tokens, heads, kvHeads, 64, 64) {
  for (Tensor *tensor : {&q, &k, &v, &o}) {
    tensor->view.dtype = RDATTN_BFLOAT16;
    place(*tensor, tensor->strides, device);
  }
  place(lse, lse.strides, device);
  list.device = device;
}

void CudaArguments::place(Tensor &tensor, std::vector<int64_t> strides,
                          int device) {
  int64_t elements = 1;
  for (size_t d = 0; d < strides.size(); ++d)
    elements += (tensor.sizes[d] - 1) * strides[d];
  tensor.strides = std::move(strides);
  tensor.memory.assign(elements + 8, 0);
  tensor.view.strides = tensor.strides.data();
  tensor.view.data = tensor.memory.data();
  fakeDriver().adopt(tensor.memory.data(), tensor.memory.size() * sizeof(float),
                     device);
}

CudaTest::CudaTest() {
  driver.reset();
  rdattn::runtime::cuda::setDriverLibrary(FAKE_DRIVER);
  spec = createSpec();
}

void CudaTest::TearDown() {
  rdattn_plan_spec_destroy(spec);
  rdattn_module_close(fake.module);
  fake.module = nullptr;
  EXPECT_EQ(driver.forbidden, 0);
  EXPECT_EQ(driver.liveAllocations(), 0u);
  EXPECT_TRUE(driver.modules.empty());
  EXPECT_EQ(driver.count("cuCtxPushCurrent"), driver.count("cuCtxPopCurrent"));
}

rdattn_plan_spec *CudaTest::createSpec(int branches, int64_t dilation,
                                       bool isGathered) {
  planner::PlanSpec spec;
  spec.options.queries = 16;
  planner::ClassGroup group;
  group.length = 32;
  group.stride = dilation;
  if (isGathered)
    group.grid = planner::Grid{4, 8};
  group.access = isGathered     ? planner::Access::Gathered
                 : dilation > 1 ? planner::Access::Strided
                                : planner::Access::Contiguous;
  spec.branches.resize(branches);
  for (planner::BranchClasses &branch : spec.branches)
    branch.groups.push_back(group);
  std::vector<int64_t> words = planner::serialize(spec);
  rdattn_plan_spec *handle = nullptr;
  EXPECT_EQ(rdattn_plan_spec_create(words.data(), words.size(), &handle),
            RDATTN_OK)
      << rdattn_last_error();
  return handle;
}

rdattn_status CudaTest::run(CudaArguments &arguments) {
  if (!fake.module) {
    if (!spec)
      fake.roles = "qkvsol";
    fake.functions[0].roles = fake.roles.c_str();
    fake.functions[0].target = RDATTN_CUDA;
    EXPECT_EQ(fake.open(), RDATTN_OK) << rdattn_last_error();
  }
  for (const rdattn_cuda_kernel &kernel : program.kernels)
    if (kernel.name && kernel.roles)
      driver.roles[kernel.name] = kernel.roles;
  body = [&](void **given) {
    void **outputs = given + (spec ? 7 : 4);
    rdattn_cuda_launch(rdattn_current_call(), &program.get(),
                       *static_cast<float *>(given[3]), given[0], given[1],
                       given[2],
                       spec ? static_cast<rdattn_table2 *>(given[4]) : &items,
                       spec ? static_cast<rdattn_table1 *>(given[5]) : &rows,
                       spec ? static_cast<rdattn_table1 *>(given[6]) : &phases,
                       outputs[0], givesLse ? outputs[1] : nullptr);
  };
  arguments.list.plan = spec;
  return rdattn_run(fake.function(), &arguments.list);
}

const FakeLaunch &CudaTest::launch(CudaArguments &arguments) {
  static const FakeLaunch none;
  EXPECT_EQ(run(arguments), RDATTN_OK) << rdattn_last_error();
  EXPECT_FALSE(driver.launches.empty());
  return driver.launches.empty() ? none : driver.launches.back();
}

std::string CudaTest::refusal(CudaArguments &arguments, rdattn_status status) {
  EXPECT_EQ(run(arguments), status);
  return rdattn_last_error();
}
