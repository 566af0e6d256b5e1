//===- CompilerTest.cpp - Options and targets of the compiler -------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "rdattn/compiler.h"
#include "rdattn/ring.h"

#include "gtest/gtest.h"

#include <memory>
#include <string>

namespace {
struct Destroy {
  void operator()(rdattn_kernel *kernel) const {
    rdattn_kernel_destroy(kernel);
  }
  void operator()(rdattn_module *module) const { rdattn_module_close(module); }
};
using Kernel = std::unique_ptr<rdattn_kernel, Destroy>;
using Module = std::unique_ptr<rdattn_module, Destroy>;

/// A kernel of bfloat16 and D = 64, for a test to change.
struct Options : rdattn_kernel_options {
  Options() : rdattn_kernel_options{} {
    pattern = R"({"branches": [{"segments": [{"length": 64}]}]})";
    dtype = RDATTN_BFLOAT16;
    head_dim = 64;
    target = "cuda-sm90a";
  }

  Kernel create() const {
    rdattn_kernel *kernel = nullptr;
    EXPECT_EQ(rdattn_kernel_create(this, &kernel), RDATTN_OK)
        << rdattn_last_error();
    return Kernel(kernel);
  }
  std::string refusal(rdattn_status status = RDATTN_INVALID_ARGUMENT) const {
    rdattn_kernel *kernel = nullptr;
    EXPECT_EQ(rdattn_kernel_create(this, &kernel), status);
    EXPECT_EQ(kernel, nullptr);
    return rdattn_last_error();
  }
};
} // namespace

static std::string irOf(rdattn_kernel *kernel, const char *level) {
  const char *text = nullptr;
  EXPECT_EQ(rdattn_kernel_ir(kernel, level, &text), RDATTN_OK)
      << rdattn_last_error();
  return text ? text : "";
}

static bool contains(const std::string &text, const char *part) {
  return text.find(part) != std::string::npos;
}

TEST(Compiler, AKernelForCUDANeedsNoGPU) {
  Kernel kernel = Options().create();
  rdattn_signature signature;
  rdattn_function_signature(rdattn_kernel_function(kernel.get()), &signature);
  EXPECT_EQ(signature.target, RDATTN_CUDA);
  EXPECT_TRUE(signature.needs_plan);
  EXPECT_TRUE(contains(irOf(kernel.get(), "launch"), "#rdattn.sm90<"));
  EXPECT_TRUE(contains(irOf(kernel.get(), "rdtile"), "rdattn.dispatch"));
  EXPECT_TRUE(contains(irOf(kernel.get(), "llvm"), "rdattn_cuda_launch"));
}

TEST(Compiler, KernelsOfOneKeyShareTheirCode) {
  Options options;
  Kernel first = options.create();
  uint64_t compiled = rdattn_compile_count();
  options.pattern = R"({"branches": [{"segments": [{"length": 32}]}]})";
  Kernel second = options.create();
  EXPECT_EQ(rdattn_compile_count(), compiled);
  options.schedule = R"({"keys": 64})";
  Kernel third = options.create();
  EXPECT_EQ(rdattn_compile_count(), compiled + 1);
}

static void expectEveryLayoutServed(const char *target) {
  Options options;
  options.target = target;
  Kernel alone = options.create();
  options.layout = "contiguous";
  Kernel first = options.create();
  const uint64_t compiled = rdattn_compile_count();
  options.pattern = R"({"branches": [{"segments": [{"length": 32}]}]})";
  for (const char *layout : {"contiguous", "zigzag", "striped"}) {
    options.layout = layout;
    Kernel kernel = options.create();
    rdattn_signature signature;
    rdattn_function_signature(rdattn_kernel_function(kernel.get()), &signature);
    EXPECT_TRUE(signature.has_ring);
    EXPECT_TRUE(signature.needs_plan);
    EXPECT_TRUE(contains(irOf(kernel.get(), "attention"), layout));
    EXPECT_TRUE(contains(irOf(kernel.get(), "launch"), "rdattn.ring.launch"));
  }
  EXPECT_EQ(rdattn_compile_count(), compiled);
  rdattn_signature signature;
  rdattn_function_signature(rdattn_kernel_function(alone.get()), &signature);
  EXPECT_FALSE(signature.has_ring);
}

TEST(Compiler, AKernelForARingServesEveryLayout) {
  for (const char *target : {"cpu", "cuda-sm90a", "cuda-sm80"})
    expectEveryLayoutServed(target);
}

