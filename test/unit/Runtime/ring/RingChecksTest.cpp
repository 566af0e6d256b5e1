//===- RingChecksTest.cpp - What a call on a ring refuses -----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RingRun.h"

#include "runtime/comm/Ring.h"
#include "gmock/gmock.h"

using namespace rdattn::test;
using namespace rdattn::planner;
using rdattn::runtime::MaybeFailure;
using testing::HasSubstr;

namespace {

RingCase dense(int64_t tokens, int64_t ranks,
               Layout layout = Layout::Contiguous) {
  RingCase c;
  Branch branch;
  branch.segments = {{64}};
  c.branches = {expandBranch(branch)};
  c.sizes = {1, tokens, 2, 1};
  c.ring = {ranks, layout};
  return c;
}

/// The call of rank 1 of 2, with 20 of 40 tokens.
struct RingChecks : testing::Test {
  void SetUp() override {
    for (FakeModule *module : {&scheduled, &planning, &plain, &tables})
      ASSERT_EQ(module->open(), RDATTN_OK) << rdattn_last_error();
    body = [](void **) { ADD_FAILURE() << "the entry ran"; };
  }

  std::string refusal(const FakeModule &module, const rdattn_plan_spec *plan,
                      rdattn_status status = RDATTN_INVALID_ARGUMENT) {
    RingRun::Ending ending = run.callAs(1, module.function(), rings[1], plan);
    EXPECT_EQ(ending.status, status);
    return ending.message;
  }

