//===- ProgramChecksTest.cpp - Damaged programs ---------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CudaTest.h"

#include "runtime/cuda/ProgramChecks.h"

using namespace rdattn::test;

namespace {
struct Case {
  const char *name;
  std::function<void(FakeProgram &)> spoil;
  const char *message;

  /// CTest names the test by this; bytes would change with every build.
  friend void PrintTo(const Case &c, std::ostream *os) { *os << c.name; }
};

const Case kCases[] = {
    {"Dtype", [](FakeProgram &p) { p.program.dtype = 3; },
     "the module's kernels have an unknown dtype 3"},
    {"Epilogue", [](FakeProgram &p) { p.program.epilogue = 4; },
     "the module's kernels have an unknown epilogue 4"},
    {"NoKernels", [](FakeProgram &p) { p.kernels.clear(); },
     "the module has no attention kernel"},
    {"Target", [](FakeProgram &p) { p.images[0].target = "hopper"; },
     "the module has code for 'hopper', but a target is such as sm_90a or "
     "compute_80"},
    {"NoTarget", [](FakeProgram &p) { p.images[0].target = nullptr; },
     "the module has code for '', but a target is such as sm_90a or "
     "compute_80"},
    {"NoImage", [](FakeProgram &p) { p.images[0].data = nullptr; },
     "the module's code for sm_90a is empty"},
    {"EmptyImage", [](FakeProgram &p) { p.images[0].size = 0; },
     "the module's code for sm_90a is empty"},
    {"NoName", [](FakeProgram &p) { p.kernels[1].name = nullptr; },
     "kernel 1 of the module has no name"},
    {"NoRoles", [](FakeProgram &p) { p.kernels[1].roles = nullptr; },
     "kernel 'attention_rows' of the module has no parameter roles"},
    {"Role", [](FakeProgram &p) { p.kernels[0].roles = "mqx"; },
     "kernel 'attention_map' of the module has an unknown parameter role 'x'"},
    {"Twice", [](FakeProgram &p) { p.kernels[0].roles = "mqq"; },
     "kernel 'attention_map' of the module has the parameter role 'q' twice"},
    {"Kind", [](FakeProgram &p) { p.kernels[0].kind = 7; },
     "kernel 'attention_map' of the module has an unknown kind 7"},
    {"SameKind", [](FakeProgram &p) { p.kernels[1].kind = 0; },
     "kernel 'attention_rows' of the module is the second of its kind"},
    {"NoThreads", [](FakeProgram &p) { p.kernels[0].threads = 0; },
     "kernel 'attention_map' of the module has 0 threads, but must have a "
     "multiple of 32 up to 1024"},
    {"PartOfAWarp", [](FakeProgram &p) { p.kernels[0].threads = 48; },
     "kernel 'attention_map' of the module has 48 threads, but must have a "
     "multiple of 32 up to 1024"},
    {"ManyThreads", [](FakeProgram &p) { p.kernels[0].threads = 1056; },
     "kernel 'attention_map' of the module has 1056 threads, but must have a "
     "multiple of 32 up to 1024"},
    {"Shared", [](FakeProgram &p) { p.kernels[0].shared_bytes = -1; },
     "kernel 'attention_map' of the module has -1 bytes of shared memory"},
    {"Queries", [](FakeProgram &p) { p.program.queries = 0; },
     "kernel 'attention_map' of the module takes tensor maps of 0 rows, but "
     "they have 1 to 256"},
    {"Keys", [](FakeProgram &p) { p.program.keys = 257; },
     "kernel 'attention_map' of the module takes tensor maps of 257 rows, but "
     "they have 1 to 256"},
    {"MergeAlone",
     [](FakeProgram &p) {
       p.kernels = {{"merge", "PSol", RDATTN_KERNEL_MERGE, 128, 0}};
     },
     "the module has no attention kernel"},
    {"NoMerge", [](FakeProgram &p) { p.program.epilogue = 1; },
     "the module writes partial results, but has no kernel that merges them"},
    {"UnneededMerge",
     [](FakeProgram &p) {
       p.kernels.push_back({"merge", "PSol", RDATTN_KERNEL_MERGE, 128, 0});
     },
     "the module has a kernel that merges partial results, but writes none"},
    {"RoleOfARing", [](FakeProgram &p) { p.kernels[0].roles = "mqA"; },
     "kernel 'attention_map' of the module has an unknown parameter role 'A'"},
    {"RoleOfOneDevice",
     [](FakeProgram &p) {
       p.program.epilogue = RDATTN_EPILOGUE_RING;
       p.kernels[0].roles = "mqp";
     },
     "kernel 'attention_map' of the module has an unknown parameter role 'p'"},
    {"RoleOfTheEnd",
     [](FakeProgram &p) {
       p.program.epilogue = RDATTN_EPILOGUE_RING;
       p.kernels = {{"finish", "AXYq", RDATTN_KERNEL_FINISH, 128, 0}};
     },
     "kernel 'finish' of the module has an unknown parameter role 'q'"},
    {"FinishBesideOthers",
     [](FakeProgram &p) {
       p.program.epilogue = RDATTN_EPILOGUE_RING;
       p.kernels.push_back({"finish", "AXYol", RDATTN_KERNEL_FINISH, 128, 0});
     },
     "the module has a kernel that finishes a ring's results, which must be "
     "alone in its program"},
    {"PackBesideOthers",
     [](FakeProgram &p) {
       p.program.epilogue = RDATTN_EPILOGUE_RING;
       p.kernels.push_back(
           {"pack", "kvKVi", RDATTN_KERNEL_PACK_ELEMENTS, 128, 0});
     },
     "the module has a kernel that packs what a ring sends, which must have "
     "the "
     "program of a ring for itself"},
    {"PackWithoutARing",
     [](FakeProgram &p) {
       p.kernels = {{"pack", "kvKVi", RDATTN_KERNEL_PACK_ELEMENTS, 128, 0}};
     },
     "the module has a kernel that packs what a ring sends, which must have "
     "the "
     "program of a ring for itself"},
    {"PackOfSomeTensors",
     [](FakeProgram &p) {
       p.program.epilogue = RDATTN_EPILOGUE_RING;
       p.kernels = {{"pack", "kvKVi", RDATTN_KERNEL_PACK_VECTORS, 128, 0}};
     },
     "the module has no kernel that packs tensors of any alignment"},
    {"RoleOfAPack",
     [](FakeProgram &p) {
       p.program.epilogue = RDATTN_EPILOGUE_RING;
       p.kernels = {{"pack", "kvKVo", RDATTN_KERNEL_PACK_ELEMENTS, 128, 0}};
     },
     "kernel 'pack' of the module has an unknown parameter role 'o'"},
    {"FinishWithoutARing",
     [](FakeProgram &p) {
       p.kernels = {{"finish", "AXYol", RDATTN_KERNEL_FINISH, 128, 0}};
     },
     "the module has a kernel that finishes a ring's results, which must be "
     "alone in its program"},
};

class ProgramChecks : public testing::TestWithParam<Case> {};
} // namespace

TEST_P(ProgramChecks, Refuses) {
  FakeProgram program;
  GetParam().spoil(program);
  auto failure = rdattn::runtime::cuda::checkProgram(program.get());
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->status, RDATTN_BAD_MODULE);
  EXPECT_EQ(failure->message, GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(Fields, ProgramChecks, testing::ValuesIn(kCases),
                         [](const auto &info) {
                           return std::string(info.param.name);
                         });

TEST(Program, IsRight) {
  FakeProgram stores, merges(true);
  EXPECT_FALSE(rdattn::runtime::cuda::checkProgram(stores.get()));
  EXPECT_FALSE(rdattn::runtime::cuda::checkProgram(merges.get()));
}