TEST(Compiler, LayoutsAreChecked) {
  Options options;
  for (const char *layout : {"", "auto", "Zigzag"}) {
    options.layout = layout;
    EXPECT_EQ(options.refusal(),
              "unknown layout '" + std::string(layout) +
                  "'; layouts are contiguous, zigzag and striped");
  }
}

TEST(Compiler, APatternAloneHasAPlanSpec) {
  rdattn_plan_spec *spec = nullptr;
  const char *dense = R"({"branches": [{"segments": [{"length": 4096}]}]})";
  for (bool causal : {false, true}) {
    ASSERT_EQ(rdattn_pattern_plan_spec(dense, causal, &spec), RDATTN_OK);
    rdattn_ring_layout layout;
    EXPECT_EQ(rdattn_ring_choose_layout(spec, 4096, 8, &layout), RDATTN_OK);
    EXPECT_EQ(layout, causal ? RDATTN_RING_ZIGZAG : RDATTN_RING_CONTIGUOUS);
    EXPECT_EQ(rdattn_ring_choose_layout(spec, 4097, 8, &layout),
              RDATTN_INVALID_ARGUMENT);
    rdattn_plan_spec_destroy(spec);
  }
  EXPECT_EQ(rdattn_pattern_plan_spec("{}", false, &spec),
            RDATTN_INVALID_ARGUMENT);
  EXPECT_EQ(spec, nullptr);
  EXPECT_EQ(rdattn_pattern_plan_spec(dense, false, nullptr),
            RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(), "pattern and spec must not be NULL");
}

TEST(Compiler, NoTargetIsTheCPU) {
  Options options;
  options.target = nullptr;
  Kernel kernel = options.create();
  EXPECT_TRUE(contains(irOf(kernel.get(), "launch"), "#rdattn.cpu<"));
}

TEST(Compiler, ATargetHasItsLevels) {
  Kernel kernel = Options().create();
  const char *text = nullptr;
  EXPECT_EQ(rdattn_kernel_ir(kernel.get(), "cpu", &text),
            RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(),
               "target cuda has no level 'cpu'; its levels are attention, "
               "expanded, scheduled, launch, bufferized, rdtile, nvvm, llvm");
  EXPECT_EQ(rdattn_kernel_ir(kernel.get(), "ptx", &text),
            RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(),
               "unknown level 'ptx'; levels of target cuda are attention, "
               "expanded, scheduled, launch, bufferized, rdtile, nvvm, llvm");
}

TEST(Compiler, EachTargetHasItsSchedule) {
  for (auto [target, schedule] : {std::pair("cuda-sm90a", "#rdattn.sm90<"),
                                  std::pair("cuda-sm80", "#rdattn.sm80<")}) {
    Options options;
    options.target = target;
    Kernel kernel = options.create();
    EXPECT_TRUE(contains(irOf(kernel.get(), "launch"), schedule));
    options.dtype = RDATTN_FLOAT32;
    Kernel exact = options.create();
    EXPECT_TRUE(contains(irOf(exact.get(), "launch"), "#rdattn.sm80<"));
  }
}

TEST(Compiler, CudaIsOneOfItsTargets) {
  Options options;
  options.target = "cuda";
  Kernel kernel = options.create();
  const char *target = nullptr;
  bool isHopper = rdattn_cuda_target(0, &target) != RDATTN_OK ||
                  std::string(target) == "cuda-sm90a";
  std::string launch = irOf(kernel.get(), "launch");
  EXPECT_EQ(contains(launch, "#rdattn.sm90<"), isHopper);
  EXPECT_EQ(contains(launch, "#rdattn.sm80<"), !isHopper);
}

TEST(Compiler, FieldsOfAScheduleAreSetByHand) {
  Options options;
  options.schedule =
      R"({"pingpong": false, "stages": 3, "keys": 112, "order": "plain"})";
  Kernel kernel = options.create();
  EXPECT_TRUE(contains(irOf(kernel.get(), "launch"), "keys = 112, stages = 3"));
}

TEST(Compiler, AnExplanationCountsTheItemsOfTheSchedule) {
  Options options;
  const char *json = nullptr;
  ASSERT_EQ(rdattn_explain(&options, 1, 64, 2, 2, &json), RDATTN_OK)
      << rdattn_last_error();
  EXPECT_TRUE(contains(json, R"("items":2,)"));
  options.pattern = R"({"branches": [{"segments": [{"length": 192}]}]})";
  options.schedule = R"({"consumers": 1, "pingpong": false})";
  ASSERT_EQ(rdattn_explain(&options, 1, 192, 2, 2, &json), RDATTN_OK)
      << rdattn_last_error();
  EXPECT_TRUE(contains(json, R"("items":6,)"));
}

