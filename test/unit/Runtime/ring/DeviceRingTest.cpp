//===- DeviceRingTest.cpp - Rings of fake GPUs ----------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RingRun.h"

#include "lib/Planner/RingPacking.h"
#include "runtime/cuda/Driver.h"
#include "test/unit/Runtime/cuda/FakeDriver.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <cstring>
#include <deque>
#include <thread>

using namespace rdattn::test;
using namespace rdattn::planner;
using testing::HasSubstr;

namespace {

/// Reads and writes tensors as the kernels that pack do.
void packRows(const FakeLaunch &launch) {
  const std::vector<int64_t> &table = launch.words.at('i');
  const auto *items = reinterpret_cast<const PackItem *>(table[1]);
  for (const char *roles : {"kK", "vV"}) {
    Memref<4> from, to;
    std::memcpy(&from, launch.words.at(roles[0]).data(), sizeof(from));
    std::memcpy(&to, launch.words.at(roles[1]).data(), sizeof(to));
    for (int64_t b = 0; b < from.sizes[0]; ++b)
      for (const PackItem *item = items; item < items + table[3]; ++item)
        for (int64_t n = 0; n < item->tokens * item->heads; ++n) {
          const int64_t token = item->first + n / item->heads * item->stride;
          const int64_t head = item->head + n % item->heads;
          std::memcpy(static_cast<float *>(to.aligned) + b * to.strides[0] +
                          (item->place + n) * to.strides[1],
                      static_cast<float *>(from.aligned) + from.offset +
                          b * from.strides[0] + token * from.strides[1] +
                          head * from.strides[2],
                      from.sizes[3] * sizeof(float));
        }
  }
}

/// A dense copy of a tensor that begins so many elements past a line.
struct DenseCopy {
  DenseCopy(const rdattn_tensor &tensor, int64_t shift)
      : sizes(tensor.sizes, tensor.sizes + 4),
        strides{sizes[1] * sizes[2] * sizes[3], sizes[2] * sizes[3], sizes[3],
                1},
        memory(sizes[0] * strides[0] + 16 + shift) {
    auto *data = memory.data();
    while (reinterpret_cast<uintptr_t>(data) % 64 != 0)
      ++data;
    view = tensor;
    view.data = data += shift;
    view.strides = strides.data();
    view.sizes = sizes.data();
    for (int64_t n = 0; n < sizes[0] * strides[0]; ++n)
      data[n] = static_cast<float *>(
          tensor.data)[n / strides[0] * tensor.strides[0] +
                       n % strides[0] / strides[1] * tensor.strides[1] +
                       n % strides[1] / strides[2] * tensor.strides[2] +
                       n % strides[2]];
  }
  DenseCopy(const DenseCopy &) = delete;

  std::vector<int64_t> sizes, strides;
  std::vector<float> memory;
  rdattn_tensor view;
};

/// Two fake GPUs, which the ranks share, and the check that nothing is left.
struct DeviceRing : testing::Test {
  DeviceRing() {
    driver.reset();
    driver.devices.resize(2);
    rdattn::runtime::cuda::setDriverLibrary(FAKE_DRIVER);
    driver.runKernel = packRows;
    for (const rdattn_cuda_kernel &kernel : kernels)
      driver.roles[kernel.name] = kernel.roles;
    module.functions[0].target = RDATTN_CUDA;
    EXPECT_EQ(module.open(), RDATTN_OK) << rdattn_last_error();
  }
  void TearDown() override {
    rdattn_module_close(module.module);
    module.module = nullptr;
    EXPECT_EQ(driver.forbidden, 0);
    EXPECT_EQ(driver.liveAllocations(), 0u);
    EXPECT_TRUE(driver.events.empty());
  }

  static RingCase dense(int64_t tokens, int64_t ranks, Layout layout) {
    RingCase c;
    Branch branch;
    branch.segments = {{64}};
    c.branches = {expandBranch(branch)};
    c.sizes = {2, tokens, 4, 2};
    c.ring = {ranks, layout};
    return c;
  }

