//===- ModuleDataTest.cpp - What a module must export ---------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeModule.h"

#include "gtest/gtest.h"

using namespace rdattn::test;

namespace {
struct Case {
  const char *name;
  std::function<void(FakeModule &)> spoil;
  rdattn_status status;
  const char *message;

  /// CTest names the test by this; bytes would change with every build.
  friend void PrintTo(const Case &c, std::ostream *os) { *os << c.name; }
};

/// Code of "fake" for sm_90a and for another architecture.
void setAlternatives(FakeModule &fake, const char *architecture) {
  fake.data.function_count = 2;
  fake.functions[1].name = "fake";
  for (rdattn_function_data &function : fake.functions)
    function.target = RDATTN_CUDA;
  fake.functions[0].architecture = "sm_90a";
  fake.functions[1].architecture = architecture;
}

const Case kCases[] = {
    {"Magic", [](FakeModule &m) { ++m.data.magic; }, RDATTN_BAD_MODULE,
     "the module is not an rdattn module: its magic is wrong"},
    {"Abi", [](FakeModule &m) { m.data.abi_version = 8; }, RDATTN_ABI_MISMATCH,
     "the module was compiled for ABI version 8, but this runtime has ABI "
     "version 7; compile it again"},
    {"Features", [](FakeModule &m) { m.data.features = "sse2,warp9,avx,mmx2"; },
     RDATTN_UNSUPPORTED_CPU, nullptr},
    {"Empty", [](FakeModule &m) { m.data.function_count = 0; },
     RDATTN_BAD_MODULE, "the module holds no functions"},
    {"NoFunctions", [](FakeModule &m) { m.data.functions = nullptr; },
     RDATTN_BAD_MODULE, "the module holds no functions"},
    {"NoName", [](FakeModule &m) { m.functions[0].name = nullptr; },
     RDATTN_BAD_MODULE, "function 0 of the module has no name"},
    {"NoEntry", [](FakeModule &m) { m.functions[0].entry = nullptr; },
     RDATTN_BAD_MODULE, "function 'fake' of the module has no entry point"},
    {"NoRoles", [](FakeModule &m) { m.functions[0].roles = nullptr; },
     RDATTN_BAD_MODULE, "function 'fake' of the module has no argument roles"},
    {"Role", [](FakeModule &m) { m.functions[0].roles = "qkvox"; },
     RDATTN_BAD_MODULE,
     "function 'fake' of the module has an unknown argument role 'x'"},
    {"Twice", [](FakeModule &m) { m.functions[0].roles = "qkvoq"; },
     RDATTN_BAD_MODULE,
     "function 'fake' of the module has the argument role 'q' twice"},
    {"NoOutput", [](FakeModule &m) { m.functions[0].roles = "qkv"; },
     RDATTN_BAD_MODULE, "function 'fake' of the module has no argument 'o'"},
    {"HalfAPlan", [](FakeModule &m) { m.functions[0].roles = "qkvio"; },
     RDATTN_BAD_MODULE,
     "function 'fake' of the module takes some tables of a plan, but not all "
     "three"},
    {"RingAndSchedule", [](FakeModule &m) { m.functions[0].roles = "qkvogd"; },
     RDATTN_BAD_MODULE,
     "function 'fake' of the module takes more than one of a ring, a schedule "
     "and a plan's tables"},
    {"RingAndTables", [](FakeModule &m) { m.functions[0].roles = "qkvirpog"; },
     RDATTN_BAD_MODULE,
     "function 'fake' of the module takes more than one of a ring, a schedule "
     "and a plan's tables"},
    {"ScheduleAndTables",
     [](FakeModule &m) { m.functions[0].roles = "qkvirpod"; },
     RDATTN_BAD_MODULE,
     "function 'fake' of the module takes more than one of a ring, a schedule "
     "and a plan's tables"},
    {"Dtype", [](FakeModule &m) { m.functions[0].dtype = 3; },
     RDATTN_BAD_MODULE, "function 'fake' of the module has an unknown dtype 3"},
    {"Target", [](FakeModule &m) { m.functions[0].target = 2; },
     RDATTN_BAD_MODULE,
     "function 'fake' of the module has an unknown target 2"},
    {"Size", [](FakeModule &m) { m.functions[0].sizes[2] = -2; },
     RDATTN_BAD_MODULE, "function 'fake' of the module has a size of -2"},
    {"Namesakes",
     [](FakeModule &m) {
       m.data.function_count = 2;
       m.functions[1].name = "fake";
     },
     RDATTN_BAD_MODULE, "the module holds two functions called 'fake'"},
    {"Architecture", [](FakeModule &m) { setAlternatives(m, "hopper"); },
     RDATTN_BAD_MODULE,
     "function 'fake' of the module is for architecture 'hopper', but one is "
     "such as sm_90a or sm_80"},
    {"ArchitectureOfText",
     [](FakeModule &m) { setAlternatives(m, "compute_80"); }, RDATTN_BAD_MODULE,
     "function 'fake' of the module is for architecture 'compute_80', but one "
     "is such as sm_90a or sm_80"},
    {"ArchitectureOfACPU",
     [](FakeModule &m) {
       setAlternatives(m, "sm_80");
       m.functions[0].target = RDATTN_CPU;
     },
     RDATTN_BAD_MODULE,
     "function 'fake' of the module is for architecture 'sm_90a', but not for "
     "CUDA"},
    {"SameArchitecture", [](FakeModule &m) { setAlternatives(m, "sm_90a"); },
     RDATTN_BAD_MODULE,
     "the module holds code for sm_90a twice for function 'fake'"},
    {"OtherSignature",
     [](FakeModule &m) {
       setAlternatives(m, "sm_80");
       m.functions[1].sizes[4] = 64;
     },
     RDATTN_BAD_MODULE,
     "the module holds code for another signature of function 'fake'"},
    {"ApartFromEachOther",
     [](FakeModule &m) {
       setAlternatives(m, "sm_80");
       m.functions[2] = m.functions[1];
       m.functions[1].name = "between";
       m.data.function_count = 3;
     },
     RDATTN_BAD_MODULE, "the module holds two functions called 'fake'"},
};

class ModuleData : public testing::TestWithParam<Case> {};
} // namespace