TEST(Compiler, AnExplanationNeedsAKernelThatCanBe) {
  Options options;
  const char *json = nullptr;
  EXPECT_EQ(rdattn_explain(nullptr, 1, 64, 2, 2, &json),
            RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(), "options and json must not be NULL");
  EXPECT_EQ(rdattn_explain(&options, 1, 65, 2, 2, &json),
            RDATTN_INVALID_ARGUMENT);
  options.head_dim = 257;
  EXPECT_EQ(rdattn_explain(&options, 1, 64, 2, 2, &json), RDATTN_COMPILE_ERROR);
  EXPECT_TRUE(contains(rdattn_last_error(), "D = 257 exceeds the limit"));
}

TEST(Compiler, OptionsThatNoKernelHas) {
  auto refuse = [](auto change) {
    Options options;
    change(options);
    return options.refusal();
  };
  EXPECT_EQ(refuse([](Options &o) { o.target = "tpu"; }),
            "unknown target 'tpu'; targets are cpu, cuda, cuda-sm90a and "
            "cuda-sm80");
  EXPECT_EQ(refuse([](Options &o) { o.pattern = nullptr; }),
            "pattern is NULL, but must be JSON");
  EXPECT_EQ(refuse([](Options &o) { o.dtype = rdattn_dtype(7); }),
            "unknown dtype; use float32, float16 or bfloat16");
  EXPECT_EQ(refuse([](Options &o) { o.head_dim = 0; }),
            "head_dim must be at least 1 and value_dim at least 0 (0: "
            "head_dim)");
  for (const char *schedule : {"keys = 64", "[64]", "", "{\"keys\": "})
    EXPECT_EQ(refuse([=](Options &o) { o.schedule = schedule; }),
              "schedule must be a JSON object of a schedule's fields, such as "
              "{\"keys\": 112}");
  EXPECT_EQ(refuse([](Options &o) {
              o.target = "cpu";
              o.schedule = R"({"keys": 64})";
            }),
            "a schedule is for CUDA; target 'cpu' takes none");
}

TEST(Compiler, AScheduleThatDoesNotFitIsACompilersError) {
  Options options;
  options.schedule = R"({"keys": 100})";
  EXPECT_TRUE(contains(options.refusal(RDATTN_COMPILE_ERROR),
                       "keys = 100 must be a multiple of 16 from 16 to 256"));
  options.schedule = R"({"warpgroups": 2})";
  EXPECT_TRUE(contains(options.refusal(RDATTN_COMPILE_ERROR),
                       "unknown schedule field 'warpgroups'; fields are keys, "
                       "stages, consumers"));
  options.schedule = R"({"tiles": 3})";
  EXPECT_TRUE(contains(options.refusal(RDATTN_COMPILE_ERROR),
                       "unknown schedule field 'tiles'"));
}

static const char kText[] = R"(
func.func @attention(%q: tensor<1x64x2x64xf16>, %k: tensor<1x64x2x64xf16>, %v: tensor<1x64x2x64xf16>)
    -> tensor<1x64x2x64xf16> {
  %o, %lse = rdattn.attention %q, %k, %v pattern [64] : tensor<1x64x2x64xf16>
  return %o : tensor<1x64x2x64xf16>
})";

static rdattn_status compile(const char *target, Module &module) {
  rdattn_module *compiled = nullptr;
  rdattn_status status = rdattn_compile_text(kText, sizeof kText - 1,
                                             "text.mlir", target, &compiled);
  module.reset(compiled);
  return status;
}

TEST(Compiler, TextIsCompiledForATarget) {
  for (auto [target, wanted] :
       {std::pair(static_cast<const char *>(nullptr), RDATTN_CPU),
        std::pair("cpu", RDATTN_CPU), std::pair("cuda", RDATTN_CUDA),
        std::pair("cuda-sm90a", RDATTN_CUDA),
        std::pair("cuda-sm80", RDATTN_CUDA)}) {
    Module module;
    ASSERT_EQ(compile(target, module), RDATTN_OK) << rdattn_last_error();
    rdattn_signature signature;
    rdattn_function_signature(rdattn_module_function(module.get(), 0),
                              &signature);
    EXPECT_EQ(signature.target, wanted);
  }
  Module module;
  EXPECT_EQ(compile("tpu", module), RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(),
               "unknown target 'tpu'; targets are cpu, cuda, cuda-sm90a and "
               "cuda-sm80");
}
