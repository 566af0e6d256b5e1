//===- KernelChoiceTest.cpp - Which kernel runs ---------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CudaTest.h"

using namespace rdattn::test;
namespace planner = rdattn::planner;

namespace {
struct KernelChoice : CudaTest {
  /// Launches constant tables: `kItems` with the one at `index` changed.
  std::string kernelWith(int index,
                         const std::function<void(planner::WorkItem &)> &change,
                         int64_t tokens = 32) {
    rdattn_plan_spec_destroy(spec);
    spec = nullptr;
    std::vector<planner::WorkItem> changed(kItems, kItems + 4);
    change(changed[index]);
    items = itemTable(changed.data(), 4);
    CudaArguments arguments(2, tokens);
    return launch(arguments).kernel;
  }
  std::string kernelOf(CudaArguments &arguments) {
    return launch(arguments).kernel;
  }
  /// Takes the kernel of this kind away.
  void drop(int kind) { program.kernels.erase(program.kernels.begin() + kind); }
};
} // namespace

TEST_F(KernelChoice, MapsWhereEveryItemIsReadable) {
  EXPECT_EQ(kernelWith(0, [](planner::WorkItem &) {}), "attention_map");
}

TEST_F(KernelChoice, RowsWhereAnItemHasARowList) {
  EXPECT_EQ(kernelWith(3, [](planner::WorkItem &item) { item.list = 0; }),
            "attention_rows");
}

TEST_F(KernelChoice, RowsWhereAClassEndsPastItsMap) {
  // 33 tokens: a map of stride 2 ends at 32, where the class of the odd ones
  // does too; the even ones have one more.
  auto same = [](planner::WorkItem &) {};
  EXPECT_EQ(kernelWith(2, same, 33), "attention_map");
  auto longer = [](planner::WorkItem &item) { item.rows = 17; };
  EXPECT_EQ(kernelWith(2, longer, 33), "attention_rows");
}

TEST_F(KernelChoice, IsMadeForTheTokensOfTheCall) {
  // The same constant tables, which 31 tokens cut.
  rdattn_plan_spec_destroy(spec);
  spec = nullptr;
  CudaArguments whole(2, 32), cut(2, 31);
  EXPECT_EQ(kernelOf(whole), "attention_map");
  EXPECT_EQ(kernelOf(cut), "attention_rows");
  EXPECT_EQ(kernelOf(whole), "attention_map");
}

TEST_F(KernelChoice, RowsOfGatheredClasses) {
  rdattn_plan_spec_destroy(spec);
  spec = createSpec(1, 2, true);
  CudaArguments arguments;
  EXPECT_EQ(kernelOf(arguments), "attention_rows");
}

TEST_F(KernelChoice, RowsWhereInputsAreBroadcastOrReversed) {
  CudaArguments broadcast;
  broadcast.k.strides[2] = 0;
  EXPECT_EQ(kernelOf(broadcast), "attention_rows");
  CudaArguments reversed;
  reversed.v.view.data = reversed.v.memory.data() + 31 * 2 * 64 / 2;
  reversed.v.strides[1] *= -1;
  EXPECT_EQ(kernelOf(reversed), "attention_rows");
}

TEST_F(KernelChoice, ElementsWhereATensorIsNotAligned) {
  for (Tensor CudaArguments::*member :
       {static_cast<Tensor CudaArguments::*>(&CudaArguments::q),
        static_cast<Tensor CudaArguments::*>(&CudaArguments::k),
        static_cast<Tensor CudaArguments::*>(&CudaArguments::v),
        static_cast<Tensor CudaArguments::*>(&CudaArguments::o)}) {
    CudaArguments base, stride;
    Tensor &moved = base.*member;
    moved.view.data = reinterpret_cast<char *>(moved.memory.data()) + 2;
    EXPECT_EQ(kernelOf(base), "attention_elements");
    Tensor &padded = stride.*member;
    const int64_t heads = padded.sizes[2], row = heads * 64 + 1;
    stride.place(padded, {32 * row, row, 64, 1});
    EXPECT_EQ(kernelOf(stride), "attention_elements");
  }
}

