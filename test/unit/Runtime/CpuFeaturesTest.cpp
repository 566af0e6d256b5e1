//===- CpuFeaturesTest.cpp - Whether this CPU runs a module ---------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cpu/CpuFeatures.h"

#include "gtest/gtest.h"

using namespace rdattn::runtime;

static bool isShort(std::string_view name) { return name.size() <= 4; }

TEST(CpuFeatures, NamesWhatIsMissing) {
  EXPECT_EQ(missingFeatures("", isShort), "");
  EXPECT_EQ(missingFeatures("avx,fma", isShort), "");
  EXPECT_EQ(missingFeatures("avx512f", isShort), "avx512f");
  EXPECT_EQ(missingFeatures("avx,avx512f,fma,amx-tile", isShort),
            "avx512f, amx-tile");
  EXPECT_EQ(missingFeatures(",avx,,fma,", isShort), "");
}

TEST(CpuFeatures, UnknownNamesAreMissing) {
  EXPECT_FALSE(cpuHas("warp9"));
  EXPECT_FALSE(cpuHas(""));
  EXPECT_FALSE(cpuHas("avx "));
  EXPECT_EQ(missingFeatures("warp9"), "warp9");
}

#if defined(__x86_64__)
TEST(CpuFeatures, AgreesWithTheCompilersView) {
  __builtin_cpu_init();
  EXPECT_TRUE(cpuHas("sse2"));
  EXPECT_TRUE(cpuHas("64bit"));
#define SAME(name) EXPECT_EQ(cpuHas(name), bool(__builtin_cpu_supports(name)))
  SAME("sse4.2");
  SAME("popcnt");
  SAME("avx");
  SAME("avx2");
  SAME("fma");
  SAME("bmi");
  SAME("bmi2");
  SAME("pclmul");
  SAME("aes");
  SAME("gfni");
  SAME("vpclmulqdq");
  SAME("xop");
  SAME("fma4");
  SAME("sse4a");
  SAME("avx512f");
  SAME("avx512bw");
  SAME("avx512cd");
  SAME("avx512dq");
  SAME("avx512vl");
  SAME("avx512ifma");
  SAME("avx512vbmi");
  SAME("avx512vbmi2");
  SAME("avx512vnni");
  SAME("avx512bitalg");
  SAME("avx512vpopcntdq");
  SAME("avx512bf16");
  SAME("avx512vp2intersect");
#undef SAME
}
#endif
