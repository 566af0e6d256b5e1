//===- ArgumentChecks.cpp - Whether a call's arguments fit ----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/ArgumentChecks.h"
#include "runtime/ring/ArgumentChecks.h"

#include <cmath>

using namespace rdattn::runtime;

namespace {
enum Size { Batch, Tokens, Heads, KvHeads, HeadDim, ValueDim };

/// The tensors of one call; lse is last, and absent where it is not taken.
struct Tensors {
  Argument q, k, v, o, lse;
  bool hasLse;
};
} // namespace

/// "batch size 3", "1 token", "12 heads": what a tensor has.
static std::string describe(Size size, int64_t value) {
  const char *plural = value == 1 ? "" : "s";
  switch (size) {
  case Batch:
    return sentence("batch size ", value);
  case Tokens:
    return sentence(value, " token", plural);
  case Heads:
  case KvHeads:
    return sentence(value, " head", plural);
  case HeadDim:
  case ValueDim:
    return sentence("head dimension ", value);
  }
  return {};
}

static MaybeFailure checkSame(const Argument &a, int dimensionOfA,
                              const Argument &b, int dimensionOfB, Size size) {
  if (a.size(dimensionOfA) == b.size(dimensionOfB))
    return std::nullopt;
  return invalid(a.name, " has ", describe(size, a.size(dimensionOfA)),
                 ", but ", b.name, " has ",
                 describe(size, b.size(dimensionOfB)));
}

static MaybeFailure checkForms(const Tensors &t, rdattn_dtype dtype) {
  const char *heads = "[batch, tokens, heads, head_dim]";
  for (const Argument *argument : {&t.q, &t.k, &t.v, &t.o})
    if (MaybeFailure failure = checkForm(*argument, dtype, 4, heads))
      return failure;
  if (t.hasLse)
    return checkForm(t.lse, RDATTN_FLOAT32, 3, "[batch, heads, tokens]");
  if (t.lse.tensor)
    return invalid("lse was given, but the function does not compute it");
  return std::nullopt;
}

static MaybeFailure checkShapes(const Tensors &t) {
  struct Pair {
    const Argument &a;
    int dimensionOfA;
    const Argument &b;
    int dimensionOfB;
    Size size;
  };
  const Pair pairs[] = {{t.k, 0, t.q, 0, Batch},   {t.v, 0, t.q, 0, Batch},
                        {t.o, 0, t.q, 0, Batch},   {t.k, 1, t.q, 1, Tokens},
                        {t.v, 1, t.q, 1, Tokens},  {t.o, 1, t.q, 1, Tokens},
                        {t.v, 2, t.k, 2, KvHeads}, {t.o, 2, t.q, 2, Heads},
                        {t.k, 3, t.q, 3, HeadDim}, {t.o, 3, t.v, 3, ValueDim}};
  for (const Pair &p : pairs)
    if (MaybeFailure failure =
            checkSame(p.a, p.dimensionOfA, p.b, p.dimensionOfB, p.size))
      return failure;
  if (t.hasLse) {
    const Pair lsePairs[] = {{t.lse, 0, t.q, 0, Batch},
                             {t.lse, 1, t.q, 2, Heads},
                             {t.lse, 2, t.q, 1, Tokens}};
    for (const Pair &p : lsePairs)
      if (MaybeFailure failure =
              checkSame(p.a, p.dimensionOfA, p.b, p.dimensionOfB, p.size))
        return failure;
  }
  int64_t heads = t.q.size(2), kvHeads = t.k.size(2);
  if (kvHeads == 0 ? heads != 0 : heads % kvHeads != 0)
    return invalid("k has ", describe(KvHeads, kvHeads), ", but q's ",
                   describe(Heads, heads), " must be a multiple of them");
  for (const Argument *argument : {&t.q, &t.v})
    if (argument->size(3) == 0)
      return invalid(argument->name,
                     " has head dimension 0, but it must be at least 1");
  return std::nullopt;
}

static MaybeFailure checkCompiledSizes(const Tensors &t,
                                       const int64_t (&compiled)[6]) {
  struct Source {
    const Argument &argument;
    int dimension;
  };
  const Source sources[] = {{t.q, 0}, {t.q, 1}, {t.q, 2},
                            {t.k, 2}, {t.q, 3}, {t.v, 3}};
  for (int i = Batch; i <= ValueDim; ++i) {
    Size size = static_cast<Size>(i);
    int64_t given = sources[i].argument.size(sources[i].dimension);
    if (compiled[i] >= 0 && given != compiled[i])
      return invalid(sources[i].argument.name, " has ", describe(size, given),
                     ", but the function was compiled for ",
                     describe(size, compiled[i]));
  }
  return std::nullopt;
}

static MaybeFailure checkMemories(const Tensors &t) {
  const Argument *all[] = {&t.o, &t.lse, &t.q, &t.k, &t.v};
  auto absent = [&](const Argument *argument) {
    return argument == &t.lse && !t.hasLse;
  };
  for (const Argument *argument : all)
    if (!absent(argument))
      if (MaybeFailure failure = checkMemory(*argument))
        return failure;
  for (int i = 0; i < 2; ++i) {
    if (absent(all[i]))
      continue;
    if (MaybeFailure failure = checkOutput(*all[i]))
      return failure;
    for (int j = i + 1; j < 5; ++j)
      if (!absent(all[j]))
        if (MaybeFailure failure = checkApart(*all[i], *all[j]))
          return failure;
  }
  return std::nullopt;
}

static MaybeFailure checkOptions(const rdattn_function &function,
                                 const rdattn_arguments &arguments) {
  if (arguments.scale && !function.takes(RDATTN_ROLE_SCALE))
    return invalid(
        "scale was given, but the function was compiled with a fixed scale");
  if (arguments.scale && !std::isfinite(*arguments.scale))
    return invalid("scale must be finite, but is ",
                   std::isnan(*arguments.scale) ? "nan"
                   : *arguments.scale > 0       ? "inf"
                                                : "-inf");
  bool needsPlan = function.takesPlan();
  if (needsPlan && !arguments.plan)
    return invalid("plan is NULL, but the function takes any pattern and must "
                   "be given one");
  if (!needsPlan && arguments.plan)
    return invalid(
        "plan was given, but the function was compiled for a fixed pattern");
  if (arguments.threads < 0)
    return invalid("threads is ", arguments.threads,
                   ", but must be 0 (OpenMP's choice) or positive");
  return ring::checkArguments(function, arguments);
}

MaybeFailure rdattn::runtime::checkArguments(const rdattn_function &function,
                                             const rdattn_arguments &arguments,
                                             Problem &problem) {
  const Tensors tensors = {
      {"q", arguments.q},     {"k", arguments.k},
      {"v", arguments.v},     {"o", arguments.o},
      {"lse", arguments.lse}, function.takes(RDATTN_ROLE_LSE)};
  if (MaybeFailure failure =
          checkForms(tensors, static_cast<rdattn_dtype>(function.data->dtype)))
    return failure;
  if (MaybeFailure failure = checkShapes(tensors))
    return failure;
  if (MaybeFailure failure = checkCompiledSizes(tensors, function.data->sizes))
    return failure;
  if (MaybeFailure failure = checkMemories(tensors))
    return failure;
  problem = {{tensors.q.size(0), tensors.q.size(1), tensors.q.size(2),
              tensors.k.size(2)},
             tensors.q.size(3),
             tensors.v.size(3)};
  return checkOptions(function, arguments);
}
