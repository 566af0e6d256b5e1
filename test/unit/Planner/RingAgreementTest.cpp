//===- RingAgreementTest.cpp - Ranks that differ say where ----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Planner/RingAgreement.h"

#include "gmock/gmock.h"

using namespace rdattn::planner;
using testing::HasSubstr;
using testing::Optional;

namespace {

struct Inputs {
  std::vector<BranchClasses> branches{expandBranch({{{64}, {64, 2}}})};
  Sizes sizes{1, 128, 4, 2};
  bool causal = true;
  Ring ring{4, Layout::ZigZag};
  std::string dtype = "bf16";
};

RingAgreement agree(const Inputs &in) {
  return agreementOf(in.branches, in.sizes, in.causal, in.ring,
                     {{"dtype", in.dtype}});
}

/// The sentence after one change; the hashes differ with it.
std::string changed(void (*change)(Inputs &)) {
  Inputs in;
  change(in);
  RingAgreement mine = agree(Inputs()), theirs = agree(in);
  EXPECT_NE(mine.hash(), theirs.hash());
  return differences(mine, theirs).value_or("");
}

TEST(RingAgreement, EqualInputsAgree) {
  RingAgreement a = agree(Inputs()), b = agree(Inputs());
  EXPECT_EQ(a.hash(), b.hash());
  EXPECT_EQ(differences(a, b), std::nullopt);
}

TEST(RingAgreement, HashIsStable) {
  RingAgreement agreement{{{"S", "64"}, {"dtype", "bf16"}}};
  EXPECT_EQ(agreement.hash(), 3179191489102373029u); // by another program
}

TEST(RingAgreement, EachFieldIsNamed) {
  EXPECT_EQ(changed([](Inputs &in) { in.sizes.tokens = 100; }),
            "S is 128 on this rank but 100 on the other");
  EXPECT_EQ(changed([](Inputs &in) { in.sizes.batch = 2; }),
            "B is 1 on this rank but 2 on the other");
  EXPECT_EQ(changed([](Inputs &in) { in.sizes.heads = 8; }),
            "H is 4 on this rank but 8 on the other");
  EXPECT_EQ(changed([](Inputs &in) { in.sizes.kvHeads = 4; }),
            "G is 2 on this rank but 4 on the other");
  EXPECT_EQ(changed([](Inputs &in) { in.causal = false; }),
            "causal is true on this rank but false on the other");
  EXPECT_EQ(changed([](Inputs &in) { in.ring.size = 8; }),
            "the ring's size is 4 on this rank but 8 on the other");
  EXPECT_EQ(changed([](Inputs &in) { in.ring.layout = Layout::Striped; }),
            "the layout is zigzag on this rank but striped on the other");
  EXPECT_EQ(changed([](Inputs &in) { in.dtype = "f32"; }),
            "dtype is bf16 on this rank but f32 on the other");
}

TEST(RingAgreement, EachPropertyOfThePatternCounts) {
  EXPECT_THAT(changed([](Inputs &in) { in.branches[0].perHead = true; }),
              HasSubstr("branch 0 is "));
  EXPECT_THAT(changed([](Inputs &in) { in.branches[0].groups[1].stride = 4; }),
              HasSubstr("branch 0 is "));
  EXPECT_THAT(changed([](Inputs &in) { in.branches[0].groups[0].window = 3; }),
              HasSubstr("branch 0 is "));
  EXPECT_THAT(changed([](Inputs &in) {
                in.branches[0].groups[1].access = Access::Gathered;
                in.branches[0].groups[1].grid = Grid{8, 8};
              }),
              HasSubstr("branch 0 is "));
  std::string more =
      changed([](Inputs &in) { in.branches.push_back(in.branches.front()); });
  EXPECT_THAT(more, HasSubstr("the number of branches is 1 on this rank but "
                              "2 on the other"));
  EXPECT_THAT(more, HasSubstr("branch 1 is absent on this rank but 2 groups"));
}

TEST(RingAgreement, SpellingDoesNotCount) {
  Inputs in;
  Branch branch{{{64}, {64, 2}}};
  branch.segments[0].order.kind = OrderKind::Hilbert; // E1: says nothing
  in.branches = {expandBranch(branch)};
  EXPECT_EQ(differences(agree(Inputs()), agree(in)), std::nullopt);
}

/// A module that knows S holds what is left of the pattern.
TEST(RingAgreement, WhatLiesBehindTheSequenceDoesNotCount) {
  Inputs dynamic, cut;
  dynamic.sizes.tokens = cut.sizes.tokens = 100;
  cut.branches = {expandBranch({{{64}, {36, 2}}})};
  EXPECT_EQ(differences(agree(dynamic), agree(cut)), std::nullopt);
  cut.branches = {expandBranch({{{64}, {35, 2}}})};
  EXPECT_THAT(differences(agree(dynamic), agree(cut)),
              Optional(HasSubstr("branch 0 is ")));
}

TEST(RingAgreement, TextComesBack) {
  RingAgreement mine = agree(Inputs()), read;
  EXPECT_EQ(parse(print(mine), read), std::nullopt);
  EXPECT_EQ(read.hash(), mine.hash());
  EXPECT_EQ(parse("", read), std::nullopt);
  EXPECT_TRUE(read.fields.empty());
}

TEST(RingAgreement, OtherTextIsRefused) {
  RingAgreement read;
  EXPECT_EQ(parse("S=64\nnoise\n", read),
            "a ring agreement is lines of `name=text`, but byte 5 begins "
            "another one");
  EXPECT_THAT(parse("S=64", read), Optional(HasSubstr("byte 0")));
  EXPECT_THAT(parse("S\n=64\n", read), Optional(HasSubstr("byte 0")));
}

} // namespace
