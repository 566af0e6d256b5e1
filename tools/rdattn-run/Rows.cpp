//===- Rows.cpp - One row of attention, computed two ways -----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-run/Rows.h"

#include "tools/rdattn-run/Elements.h"

#include <algorithm>
#include <limits>

using llvm::ArrayRef;

namespace rdattn::run {

/// `count` elements from `index` on, as Float.
template <typename Float>
static void load(const Inputs &inputs, const void *data, size_t index,
                 std::vector<Float> &row) {
  for (size_t i = 0; i < row.size(); ++i)
    row[i] = loadElement(data, inputs.dtype, index + i);
}

/// Where the row of `key` begins among rows of `width` key/value elements.
static size_t keyOffset(const Inputs &inputs, RowIndex index, int64_t key,
                        int64_t width) {
  int64_t kvHead = index.head / (inputs.heads / inputs.kvHeads);
  return ((index.batch * inputs.tokens + key) * inputs.kvHeads + kvHead) *
         width;
}

template <typename Float>
static std::vector<Float> scoresOf(const Inputs &inputs, RowIndex index,
                                   ArrayRef<int64_t> keys) {
  std::vector<Float> q(inputs.headDim), k(inputs.headDim), scores;
  size_t row = (index.batch * inputs.tokens + index.row) * inputs.heads;
  load(inputs, inputs.q, (row + index.head) * inputs.headDim, q);
  for (int64_t key : keys) {
    load(inputs, inputs.k, keyOffset(inputs, index, key, inputs.headDim), k);
    Float dot = 0;
    for (size_t i = 0; i < q.size(); ++i)
      dot += q[i] * k[i];
    scores.push_back(dot * Float(inputs.scale));
  }
  return scores;
}

template <typename Float>
static Float maximum(const std::vector<Float> &scores) {
  Float max = -std::numeric_limits<Float>::infinity();
  for (Float score : scores)
    max = std::isnan(score) ? score : std::max(max, score);
  return max;
}

template <typename Float>
static Float logSumExp(const std::vector<Float> &scores) {
  Float max = maximum(scores), sum = 0;
  if (scores.empty())
    return max;
  for (Float score : scores)
    sum += std::exp(score - max);
  return max + std::log(sum);
}

/// Turns scores into the weights of a softmax.
template <typename Float> static void softmax(std::vector<Float> &scores) {
  Float max = maximum(scores), sum = 0;
  for (Float &score : scores)
    sum += score = std::exp(score - max);
  for (Float &score : scores)
    score /= sum;
}

template <typename Float>
static std::vector<double> weightedValues(const Inputs &inputs, RowIndex index,
                                          ArrayRef<int64_t> keys,
                                          const std::vector<Float> &weights) {
  std::vector<Float> sum(inputs.valueDim), v(inputs.valueDim);
  for (size_t at = 0; at < keys.size(); ++at) {
    load(inputs, inputs.v, keyOffset(inputs, index, keys[at], inputs.valueDim),
         v);
    for (size_t i = 0; i < v.size(); ++i)
      sum[i] += weights[at] * v[i];
  }
  return {sum.begin(), sum.end()};
}

Row exactRow(const Inputs &inputs, RowIndex index, ArrayRef<int64_t> keys) {
  std::vector<double> scores = scoresOf<double>(inputs, index, keys);
  double lse = logSumExp(scores);
  softmax(scores);
  return {weightedValues(inputs, index, keys, scores), lse};
}

Row plainRow(const Inputs &inputs, RowIndex index, ArrayRef<int64_t> keys) {
  std::vector<float> scores = scoresOf<float>(inputs, index, keys);
  double lse = logSumExp(scores);
  for (float &score : scores)
    score = roundTo(inputs.dtype, score);
  softmax(scores);
  for (float &weight : scores)
    weight = roundTo(inputs.dtype, weight);
  std::vector<double> o = weightedValues(inputs, index, keys, scores);
  for (double &value : o)
    value = roundTo(inputs.dtype, value);
  return {std::move(o), lse};
}

} // namespace rdattn::run
