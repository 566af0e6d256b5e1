//===- RingRun.cpp - A case on a ring of threads --------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RingRun.h"

#include "gtest/gtest.h"
#include <cmath>
#include <numeric>
#include <thread>

using namespace rdattn::test;
using rdattn::planner::PlanSpec;

Rings::Rings(int64_t size, double timeout) : handles(size) {
  EXPECT_EQ(rdattn_ring_threads_create(static_cast<int32_t>(size), timeout,
                                       handles.data()),
            RDATTN_OK)
      << rdattn_last_error();
}

Rings::~Rings() {
  for (rdattn_ring *ring : handles)
    rdattn_ring_destroy(ring);
}

void Rings::leave(int64_t rank) {
  rdattn_ring_destroy(handles[rank]);
  handles[rank] = nullptr;
}

LooseTensor::LooseTensor(Random &random, std::vector<int64_t> given)
    : sizes(std::move(given)), strides(4) {
  const bool isDense = pick(random, 0, 1) == 1;
  std::vector<int> order = {2, 1, 0};
  if (!isDense)
    std::shuffle(order.begin(), order.end(), random);
  strides[3] = 1;
  int64_t elements = sizes[3] + (isDense ? 0 : pick(random, 0, 2));
  for (int d : order) {
    strides[d] = elements;
    elements = elements * sizes[d] + (isDense ? 0 : pick(random, 0, 3));
  }
  memory.resize(elements);
  for (float &value : memory)
    value = static_cast<float>(pick(random, -1000, 1000)) / 500;
  view = {memory.data(), RDATTN_FLOAT32, 4, sizes.data(), strides.data()};
}

RingRun::Shard::Shard(RingRun &run, Random &random,
                      const std::vector<int64_t> &tokens)
    : q(random, {run.c.sizes.batch, int64_t(tokens.size()), run.c.sizes.heads,
                 run.q.sizes[3]}),
      k(random, {run.c.sizes.batch, int64_t(tokens.size()), run.c.sizes.kvHeads,
                 run.k.sizes[3]}),
      v(random, {run.c.sizes.batch, int64_t(tokens.size()), run.c.sizes.kvHeads,
                 run.v.sizes[3]}),
      o(random, {run.c.sizes.batch, int64_t(tokens.size()), run.c.sizes.heads,
                 run.v.sizes[3]}) {
  lse.lay({run.c.sizes.batch, run.c.sizes.heads, int64_t(tokens.size())});
  LooseTensor *shard[] = {&q, &k, &v}, *whole[] = {&run.q, &run.k, &run.v};
  for (int t = 0; t < 3; ++t)
    for (int64_t b = 0; b < run.c.sizes.batch; ++b)
      for (size_t row = 0; row < tokens.size(); ++row)
        for (int64_t head = 0; head < shard[t]->sizes[2]; ++head)
          for (int64_t d = 0; d < shard[t]->sizes[3]; ++d)
            shard[t]->at(b, row, head, d) =
                whole[t]->at(b, tokens[row], head, d);
}

RingRun::RingRun(Random &random, RingCase given, int64_t headDim,
                 int64_t valueDim)
    : c(std::move(given)),
      q(random, {c.sizes.batch, c.sizes.tokens, c.sizes.heads, headDim}),
      k(random, {c.sizes.batch, c.sizes.tokens, c.sizes.kvHeads, headDim}),
      v(random, {c.sizes.batch, c.sizes.tokens, c.sizes.kvHeads, valueDim}),
      truth(c) {
  for (int64_t rank = 0; rank < c.ring.size; ++rank) {
    Shard &shard = shards.emplace_back(*this, random, truth.shards[rank]);
    rdattn_arguments &call = arguments.emplace_back();
    call = {};
    call.q = &shard.q.view;
    call.k = &shard.k.view;
    call.v = &shard.v.view;
    call.o = &shard.o.view;
    call.lse = &shard.lse.view;
    call.scale = &scale;
    call.threads = 1;
    call.ring_tokens = c.sizes.tokens;
  }
}

PlanSpec RingRun::spec(int64_t queries) const {
  PlanSpec spec;
  spec.branches = c.branches;
  spec.options.causal = c.causal;
  spec.options.queries = queries;
  spec.ring = c.ring.layout;
  return spec;
}

