//===- RingRun.h - A case on a ring of threads ------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TEST_RUNTIME_RING_RINGRUN_H
#define RDATTN_TEST_RUNTIME_RING_RINGRUN_H

#include "RingCode.h"

#include "lib/Planner/PlanSpec.h"
#include "rdattn/ring.h"
#include "test/unit/Planner/RingDefinition.h"

#include <deque>
#include <optional>

namespace rdattn::test {

/// A ring of threads, with the handles of all its ranks.
class Rings {
public:
  explicit Rings(int64_t size, double timeout = 60);
  ~Rings();
  Rings(const Rings &) = delete;
  Rings &operator=(const Rings &) = delete;

  rdattn_ring *operator[](int64_t rank) const { return handles[rank]; }
  int64_t size() const { return static_cast<int64_t>(handles.size()); }

  /// Makes a rank leave.
  void leave(int64_t rank);

private:
  std::vector<rdattn_ring *> handles;
};

/// A tensor [B, S, H, D] of random numbers whose first three dimensions lie in
/// any order, with gaps.
struct LooseTensor {
  LooseTensor(Random &random, std::vector<int64_t> sizes);
  LooseTensor(const LooseTensor &) = delete;

  float &at(int64_t b, int64_t row, int64_t head, int64_t d) {
    return memory[b * strides[0] + row * strides[1] + head * strides[2] + d];
  }

  std::vector<int64_t> sizes, strides;
  std::vector<float> memory;
  rdattn_tensor view;
};

/// A case with the tensors of the whole sequence and of each rank.
class RingRun {
public:
  RingRun(Random &random, RingCase given, int64_t headDim, int64_t valueDim);

  /// How one rank's call ended.
  struct Ending {
    rdattn_status status = RDATTN_OK;
    std::string message; ///< where it failed
  };

  /// Calls the function as every rank, each in a thread of its own.
  std::vector<Ending> call(const rdattn_function *function, const Rings &rings,
                           const rdattn_plan_spec *plan);

  /// Calls it as one rank, in this thread.
  Ending callAs(int64_t rank, const rdattn_function *function,
                rdattn_ring *ring, const rdattn_plan_spec *plan);

  /// All ranks succeeded with the results of the definition.
  void check(const std::vector<Ending> &endings);
  void check(int64_t rank, const Ending &ending);

  planner::PlanSpec spec(int64_t queries) const;

  RingCase c;
  /// Of each rank, for tests that spoil them.
  std::deque<rdattn_arguments> arguments;

private:
  struct Shard {
    Shard(RingRun &run, Random &random, const std::vector<int64_t> &tokens);
    LooseTensor q, k, v, o;
    Tensor lse;
  };
  void checkRow(int64_t rank, int64_t row, int64_t b, int64_t head);

  LooseTensor q, k, v;
  RingTruth truth;
  const float scale = 0.3f;
  std::deque<Shard> shards;
};

/// A plan spec with its handle.
class Spec {
public:
  explicit Spec(const planner::PlanSpec &spec);
  ~Spec() { rdattn_plan_spec_destroy(handle); }
  Spec(const Spec &) = delete;

  rdattn_plan_spec *handle = nullptr;
};

} // namespace rdattn::test

#endif // RDATTN_TEST_RUNTIME_RING_RINGRUN_H