  std::vector<rdattn_ring *> create(int64_t size) {
    std::vector<rdattn_ring *> rings(size);
    std::vector<int32_t> devices(size);
    for (int64_t rank = 0; rank < size; ++rank)
      devices[rank] = static_cast<int32_t>(rank % 2);
    EXPECT_EQ(rdattn_ring_threads_create_on(static_cast<int32_t>(size),
                                            devices.data(), 60, rings.data()),
              RDATTN_OK)
        << rdattn_last_error();
    return rings;
  }

  /// Calls as every rank, each in a thread.
  std::vector<RingRun::Ending> callAll(RingRun &run,
                                       const std::vector<rdattn_ring *> &rings,
                                       const Spec &spec) {
    std::vector<RingRun::Ending> endings(rings.size());
    std::vector<std::thread> threads;
    for (size_t rank = 0; rank < rings.size(); ++rank)
      threads.emplace_back([&, rank] {
        endings[rank] =
            run.callAs(rank, module.function(), rings[rank], spec.handle);
      });
    for (std::thread &thread : threads)
      thread.join();
    return endings;
  }

  /// The tensors in the memory of the ranks' devices.
  void adopt(RingRun &run) {
    for (size_t rank = 0; rank < run.arguments.size(); ++rank) {
      rdattn_arguments &call = run.arguments[rank];
      call.device = static_cast<int32_t>(rank % 2);
      call.stream = driver.createStream(call.device);
      for (const rdattn_tensor *tensor : {call.k, call.v}) {
        int64_t elements = 1;
        for (int d = 0; d < 4; ++d)
          elements += (tensor->sizes[d] - 1) * tensor->strides[d];
        driver.adopt(tensor->data, elements * sizeof(float), call.device);
      }
    }
  }

  /// Waits for what is on the stream, also for what other ranks put there.
  void finish(void *stream) {
    for (;; std::this_thread::yield()) {
      std::lock_guard<std::recursive_mutex> lock(driver.mutex);
      driver.advance();
      const auto &work = static_cast<FakeStream *>(stream)->work;
      if (std::all_of(work.begin(), work.end(),
                      [](const FakeWork &each) { return each->load(); }))
        return;
    }
  }

  /// Gives every rank dense copies of its k and v, some elements past a line.
  void makeDense(RingRun &run, int64_t shift) {
    for (rdattn_arguments &call : run.arguments)
      for (const rdattn_tensor **tensor : {&call.k, &call.v})
        *tensor = &copies.emplace_back(**tensor, shift).view;
  }

  /// Calls the code of a ring, whose results must be right; returns the kernels
  /// that packed, by rank.
  std::vector<std::vector<std::string>>
  kernelsOf(RingRun &run, const std::vector<rdattn_ring *> &rings) {
    Spec spec(run.spec(4));
    driver.launches.clear();
    body = code(run);
    run.check(callAll(run, rings, spec));
    std::vector<std::vector<std::string>> names(rings.size());
    for (const FakeLaunch &launch : driver.launches)
      for (size_t rank = 0; rank < rings.size(); ++rank)
        if (launch.stream == run.arguments[rank].stream)
          names[rank].push_back(launch.kernel);
    return names;
  }

  RingCode code(RingRun &run) {
    return {{},
            4,
            nullptr,
            [&] { finish(run.arguments[thisRank].stream); },
            &program};
  }

