//===- TensorMapsTest.cpp - Tensor maps -----------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CudaTest.h"

using namespace rdattn::test;
namespace planner = rdattn::planner;

using Sizes = std::vector<uint64_t>;

namespace {
struct TensorMaps : CudaTest {
  /// Of tensor 0 to 2 (q, k, v) and map `m` of the last launch.
  const FakeMap &map(int tensor, int m) {
    const rdattn_cuda_maps &maps = driver.launches.back().maps;
    return driver.maps.at(maps.maps[tensor][m][0]);
  }
  /// Uses the four constant items, of strides 1 and 2.
  void useConstants() {
    rdattn_plan_spec_destroy(spec);
    spec = nullptr;
  }
};
} // namespace

TEST_F(TensorMaps, SayWhatTheTensorsAre) {
  useConstants();
  CudaArguments arguments(2, 33, 4, 2);
  launch(arguments);
  EXPECT_EQ(driver.maps.size(), 6u);
  const rdattn_cuda_maps &maps = driver.launches.back().maps;
  EXPECT_EQ(maps.strides[0], 1);
  EXPECT_EQ(maps.limits[0], 33);
  EXPECT_EQ(maps.strides[1], 2);
  EXPECT_EQ(maps.limits[1], 32);
  EXPECT_EQ(maps.strides[2], 0);

  const FakeMap &q = map(0, 1);
  EXPECT_EQ(q.type, 9); // bfloat16
  EXPECT_EQ(q.base, arguments.q.memory.data());
  EXPECT_EQ(q.sizes, (Sizes{64, 16, 2, 4, 2}));
  EXPECT_EQ(q.strides, (Sizes{2 * 512, 512, 128, 33 * 512}));
  EXPECT_EQ(q.box, (std::vector<uint32_t>{64, 128, 1, 1, 1}));

  const FakeMap &k = map(1, 1);
  EXPECT_EQ(k.base, arguments.k.memory.data());
  EXPECT_EQ(k.sizes, (Sizes{64, 16, 2, 2, 2}));
  EXPECT_EQ(k.strides, (Sizes{2 * 256, 256, 128, 33 * 256}));
  EXPECT_EQ(k.box, (std::vector<uint32_t>{64, 176, 1, 1, 1}));
  EXPECT_EQ(map(2, 1).base, arguments.v.memory.data());
  EXPECT_EQ(map(2, 1).box, k.box);

  // Of stride 1 the residues are one, whatever their stride.
  EXPECT_EQ(map(0, 0).sizes, (Sizes{64, 33, 1, 4, 2}));
  EXPECT_EQ(map(0, 0).strides, (Sizes{512, 16, 128, 33 * 512}));
}

TEST_F(TensorMaps, OfDimensionsOfSizeOne) {
  CudaArguments arguments(1, 1, 1, 1);
  for (Tensor *tensor :
       {&arguments.q, &arguments.k, &arguments.v, &arguments.o})
    tensor->strides = {-1, 5, 3, 1};
  EXPECT_EQ(launch(arguments).kernel, "attention_map");
  EXPECT_EQ(map(0, 0).sizes, (Sizes{64, 1, 1, 1, 1}));
  EXPECT_EQ(map(0, 0).strides, (Sizes{16, 16, 16, 16}));
}

TEST_F(TensorMaps, OfPackedTensors) {
  CudaArguments arguments(2, 32, 4, 4);
  for (Tensor *tensor : {&arguments.q, &arguments.k, &arguments.v})
    arguments.place(*tensor, {32 * 768, 768, 64, 1});
  launch(arguments);
  for (int tensor = 0; tensor < 3; ++tensor)
    EXPECT_EQ(map(tensor, 0).strides, (Sizes{1536, 16, 128, 32 * 1536}));
}

TEST_F(TensorMaps, OfOtherHeadDimensions) {
  program.program.head_dim = 40;
  program.program.value_dim = 96;
  CudaArguments arguments;
  for (Tensor *tensor :
       {&arguments.q, &arguments.k, &arguments.v, &arguments.o}) {
    bool isValue = tensor == &arguments.v || tensor == &arguments.o;
    tensor->sizes[3] = isValue ? 96 : 40;
    int64_t row = tensor->sizes[2] * 96;
    arguments.place(*tensor, {32 * row, row, 96, 1});
  }
  launch(arguments);
  EXPECT_EQ(map(0, 0).sizes[0], 40u);
  EXPECT_EQ(map(1, 0).sizes[0], 40u);
  EXPECT_EQ(map(2, 0).sizes[0], 96u);
  EXPECT_EQ(map(0, 0).box[0], 64u);
}