TEST_P(ModuleData, IsRefused) {
  FakeModule fake;
  GetParam().spoil(fake);
  EXPECT_EQ(fake.open(), GetParam().status);
  EXPECT_EQ(fake.module, nullptr);
  if (GetParam().message) {
    EXPECT_STREQ(rdattn_last_error(), GetParam().message);
    return;
  }
  // Whether this CPU has avx is its own affair.
  std::string message = rdattn_last_error();
  EXPECT_NE(message.find("features that this CPU lacks: warp9"), message.npos)
      << message;
  EXPECT_NE(message.find("mmx2"), message.npos) << message;
  EXPECT_EQ(message.find("sse2"), message.npos) << message;
}

INSTANTIATE_TEST_SUITE_P(Fields, ModuleData, testing::ValuesIn(kCases),
                         [](const auto &info) {
                           return std::string(info.param.name);
                         });

TEST(Module, RefusesNull) {
  FakeModule fake;
  rdattn_module *module = nullptr;
  EXPECT_EQ(rdattn_module_from_data(nullptr, &module), RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(),
               "data is NULL, but must be a module's rdattn_module_data");
  EXPECT_EQ(rdattn_module_from_data(&fake.data, nullptr),
            RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(),
               "module is NULL, but must point to where the module goes");
  EXPECT_EQ(rdattn_module_size(nullptr), 0u);
  EXPECT_EQ(rdattn_module_function(nullptr, 0), nullptr);
  rdattn_module_close(nullptr);
}

TEST(Module, FindsFunctions) {
  FakeModule fake;
  const rdattn_function *function = nullptr;
  ASSERT_EQ(fake.open(), RDATTN_OK);
  EXPECT_EQ(rdattn_module_size(fake.module), 1u);
  EXPECT_EQ(rdattn_module_function(fake.module, 1), nullptr);
  EXPECT_EQ(rdattn_module_find(fake.module, nullptr, &function), RDATTN_OK);
  EXPECT_EQ(function, fake.function());

  fake.data.function_count = 2;
  ASSERT_EQ(fake.open(), RDATTN_OK);
  EXPECT_EQ(rdattn_module_find(fake.module, "other", &function), RDATTN_OK);
  EXPECT_EQ(function, rdattn_module_function(fake.module, 1));
  EXPECT_EQ(rdattn_module_find(fake.module, nullptr, &function),
            RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(), "name is NULL, but the module has 2 "
                                    "functions, so it must be one of 'fake', "
                                    "'other'");
  EXPECT_EQ(rdattn_module_find(fake.module, "forward", &function),
            RDATTN_INVALID_ARGUMENT);
  EXPECT_EQ(function, nullptr);
  EXPECT_STREQ(rdattn_last_error(),
               "the module has no function 'forward', but has 'fake', 'other'");
  EXPECT_EQ(rdattn_module_find(nullptr, "fake", &function),
            RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(),
               "module is NULL, but must be an open module");
  EXPECT_EQ(rdattn_module_find(fake.module, "fake", nullptr),
            RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(),
               "function is NULL, but must point to where the function goes");
}

TEST(Module, TellsItsSignature) {
  FakeModule fake("qkvo", RDATTN_BFLOAT16);
  const int64_t sizes[] = {1, -1, 12, 4, 64, 32};
  std::copy(sizes, sizes + 6, fake.functions[0].sizes);
  ASSERT_EQ(fake.open(), RDATTN_OK);
  rdattn_signature s;
  rdattn_function_signature(fake.function(), &s);
  EXPECT_STREQ(s.name, "fake");
  EXPECT_STREQ(s.definition, "{\"causal\": false}");
  EXPECT_EQ(s.dtype, RDATTN_BFLOAT16);
  EXPECT_EQ(s.batch, 1);
  EXPECT_EQ(s.tokens, -1);
  EXPECT_EQ(s.heads, 12);
  EXPECT_EQ(s.kv_heads, 4);
  EXPECT_EQ(s.head_dim, 64);
  EXPECT_EQ(s.value_dim, 32);
  EXPECT_EQ(s.has_lse, 0);
  EXPECT_EQ(s.has_scale, 0);
  EXPECT_EQ(s.needs_plan, 0);
  EXPECT_EQ(s.target, RDATTN_CPU);

  fake.functions[0].target = RDATTN_CUDA;
  rdattn_function_signature(fake.function(), &s);
  EXPECT_EQ(s.target, RDATTN_CUDA);
}
