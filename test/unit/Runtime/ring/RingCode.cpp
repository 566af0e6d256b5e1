//===- RingCode.cpp - What compiled code does on a ring, in C++ -----------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RingCode.h"

#include "test/unit/Planner/RingTableReader.h"
#include <cmath>

using namespace rdattn::test;
using rdattn::planner::RingItem;

thread_local int32_t rdattn::test::thisRank = -1;

namespace {
using Descriptor = Memref<4>;

float *rowOf(const Descriptor &tensor, int64_t b, int64_t row, int64_t head) {
  return static_cast<float *>(tensor.aligned) + tensor.offset +
         b * tensor.strides[0] + row * tensor.strides[1] +
         head * tensor.strides[2];
}

/// What a query row has seen so far: the sum of exp(score - most), and of the
/// values with these weights.
struct Partial {
  double most = -INFINITY, sum = 0;
  std::vector<double> values;

  void add(double score, const float *v) {
    const double next = std::max(most, score);
    const double kept = std::exp(most - next), weight = std::exp(score - next);
    most = next;
    sum = sum * kept + weight;
    for (size_t d = 0; d < values.size(); ++d)
      values[d] = values[d] * kept + weight * v[d];
  }
};

class Loop {
public:
  Loop(void **arguments, int64_t queries)
      : q(*static_cast<Descriptor *>(arguments[0])),
        scale(*static_cast<float *>(arguments[3])),
        o(*static_cast<Descriptor *>(arguments[5])),
        lse(*static_cast<Memref<3> *>(arguments[6])), queries(queries) {
    Partial none;
    none.values.resize(o.sizes[3]);
    partials.resize(q.sizes[0] * q.sizes[1] * q.sizes[2], none);
  }

  void compute(const rdattn_schedule *schedule, int64_t step,
               const Descriptor &k, const Descriptor &v);
  void write() const;

private:
  void compute(const RingTile &tile, const Descriptor &k, const Descriptor &v);
  size_t place(int64_t b, int64_t row, int64_t head) const {
    return (b * q.sizes[1] + row) * q.sizes[2] + head;
  }

  const Descriptor &q;
  const float scale;
  const Descriptor &o;
  const Memref<3> &lse;
  const int64_t queries;
  std::vector<Partial> partials;
};

void Loop::compute(const RingTile &tile, const Descriptor &k,
                   const Descriptor &v) {
  const RingItem &item = tile.item;
  for (int64_t i = tile.begin(); i < tile.end(queries); ++i) {
    const int64_t row = tile.queryRow(i);
    const float *query = rowOf(q, item.batch, row, item.head);
    Partial &partial = partials.at(place(item.batch, row, item.head));
    for (int64_t j = 0; j < item.keys; ++j) {
      if (!tile.sees(i, j))
        continue;
      const float *key = rowOf(k, item.batch, tile.keyRow(j), item.keyHead);
      double score = 0;
      for (int64_t d = 0; d < q.sizes[3]; ++d)
        score += double(query[d]) * key[d];
      partial.add(score * scale,
                  rowOf(v, item.batch, tile.keyRow(j), item.keyHead));
    }
  }
}

void Loop::compute(const rdattn_schedule *schedule, int64_t step,
                   const Descriptor &k, const Descriptor &v) {
  rdattn_table2 items;
  rdattn_table1 lists, phases;
  rdattn_ring_table(schedule, step, &items, &lists, &phases);
  for (int64_t n = 0; n < items.sizes[0]; ++n) {
    if (rdattn_should_stop(rdattn_current_call()))
      return;
    const auto *item = reinterpret_cast<const RingItem *>(items.aligned +
                                                          n * items.strides[0]);
    compute({*item, lists.aligned}, k, v);
  }
}

void Loop::write() const {
  for (int64_t b = 0; b < q.sizes[0]; ++b)
    for (int64_t row = 0; row < q.sizes[1]; ++row)
      for (int64_t head = 0; head < q.sizes[2]; ++head) {
        const Partial &partial = partials[place(b, row, head)];
        float *result = rowOf(o, b, row, head);
        for (int64_t d = 0; d < o.sizes[3]; ++d)
          result[d] = partial.sum > 0
                          ? static_cast<float>(partial.values[d] / partial.sum)
                          : 0;
        static_cast<float *>(
            lse.aligned)[b * lse.strides[0] + head * lse.strides[1] +
                         row * lse.strides[2]] =
            static_cast<float>(partial.most + std::log(partial.sum));
      }
}
} // namespace

void RingCode::operator()(void **arguments) const {
  const auto &q = *static_cast<Descriptor *>(arguments[0]);
  const auto &k = *static_cast<Descriptor *>(arguments[1]);
  const auto &v = *static_cast<Descriptor *>(arguments[2]);
  auto *schedule = static_cast<rdattn_schedule *>(arguments[4]);
  if (!words.empty())
    schedule = rdattn_ring_plan(
        rdattn_current_call(), static_cast<rdattn_ring_call *>(arguments[4]),
        words.data(), static_cast<int64_t>(words.size()), q.sizes[0],
        q.sizes[1], q.sizes[2], k.sizes[2]);
  Loop loop(arguments, queries);
  const int64_t steps = rdattn_ring_steps(schedule);
  auto post = [&](int64_t step) {
    if (beforePost && step < steps)
      beforePost(step);
    if (packs)
      rdattn_cuda_ring_post(schedule, step, packs, &k, &v);
    else
      rdattn_ring_post(schedule, step, &k, &v);
  };
  auto compute = [&](int64_t step, const Descriptor &keys,
                     const Descriptor &values) {
    if (beforeCompute)
      beforeCompute();
    loop.compute(schedule, step, keys, values);
  };
  post(1);
  compute(0, k, v);
  for (int64_t step = 1; step < steps; ++step) {
    Descriptor received[2];
    rdattn_ring_wait(schedule, step, &received[0], &received[1]);
    post(step + 1);
    compute(step, received[0], received[1]);
  }
  loop.write();
}