TEST_F(KernelChoice, StridesOfDimensionsOfSizeOneAreNothing) {
  CudaArguments arguments(1, 32, 1, 1);
  for (Tensor *tensor :
       {&arguments.q, &arguments.k, &arguments.v, &arguments.o})
    tensor->strides = {7, 64, -3, 1};
  EXPECT_EQ(kernelOf(arguments), "attention_map");
}

TEST_F(KernelChoice, PackedTensorsAreAligned) {
  CudaArguments arguments(2, 32, 4, 4);
  for (Tensor *tensor : {&arguments.q, &arguments.k, &arguments.v})
    arguments.place(*tensor, {32 * 3 * 256, 3 * 256, 64, 1});
  EXPECT_EQ(kernelOf(arguments), "attention_map");
}

TEST_F(KernelChoice, ElementsOfNarrowRows) {
  program.program.head_dim = 36;
  rdattn_plan_spec_destroy(spec);
  spec = createSpec(1, 2, true);
  CudaArguments arguments;
  for (Tensor *tensor : {&arguments.q, &arguments.k}) {
    std::vector<int64_t> strides = tensor->strides;
    tensor->sizes[3] = 36; // rows of 72 bytes, 128 apart
    arguments.place(*tensor, strides);
  }
  EXPECT_EQ(kernelOf(arguments), "attention_elements");
}

TEST_F(KernelChoice, Float32HasNoMaps) {
  program.program.dtype = RDATTN_FLOAT32;
  fake.functions[0].dtype = RDATTN_FLOAT32;
  CudaArguments arguments;
  for (Tensor *tensor :
       {&arguments.q, &arguments.k, &arguments.v, &arguments.o})
    tensor->view.dtype = RDATTN_FLOAT32;
  EXPECT_EQ(kernelOf(arguments), "attention_rows");
  EXPECT_TRUE(driver.maps.empty());
}

TEST_F(KernelChoice, TheMoreGeneralServesWhereOneIsMissing) {
  drop(RDATTN_KERNEL_MAP);
  CudaArguments arguments;
  EXPECT_EQ(kernelOf(arguments), "attention_rows");
}

TEST_F(KernelChoice, TheMostGeneralServesAll) {
  drop(RDATTN_KERNEL_ROWS);
  drop(RDATTN_KERNEL_MAP);
  CudaArguments arguments;
  EXPECT_EQ(kernelOf(arguments), "attention_elements");
}

TEST_F(KernelChoice, UnalignedTensorsNeedAKernel) {
  drop(RDATTN_KERNEL_ELEMENTS);
  CudaArguments arguments;
  arguments.o.view.data =
      reinterpret_cast<char *>(arguments.o.memory.data()) + 2;
  EXPECT_EQ(refusal(arguments, RDATTN_INVALID_ARGUMENT),
            "the module has no kernel for tensors that are not aligned to 16 "
            "bytes");
}

TEST_F(KernelChoice, NarrowRowsNeedAKernel) {
  drop(RDATTN_KERNEL_ELEMENTS);
  program.program.value_dim = 36;
  CudaArguments arguments;
  for (Tensor *tensor : {&arguments.v, &arguments.o}) {
    std::vector<int64_t> strides = tensor->strides;
    tensor->sizes[3] = 36;
    arguments.place(*tensor, strides);
  }
  arguments.k.strides[2] = 0; // no maps
  EXPECT_EQ(refusal(arguments, RDATTN_INVALID_ARGUMENT),
            "the module has no kernel for head dimensions that are not "
            "multiples of 16 bytes");
}

TEST_F(KernelChoice, ClassesWithoutMapsNeedAKernel) {
  drop(RDATTN_KERNEL_ELEMENTS);
  drop(RDATTN_KERNEL_ROWS);
  CudaArguments arguments;
  arguments.k.strides[2] = 0;
  EXPECT_EQ(refusal(arguments, RDATTN_INVALID_ARGUMENT),
            "the module has no kernel for classes or strides that tensor maps "
            "cannot read");
}