  Random random{1};
  RingRun run{random, dense(40, 2), 4, 3};
  Rings rings{2, 0.5};
  Spec spec{run.spec(4)};
  FakeModule scheduled{"qkvsdol"}, planning{"qkvsgol"}, plain,
      tables{"qkvsirpol"};
};

TEST_F(RingChecks, AFunctionOnARingNeedsOne) {
  for (const FakeModule *module : {&scheduled, &planning}) {
    rdattn_arguments call = run.arguments[1];
    call.plan = module == &scheduled ? spec.handle : nullptr;
    EXPECT_EQ(rdattn_run(module->function(), &call), RDATTN_INVALID_ARGUMENT);
    EXPECT_STREQ(rdattn_last_error(), "ring is NULL, but the function runs on "
                                      "a ring and must be given one");
  }
}

TEST_F(RingChecks, AFunctionOnOneDeviceTakesNoRing) {
  EXPECT_EQ(refusal(plain, nullptr),
            "ring was given, but the function was compiled for one device");
}

TEST_F(RingChecks, ThePlanIsForARingToo) {
  PlanSpec one = run.spec(4);
  one.ring.reset();
  Spec forOne(one);
  EXPECT_EQ(refusal(scheduled, forOne.handle),
            "plan is for one device, but the function runs on a ring: make the "
            "plan with a layout");
  rdattn_arguments call = run.arguments[1];
  call.plan = spec.handle;
  EXPECT_EQ(rdattn_run(tables.function(), &call), RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(),
               "plan is for a ring, but the function runs on one device: make "
               "the plan without a layout");
  EXPECT_EQ(refusal(scheduled, nullptr),
            "plan is NULL, but the function takes any pattern and must be "
            "given one");
  EXPECT_EQ(refusal(planning, spec.handle),
            "plan was given, but the function was compiled for a fixed "
            "pattern");
}

/// The rank's own failure is what its caller learns, also where the others do
/// not come to learn of it.
TEST_F(RingChecks, S8TheShardFitsTheLayout) {
  run.arguments[1].ring_tokens = 43;
  EXPECT_EQ(refusal(scheduled, spec.handle),
            "rank 1 of 2 holds 21 of S = 43 tokens in the contiguous layout, "
            "but its shard has 20 rows");
  run.arguments[1].ring_tokens = -1;
  EXPECT_EQ(refusal(scheduled, spec.handle),
            "ring_tokens is -1, but must be the length of the whole sequence");
}

TEST_F(RingChecks, S2TheSequenceFitsThePattern) {
  RingRun longer(random, dense(66, 2), 4, 3);
  for (const RingRun::Ending &ending :
       longer.call(scheduled.function(), rings, spec.handle)) {
    EXPECT_EQ(ending.status, RDATTN_INVALID_ARGUMENT);
    EXPECT_THAT(ending.message, HasSubstr("S = 66 is longer than the pattern's "
                                          "64 tokens"));
  }
}

TEST_F(RingChecks, ARefusedCallTellsTheOthersAndTheRingGoesOn) {
  for (const FakeModule *module : {&scheduled, &planning}) {
    const bool plans = module == &planning;
    const rdattn_plan_spec *plan = plans ? nullptr : spec.handle;
    body = RingCode{plans ? serialize(run.spec(4)) : std::vector<int64_t>(), 4,
                    nullptr};
    run.arguments[1].ring_tokens = 43;
    auto endings = run.call(module->function(), rings, plan);
    EXPECT_EQ(endings[1].status, RDATTN_INVALID_ARGUMENT);
    EXPECT_EQ(endings[0].status, RDATTN_RING_ERROR);
    EXPECT_EQ(
        endings[0].message,
        "rank 0 of 2 cannot go on without rank 1, whose call was refused: "
        "rank 1 of 2 holds 21 of S = 43 tokens in the contiguous layout, "
        "but its shard has 20 rows");
    run.arguments[1].ring_tokens = 40;
    run.check(run.call(module->function(), rings, plan));
  }
}

/// What is wrong without a look at the ring does not touch it: the others wait
/// for the call to be made again.
TEST_F(RingChecks, ACallThatDidNotBeginCanBeMadeAgain) {
  run.arguments[1].threads = -1;
  EXPECT_THAT(refusal(scheduled, spec.handle), HasSubstr("threads is -1"));
  run.arguments[1].threads = 1;
  body = RingCode{{}, 4, nullptr};
  run.check(run.call(scheduled.function(), rings, spec.handle));
}

TEST_F(RingChecks, EmbeddedWordsAreChecked) {
  PlanSpec one = run.spec(4);
  one.ring.reset();
  body = RingCode{serialize(one), 4, nullptr};
  EXPECT_EQ(refusal(planning, nullptr, RDATTN_BAD_MODULE),
            "the module's plan is damaged: it names no layout, but its "
            "function runs on a ring");
  body = RingCode{{1, 2, 3}, 4, nullptr};
  EXPECT_THAT(refusal(planning, nullptr, RDATTN_BAD_MODULE),
              HasSubstr("the module's plan is damaged: "));
}

TEST_F(RingChecks, AfterAFailureThereIsNothingToDo) {
  bool ran = false;
  body = [&](void **arguments) {
    ran = true;
    for (const std::vector<int64_t> &words :
         {std::vector<int64_t>{1, 2, 3}, serialize(run.spec(4))})
      EXPECT_EQ(rdattn_ring_plan(rdattn_current_call(),
                                 static_cast<rdattn_ring_call *>(arguments[4]),
                                 words.data(), int64_t(words.size()), 1, 20, 2,
                                 1),
                nullptr);
    EXPECT_EQ(rdattn_ring_steps(nullptr), 1);
    EXPECT_EQ(rdattn_schedule_rank(nullptr, 4), 4);
    rdattn_ring_post(nullptr, 1, arguments[1], arguments[2]);
    Memref<4> k, v;
    rdattn_ring_wait(nullptr, 1, &k, &v);
    EXPECT_EQ(k.sizes[1], 0);
    EXPECT_EQ(v.sizes[1], 0);
    rdattn_table2 items;
    rdattn_table1 lists, phases;
    rdattn_ring_table(nullptr, 0, &items, &lists, &phases);
    EXPECT_EQ(items.sizes[0], 0);
    EXPECT_EQ(phases.aligned[1], 0);
  };
  EXPECT_THAT(refusal(planning, nullptr, RDATTN_BAD_MODULE),
              HasSubstr("plan is damaged"));
  EXPECT_TRUE(ran);
}

TEST_F(RingChecks, OutsideOfACallThereIsNoRing) {
  const std::vector<int64_t> words = serialize(run.spec(4));
  rdattn_ring_call ring = {rings[1], 40};
  EXPECT_EQ(rdattn_ring_plan(nullptr, &ring, words.data(),
                             int64_t(words.size()), 1, 20, 2, 1),
            nullptr);
}

/// A ring whose tensors are on a GPU.
class RingOfGpus : public rdattn::runtime::comm::Communicator {
public:
  RingOfGpus() : Communicator(0, 1, 1) {}
  const char *transport() const override { return "nccl"; }
  int32_t device() const override { return 3; }
  MaybeFailure poll() override { return std::nullopt; }
  void abort(const std::string &) override {}

protected:
  MaybeFailure start(rdattn::runtime::comm::Step) override {
    return std::nullopt;
  }
  MaybeFailure finish(int64_t, void *) override { return std::nullopt; }
};

TEST_F(RingChecks, TheRingIsWhereTheTensorsAre) {
  rdattn_ring ring;
  ring.communicator = std::make_unique<RingOfGpus>();
  rdattn_arguments call = run.arguments[0];
  call.ring = &ring;
  call.plan = spec.handle;
  EXPECT_EQ(rdattn_run(scheduled.function(), &call), RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(),
               "ring has its tensors on CUDA device 3, but the function was "
               "compiled for the CPU and needs a ring of tensors in host "
               "memory");
  scheduled.functions[0].target = RDATTN_CUDA;
  ASSERT_EQ(scheduled.open(), RDATTN_OK);
  EXPECT_EQ(refusal(scheduled, spec.handle),
            "ring has its tensors in host memory, but the function was "
            "compiled for CUDA and needs a ring of GPUs");
  call.device = 2;
  EXPECT_EQ(rdattn_run(scheduled.function(), &call), RDATTN_INVALID_ARGUMENT);
  EXPECT_STREQ(rdattn_last_error(), "ring has its tensors on CUDA device 3, "
                                    "but the call runs on device 2");
}

} // namespace
