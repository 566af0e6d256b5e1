//===- RingProblem.cpp - A function and the ring to explain it on ---------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-run/RingProblem.h"

#include "tools/rdattn-run/Failure.h"

using namespace llvm;

namespace rdattn::run {

static constexpr double kGiga = 1e9, kTera = 1e12;
/// NVLink on an H200.
static constexpr double kLink = 450;
/// Costs grow with the square of the ranks.
static constexpr int64_t kMostRanks = 1024;

static int elementBytes(rdattn_dtype dtype) {
  return dtype == RDATTN_FLOAT32 ? 4 : 2;
}

double RingProblem::rowBytes() const {
  return double(sizes.headDim + sizes.valueDim) * elementBytes(sizes.dtype);
}

double RingProblem::pairFlops() const {
  return 2 * double(sizes.headDim + sizes.valueDim);
}

/// `known`, or what `option` says where the function leaves it open.
static Expected<int64_t> choose(const char *what, const char *option,
                                std::optional<int64_t> known,
                                std::optional<int64_t> given) {
  if (!known && !given)
    return failure(Twine("the function learns ") + what +
                   " at run time alone: say with " + option +
                   " which to explain");
  if (known && given && *known != *given)
    return failure(Twine(option) + " says " + Twine(*given) +
                   ", and the function was compiled for " + Twine(*known));
  return known ? *known : *given;
}

static Expected<planner::Ring> placeOn(const Placement &placement,
                                       const RingOptions &options) {
  Expected<int64_t> size = choose("how many ranks there are", "--ranks",
                                  placement.size, options.ranks);
  if (!size)
    return size.takeError();
  if (*size > kMostRanks)
    return failure("--explain takes rings of at most " + Twine(kMostRanks) +
                   " ranks, and not " + Twine(*size) +
                   "; rdattn-sim takes larger ones");
  return planner::Ring{*size, placement.layout};
}

static bool isOpen(const rdattn_signature &signature) {
  return signature.batch < 0 || signature.heads < 0 || signature.kv_heads < 0;
}

/// All but `tokens`.
static Expected<Sizes> sizesOf(const rdattn_signature &signature,
                               const CallOptions &arrays) {
  Sizes sizes{signature.dtype,    signature.batch,    0,
              signature.heads,    signature.kv_heads, signature.head_dim,
              signature.value_dim};
  if (!isOpen(signature))
    return sizes;
  if (arrays.q.empty() || arrays.k.empty())
    return failure("the function learns its batch and heads at run time alone: "
                   "name arrays of those sizes with --q and --k");
  Expected<Array> q = readInput(arrays.q, sizes.dtype);
  if (!q)
    return q.takeError();
  Expected<Array> k = readInput(arrays.k, sizes.dtype);
  if (!k)
    return k.takeError();
  sizes.batch = q->shape[0];
  sizes.heads = q->shape[2];
  sizes.kvHeads = k->shape[2];
  return sizes;
}

static Expected<double> rateOf(const Sizes &sizes, const RingOptions &options) {
  if (options.rate)
    return *options.rate * kTera;
  if (sizes.dtype == RDATTN_FLOAT32)
    return failure("--explain of a ring of float32 needs --rate: the default "
                   "is that of kernels in 16 bits");
  return (sizes.headDim <= 64 ? 590 : 750) * kTera;
}

Expected<RingProblem> ringProblemOf(const rdattn_signature &signature,
                                    const CallOptions &arrays,
                                    const RingOptions &options) {
  RingProblem problem;
  if (Error error =
          parseAttention(signature.definition).moveInto(problem.attention))
    return std::move(error);
  const std::optional<Placement> &placement = problem.attention.placement;
  if (!placement)
    return failure("the function's definition does not say how the sequence "
                   "lies on its ring: compile it anew");
  if (Error error = placeOn(*placement, options).moveInto(problem.ring))
    return std::move(error);
  if (Error error = sizesOf(signature, arrays).moveInto(problem.sizes))
    return std::move(error);
  if (Error error = choose("how many tokens the sequence has", "--tokens",
                           placement->tokens, options.tokens)
                        .moveInto(problem.sizes.tokens))
    return std::move(error);
  if (Error error = rateOf(problem.sizes, options).moveInto(problem.flops))
    return std::move(error);
  problem.link = options.link.value_or(kLink) * kGiga;
  return problem;
}

} // namespace rdattn::run