  FakeDriver &driver = fakeDriver();
  FakeModule module{"qkvsdol"};
  std::deque<DenseCopy> copies;
  rdattn_cuda_kernel kernels[2] = {
      {"pack_vectors", "kvKVi", RDATTN_KERNEL_PACK_VECTORS, 64, 0},
      {"pack_elements", "kvKVi", RDATTN_KERNEL_PACK_ELEMENTS, 64, 0}};
  rdattn_cuda_image image = {"sm_90a", kernels, 1, nullptr};
  rdattn_cuda_program program = {
      RDATTN_FLOAT32, 4, 4, RDATTN_EPILOGUE_RING, 1, &image, 2, kernels, 1, 1};
};

/// What a step brings is there for whatever is put on the stream after it: the
/// code computes what the definition says, from packed rows and from such as
/// lie in the tensor as they are sent, call after call.
TEST_F(DeviceRing, S8StepsMoveWhatTheDefinitionNeeds) {
  Random random{1};
  for (int64_t ranks : {1, 2, 3, 4})
    for (Layout layout :
         {Layout::Contiguous, Layout::ZigZag, Layout::Striped}) {
      RingCase c = dense(37, ranks, layout);
      RingRun run(random, c, 4, 4);
      adopt(run);
      Spec spec(run.spec(4));
      std::vector<rdattn_ring *> rings = create(ranks);
      for (int round = 0; round < 2; ++round) {
        body = code(run);
        run.check(callAll(run, rings, spec));
      }
      for (rdattn_ring *ring : rings)
        rdattn_ring_destroy(ring);
    }
}

/// The others learn of it, and the ring can still be used.
TEST_F(DeviceRing, ACapturedStreamIsRefused) {
  Random random{1};
  RingRun run(random, dense(37, 2, Layout::Contiguous), 4, 4);
  adopt(run);
  Spec spec(run.spec(4));
  std::vector<rdattn_ring *> rings = create(2);
  auto *stream = static_cast<FakeStream *>(run.arguments[1].stream);
  driver.beginCapture(stream);
  body = [](void **) { ADD_FAILURE() << "the entry ran"; };
  std::vector<RingRun::Ending> endings = callAll(run, rings, spec);
  EXPECT_EQ(endings[1].status, RDATTN_INVALID_ARGUMENT);
  EXPECT_EQ(endings[1].message,
            "stream is captured into a graph, but the calls of a ring must run "
            "outside graphs");
  EXPECT_EQ(endings[0].status, RDATTN_RING_ERROR);
  EXPECT_THAT(endings[0].message, HasSubstr("stream is captured"));
  EXPECT_TRUE(stream->capture->nodes.empty());
  driver.endCapture(stream);
  body = code(run);
  run.check(callAll(run, rings, spec));
  for (rdattn_ring *ring : rings)
    rdattn_ring_destroy(ring);
}

/// What is on the stream of the last call uses the ring's memory.
TEST_F(DeviceRing, ACallOnAnotherStreamWaitsForTheLastOne) {
  Random random{1};
  RingRun run(random, dense(37, 1, Layout::Contiguous), 4, 4);
  adopt(run);
  Spec spec(run.spec(4));
  std::vector<rdattn_ring *> rings = create(1);
  auto *first = static_cast<FakeStream *>(run.arguments[0].stream);
  FakeWork work = std::make_shared<std::atomic<bool>>(false);
  body = [&](void **) { first->work.push_back(work); };
  EXPECT_EQ(run.callAs(0, module.function(), rings[0], spec.handle).status,
            RDATTN_OK);
  FakeStream *second = driver.createStream(0);
  run.arguments[0].stream = second;
  body = [&](void **) { EXPECT_THAT(second->work, testing::Contains(work)); };
  EXPECT_EQ(run.callAs(0, module.function(), rings[0], spec.handle).status,
            RDATTN_OK);
  rdattn_ring_destroy(rings[0]);
}

/// Rows are sent after the work that is on the stream already, as that writes
/// them.
TEST_F(DeviceRing, StepsWaitForTheStream) {
  Random random{1};
  RingRun run(random, dense(37, 2, Layout::Striped), 4, 4);
  adopt(run);
  Spec spec(run.spec(4));
  std::vector<rdattn_ring *> rings = create(2);
  FakeWork writes = std::make_shared<std::atomic<bool>>(false);
  static_cast<FakeStream *>(run.arguments[0].stream)->work.push_back(writes);
  RingCode computes = code(run);
  computes.beforeCompute = [&] {
    if (thisRank == 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      *writes = true;
    }
    finish(run.arguments[thisRank].stream);
  };
  body = computes;
  run.check(callAll(run, rings, spec));
  for (rdattn_ring *ring : rings)
    rdattn_ring_destroy(ring);
}

/// Of the host, as the caller's tensors may be.
TEST_F(DeviceRing, TensorsMustBeInTheDevicesMemory) {
  Random random{1};
  RingRun run(random, dense(37, 2, Layout::Contiguous), 4, 4);
  Spec spec(run.spec(4));
  std::vector<rdattn_ring *> rings = create(2);
  for (int32_t rank : {0, 1}) {
    run.arguments[rank].device = rank;
    run.arguments[rank].stream = driver.createStream(rank);
  }
  body = RingCode{{}, 4, nullptr, nullptr, &program};
  const std::vector<RingRun::Ending> endings = callAll(run, rings, spec);
  EXPECT_THAT( // one may learn of the other's failure first
      endings[0].message + endings[1].message,
      HasSubstr("k is not in GPU memory, but must be in that of "
                "device "));
  for (rdattn_ring *ring : rings)
    rdattn_ring_destroy(ring);
}

/// One launch a step packs k and v, whatever their rows are; the table of them
/// is copied once.
TEST_F(DeviceRing, AStepIsPackedByOneLaunch) {
  Random random{1};
  RingCase c = dense(64, 3, Layout::Striped);
  Branch branch;
  branch.segments = {{32, 2, {OrderKind::Hilbert}}, {32, 4}};
  branch.perHead = true;
  c.branches = {expandBranch(branch)};
  for (int64_t shift : {0, 1}) { // of an element: no vectors
    RingRun run(random, c, 4, 4);
    makeDense(run, shift);
    adopt(run);
    std::vector<rdattn_ring *> rings = create(3);
    const std::vector<std::string> expected(2, shift ? "pack_elements"
                                                     : "pack_vectors");
    for (int round = 0; round < 2; ++round) {
      for (const std::vector<std::string> &names : kernelsOf(run, rings))
        EXPECT_EQ(names, expected);
    }
    for (rdattn_ring *ring : rings)
      rdattn_ring_destroy(ring);
  }
}

TEST_F(DeviceRing, NothingIsPackedWhereRowsLieAsTheyAreSent) {
  Random random{1};
  RingRun run(random, dense(64, 2, Layout::Contiguous), 4, 4);
  makeDense(run, 0);
  adopt(run);
  std::vector<rdattn_ring *> rings = create(2);
  for (const std::vector<std::string> &names : kernelsOf(run, rings))
    EXPECT_THAT(names, testing::IsEmpty());
  for (rdattn_ring *ring : rings)
    rdattn_ring_destroy(ring);
}

/// A module that has not what a ring of GPUs takes.
TEST_F(DeviceRing, KernelsOfSomethingElseAreRefused) {
  Random random{1};
  RingRun run(random, dense(37, 2, Layout::Striped), 4, 4);
  adopt(run);
  Spec spec(run.spec(4));
  rdattn_cuda_kernel finishes = {"finish", "AXYol", RDATTN_KERNEL_FINISH, 64,
                                 0};
  rdattn_cuda_program other = program;
  other.kernel_count = 1;
  other.kernels = &finishes;
  const std::pair<const rdattn_cuda_program *, const char *> cases[] = {
      {&other, "the module packs what a ring sends with kernels that were "
               "compiled for something else"},
      {nullptr, "the module sends rows of GPU memory as if they were in the "
                "host's: it has no kernel that packs them"}};
  for (auto [given, message] : cases) {
    std::vector<rdattn_ring *> rings = create(2);
    RingCode computes = code(run);
    computes.packs = given;
    body = computes;
    std::vector<RingRun::Ending> endings = callAll(run, rings, spec);
    EXPECT_THAT(endings[0].message + endings[1].message, HasSubstr(message));
    for (rdattn_ring *ring : rings)
      rdattn_ring_destroy(ring);
  }
}

} // namespace
