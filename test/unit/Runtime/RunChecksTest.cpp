//===- RunChecksTest.cpp - One sentence for every argument that is wrong --===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeModule.h"

#include "gtest/gtest.h"
#include <limits>

using namespace rdattn::test;

namespace {
struct Case {
  const char *name;
  std::function<void(FakeModule &, Arguments &)> spoil;
  const char *message;

  /// CTest names the test by this; bytes would change with every build.
  friend void PrintTo(const Case &c, std::ostream *os) { *os << c.name; }
};

/// A case that spoils the arguments alone.
Case wrong(const char *name, std::function<void(Arguments &)> spoil,
           const char *message) {
  return {name, [=](FakeModule &, Arguments &a) { spoil(a); }, message};
}

const Case kCases[] = {
    wrong(
        "NoQ", [](Arguments &a) { a.list.q = nullptr; },
        "q is NULL, but must be a tensor [batch, tokens, heads, head_dim]"),
    wrong(
        "NoO", [](Arguments &a) { a.list.o = nullptr; },
        "o is NULL, but must be a tensor [batch, tokens, heads, head_dim]"),
    wrong(
        "NoLse", [](Arguments &a) { a.list.lse = nullptr; },
        "lse is NULL, but must be a tensor [batch, heads, tokens]"),
    wrong(
        "Dtype", [](Arguments &a) { a.v.view.dtype = RDATTN_BFLOAT16; },
        "v is bfloat16, but must be float32"),
    wrong(
        "DtypeOfO", [](Arguments &a) { a.o.view.dtype = RDATTN_FLOAT16; },
        "o is float16, but must be float32"),
    wrong(
        "DtypeOfLse", [](Arguments &a) { a.lse.view.dtype = RDATTN_FLOAT16; },
        "lse is float16, but must be float32"),
    wrong(
        "UnknownDtype",
        [](Arguments &a) { a.k.view.dtype = static_cast<rdattn_dtype>(3); },
        "k has an unknown dtype 3, but must be float32"),
    wrong(
        "Rank", [](Arguments &a) { a.q.view.rank = 3; },
        "q has 3 dimensions, but must have 4: [batch, tokens, heads, "
        "head_dim]"),
    wrong(
        "RankOfLse", [](Arguments &a) { a.lse.view.rank = 4; },
        "lse has 4 dimensions, but must have 3: [batch, heads, tokens]"),
    wrong(
        "NoSizes", [](Arguments &a) { a.k.view.sizes = nullptr; },
        "k: its sizes are NULL, but must be an array of 4"),
    wrong(
        "NoStrides", [](Arguments &a) { a.k.view.strides = nullptr; },
        "k: its strides are NULL, but must be an array of 4"),
    wrong(
        "NegativeSize", [](Arguments &a) { a.v.sizes[1] = -5; },
        "v: dimension 1 has size -5, but sizes must not be negative"),
    wrong(
        "LastStride", [](Arguments &a) { a.q.strides[3] = 2; },
        "q: the last dimension has stride 2, but must be contiguous (stride "
        "1); copy the tensor to a contiguous last dimension"),
    wrong(
        "LastStrideOfLse", [](Arguments &a) { a.lse.strides[2] = 0; },
        "lse: the last dimension has stride 0, but must be contiguous "
        "(stride 1); copy the tensor to a contiguous last dimension"),
    wrong(
        "Batch", [](Arguments &a) { a.k.lay({3, 5, 2, 8}); },
        "k has batch size 3, but q has batch size 2"),
    wrong(
        "BatchOfO", [](Arguments &a) { a.o.lay({1, 5, 4, 6}); },
        "o has batch size 1, but q has batch size 2"),
    wrong(
        "Tokens", [](Arguments &a) { a.v.lay({2, 1, 2, 6}); },
        "v has 1 token, but q has 5 tokens"),
    wrong(
        "KvHeads", [](Arguments &a) { a.v.lay({2, 5, 1, 6}); },
        "v has 1 head, but k has 2 heads"),
    wrong(
        "HeadsOfO", [](Arguments &a) { a.o.lay({2, 5, 3, 6}); },
        "o has 3 heads, but q has 4 heads"),
    wrong(
        "HeadDim", [](Arguments &a) { a.k.lay({2, 5, 2, 7}); },
        "k has head dimension 7, but q has head dimension 8"),
    wrong(
        "ValueDim", [](Arguments &a) { a.o.lay({2, 5, 4, 8}); },
        "o has head dimension 8, but v has head dimension 6"),
    wrong(
        "LseBatch", [](Arguments &a) { a.lse.lay({1, 4, 5}); },
        "lse has batch size 1, but q has batch size 2"),
    wrong(
        "LseHeads", [](Arguments &a) { a.lse.lay({2, 5, 4}); },
        "lse has 5 heads, but q has 4 heads"),
    wrong(
        "LseTokens", [](Arguments &a) { a.lse.lay({2, 4, 6}); },
        "lse has 6 tokens, but q has 5 tokens"),
    wrong(
        "Groups",
        [](Arguments &a) {
          a.k.lay({2, 5, 3, 8});
          a.v.lay({2, 5, 3, 6});
        },
        "k has 3 heads, but q's 4 heads must be a multiple of them"),
    wrong(
        "NoGroups",
        [](Arguments &a) {
          a.k.lay({2, 5, 0, 8});
          a.v.lay({2, 5, 0, 6});
        },
        "k has 0 heads, but q's 4 heads must be a multiple of them"),
    wrong(
        "NoHeadDim",
        [](Arguments &a) {
          a.q.lay({2, 5, 4, 0});
          a.k.lay({2, 5, 2, 0});
        },
        "q has head dimension 0, but it must be at least 1"),
    wrong(
        "NoValueDim",
        [](Arguments &a) {
          a.v.lay({2, 5, 2, 0});
          a.o.lay({2, 5, 4, 0});
        },
        "v has head dimension 0, but it must be at least 1"),
    wrong(
        "NoData", [](Arguments &a) { a.k.view.data = nullptr; },
        "k: its data is NULL, but the tensor is not empty"),
    wrong(
        "Unaligned",
        [](Arguments &a) {
          a.q.view.data = reinterpret_cast<char *>(a.q.memory.data()) + 2;
        },
        "q: its data is not aligned to its elements' 4 bytes"),
    wrong(
        "Address", [](Arguments &a) { a.q.strides[0] = INT64_MAX; },
        "q: its sizes and strides reach outside the address space"),
    wrong(
        "AddressBelow",
        [](Arguments &a) { a.q.strides[0] = -(int64_t(1) << 60); },
        "q: its sizes and strides reach outside the address space"),
    wrong(
        "OutputBroadcast", [](Arguments &a) { a.o.strides[1] = 0; },
        "o: dimension 1 has stride 0, so that elements share memory, but an "
        "output's elements must be apart"),
    wrong(
        "OutputSlides", [](Arguments &a) { a.o.strides[2] = 5; },
        "o: dimension 2 has stride 5, so that elements share memory, but an "
        "output's elements must be apart"),
    wrong(
        "LseBroadcast", [](Arguments &a) { a.lse.strides[1] = 0; },
        "lse: dimension 1 has stride 0, so that elements share memory, but "
        "an output's elements must be apart"),
    wrong(
        "InPlace", [](Arguments &a) { a.o.view.data = a.q.view.data; },
        "o and q share memory, but an output must be apart from every other "
        "tensor"),
    wrong(
        "LseInV", [](Arguments &a) { a.lse.view.data = a.v.memory.data(); },
        "lse and v share memory, but an output must be apart from every "
        "other tensor"),
    wrong(
        "OutputsMeet",
        [](Arguments &a) { a.lse.view.data = a.o.memory.data() + 200; },
        "o and lse share memory, but an output must be apart from every "
        "other tensor"),
    wrong(
        "Nan",
        [](Arguments &a) { a.scale = std::numeric_limits<float>::quiet_NaN(); },
        "scale must be finite, but is nan"),
    wrong(
        "Infinite",
        [](Arguments &a) { a.scale = std::numeric_limits<float>::infinity(); },
        "scale must be finite, but is inf"),
    wrong(
        "MinusInfinite",
        [](Arguments &a) { a.scale = -std::numeric_limits<float>::infinity(); },
        "scale must be finite, but is -inf"),
    wrong(
        "Threads", [](Arguments &a) { a.list.threads = -2; },
        "threads is -2, but must be 0 (OpenMP's choice) or positive"),
    {"LseUnwanted", [](FakeModule &m, Arguments &) { m.roles = "qkvso"; },
     "lse was given, but the function does not compute it"},
    {"ScaleUnwanted", [](FakeModule &m, Arguments &) { m.roles = "qkvol"; },
     "scale was given, but the function was compiled with a fixed scale"},
    {"NoPlan", [](FakeModule &m, Arguments &) { m.roles = "qkvsirpol"; },
     "plan is NULL, but the function takes any pattern and must be given one"},
    {"CompiledBatch",
     [](FakeModule &m, Arguments &) { m.functions[0].sizes[0] = 1; },
     "q has batch size 2, but the function was compiled for batch size 1"},
    {"CompiledTokens",
     [](FakeModule &m, Arguments &) { m.functions[0].sizes[1] = 4; },
     "q has 5 tokens, but the function was compiled for 4 tokens"},
    {"CompiledHeads",
     [](FakeModule &m, Arguments &) { m.functions[0].sizes[2] = 12; },
     "q has 4 heads, but the function was compiled for 12 heads"},
    {"CompiledKvHeads",
     [](FakeModule &m, Arguments &) { m.functions[0].sizes[3] = 1; },
     "k has 2 heads, but the function was compiled for 1 head"},
    {"CompiledHeadDim",
     [](FakeModule &m, Arguments &) { m.functions[0].sizes[4] = 64; },
     "q has head dimension 8, but the function was compiled for head dimension "
     "64"},
    {"CompiledValueDim",
     [](FakeModule &m, Arguments &) { m.functions[0].sizes[5] = 8; },
     "v has head dimension 6, but the function was compiled for head dimension "
     "8"},
};

class RunChecks : public testing::TestWithParam<Case> {};
} // namespace

TEST_P(RunChecks, Refuses) {
  FakeModule fake;
  Arguments arguments;
  GetParam().spoil(fake, arguments);
  fake.functions[0].roles = fake.roles.c_str();
  body = [](void **) { ADD_FAILURE() << "the entry ran"; };
  ASSERT_EQ(fake.open(), RDATTN_OK) << rdattn_last_error();
  EXPECT_EQ(rdattn_run(fake.function(), &arguments.list),
            RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(Arguments, RunChecks, testing::ValuesIn(kCases),
                         [](const auto &info) {
                           return std::string(info.param.name);
                         });

TEST(RunChecks, RefusesNull) {
  FakeModule fake;
  ASSERT_EQ(fake.open(), RDATTN_OK);
  Arguments arguments;
  EXPECT_EQ(rdattn_run(nullptr, &arguments.list), RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(),
               "function is NULL, but must be a module's function");
  EXPECT_EQ(rdattn_run(fake.function(), nullptr), RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(),
               "arguments is NULL, but must point to the call's arguments");
}