TEST_F(TensorMaps, OfFloat16) {
  program.program.dtype = RDATTN_FLOAT16;
  fake.functions[0].dtype = RDATTN_FLOAT16;
  CudaArguments arguments;
  for (Tensor *tensor :
       {&arguments.q, &arguments.k, &arguments.v, &arguments.o})
    tensor->view.dtype = RDATTN_FLOAT16;
  launch(arguments);
  EXPECT_EQ(map(0, 0).type, 6);
}

TEST_F(TensorMaps, ServeTheItemsThatTheyCanBesideRowLists) {
  useConstants();
  std::vector<planner::WorkItem> mixed(kItems, kItems + 4);
  mixed[3].list = 0;
  items = itemTable(mixed.data(), 4);
  CudaArguments arguments;
  EXPECT_EQ(launch(arguments).kernel, "attention_rows");
  EXPECT_EQ(driver.launches.back().maps.strides[0], 1);
  EXPECT_EQ(driver.launches.back().maps.strides[1], 2);
  EXPECT_EQ(driver.maps.size(), 6u);
}

TEST_F(TensorMaps, AreNoneWhereATensorHasNone) {
  CudaArguments arguments;
  arguments.v.strides[2] = 0;
  EXPECT_EQ(launch(arguments).kernel, "attention_rows");
  for (int m = 0; m < RDATTN_CUDA_MAPS; ++m)
    EXPECT_EQ(driver.launches.back().maps.strides[m], 0);
  EXPECT_TRUE(driver.maps.empty());
}

TEST_F(TensorMaps, OfARepeatedCallAreKept) {
  CudaArguments arguments;
  launch(arguments);
  const FakeLaunch first = driver.launches.back();
  for (int i = 0; i < 3; ++i)
    launch(arguments);
  EXPECT_EQ(driver.maps.size(), 3u);
  EXPECT_EQ(driver.launches.back().maps.maps[2][0][0],
            first.maps.maps[2][0][0]);
  EXPECT_EQ(driver.count("cuPointerGetAttributes"), 5); // q, k, v, o and lse
}

TEST_F(TensorMaps, OfFreshTensorsAreEncodedAgain) {
  CudaArguments first, second;
  launch(first);
  launch(second);
  EXPECT_EQ(driver.maps.size(), 6u);
  EXPECT_EQ(map(1, 0).base, second.k.memory.data());
}

TEST_F(TensorMaps, OfTheLastTensorsAreKept) {
  constexpr size_t kKept = 64;
  std::vector<CudaArguments> sets(kKept + 1);
  for (int round = 0; round < 2; ++round)
    for (size_t i = 0; i < kKept; ++i)
      launch(sets[i]);
  EXPECT_EQ(driver.maps.size(), 3 * kKept);
  EXPECT_EQ(map(1, 0).base, sets[kKept - 1].k.memory.data());
  launch(sets[kKept]);
  launch(sets[1]);
  EXPECT_EQ(driver.maps.size(), 3 * kKept + 3);
  launch(sets[0]); // the oldest made way
  EXPECT_EQ(driver.maps.size(), 3 * kKept + 6);
}

TEST_F(TensorMaps, OfOtherStridesAreEncodedAgain) {
  CudaArguments arguments(1, 16);
  launch(arguments);
  arguments.q.strides[1] *= 2;
  arguments.q.memory.resize(2 * arguments.q.memory.size());
  arguments.q.view.data = arguments.q.memory.data();
  driver.adopt(arguments.q.memory.data(), arguments.q.memory.size() * 4);
  launch(arguments);
  EXPECT_EQ(driver.maps.size(), 6u);
  EXPECT_EQ(map(0, 0).strides[0], 1024u);
}

TEST_F(TensorMaps, ThatTheDriverRefusesFailTheCall) {
  driver.failures["cuTensorMapEncodeTiled"] = 1;
  CudaArguments arguments;
  EXPECT_EQ(refusal(arguments, RDATTN_CUDA_ERROR),
            "cannot encode a tensor map on device 0: CUDA_ERROR_1 (as the test "
            "wants it)");
}