RingRun::Ending RingRun::callAs(int64_t rank, const rdattn_function *function,
                                rdattn_ring *ring,
                                const rdattn_plan_spec *plan) {
  thisRank = static_cast<int32_t>(rank);
  rdattn_arguments call = arguments[rank];
  call.ring = ring;
  call.plan = plan;
  Ending ending;
  ending.status = rdattn_run(function, &call);
  if (ending.status != RDATTN_OK)
    ending.message = rdattn_last_error();
  return ending;
}

std::vector<RingRun::Ending> RingRun::call(const rdattn_function *function,
                                           const Rings &rings,
                                           const rdattn_plan_spec *plan) {
  std::vector<Ending> endings(c.ring.size);
  std::vector<std::thread> threads;
  std::vector<std::vector<float>> kept;
  for (Shard &shard : shards) {
    kept.push_back(shard.k.memory);
    kept.push_back(shard.v.memory);
  }
  for (int64_t rank = 0; rank < c.ring.size; ++rank)
    threads.emplace_back([&, rank] {
      endings[rank] = callAs(rank, function, rings[rank], plan);
      // Its tensors are the caller's again, whatever the others do.
      for (LooseTensor *tensor : {&shards[rank].k, &shards[rank].v})
        std::fill(tensor->memory.begin(), tensor->memory.end(), NAN);
    });
  for (std::thread &thread : threads)
    thread.join();
  for (int64_t rank = 0; rank < c.ring.size; ++rank) {
    LooseTensor &k = shards[rank].k, &v = shards[rank].v;
    std::copy(kept[2 * rank].begin(), kept[2 * rank].end(), k.memory.begin());
    std::copy(kept[2 * rank + 1].begin(), kept[2 * rank + 1].end(),
              v.memory.begin());
  }
  return endings;
}

/// The row's softmax over all keys of all branches, in f64 (S6).
void RingRun::checkRow(int64_t rank, int64_t row, int64_t b, int64_t head) {
  const int64_t query = truth.shards[rank][row];
  const int64_t kvHead = head / (c.sizes.heads / c.sizes.kvHeads);
  std::vector<double> scores;
  std::vector<int64_t> keys;
  for (size_t branch = 0; branch < c.branches.size(); ++branch)
    for (int64_t key = 0; key < c.sizes.tokens; ++key)
      if (truth.allows(branch, head, query, key)) {
        double score = 0;
        for (int64_t d = 0; d < q.sizes[3]; ++d)
          score += double(q.at(b, query, head, d)) * k.at(b, key, kvHead, d);
        scores.push_back(score * scale);
        keys.push_back(key);
      }
  double sum = 0;
  for (double score : scores)
    sum += std::exp(score);
  Shard &shard = shards[rank];
  const float lse =
      shard.lse.memory[(b * c.sizes.heads + head) * shard.q.sizes[1] + row];
  if (keys.empty())
    ASSERT_EQ(lse, -INFINITY); // S5
  else
    ASSERT_NEAR(lse, std::log(sum), 1e-5);
  for (int64_t d = 0; d < v.sizes[3]; ++d) {
    double value = 0;
    for (size_t n = 0; n < keys.size(); ++n)
      value += std::exp(scores[n]) / sum * v.at(b, keys[n], kvHead, d);
    ASSERT_NEAR(shard.o.at(b, row, head, d), value, 1e-6);
  }
}

void RingRun::check(int64_t rank, const Ending &ending) {
  ASSERT_EQ(ending.status, RDATTN_OK) << ending.message;
  for (size_t row = 0; row < truth.shards[rank].size(); ++row)
    for (int64_t b = 0; b < c.sizes.batch; ++b)
      for (int64_t head = 0; head < c.sizes.heads; ++head)
        ASSERT_NO_FATAL_FAILURE(checkRow(rank, row, b, head))
            << "rank " << rank << " row " << row << " batch " << b << " head "
            << head;
}

void RingRun::check(const std::vector<Ending> &endings) {
  for (int64_t rank = 0; rank < c.ring.size; ++rank)
    ASSERT_NO_FATAL_FAILURE(check(rank, endings[rank]));
}

Spec::Spec(const PlanSpec &spec) {
  std::vector<int64_t> words = rdattn::planner::serialize(spec);
  EXPECT_EQ(rdattn_plan_spec_create(words.data(), words.size(), &handle),
            RDATTN_OK)
      << rdattn_last_error();
}
