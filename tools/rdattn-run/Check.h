//===- Check.h - Compares a run with the definition -------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_RUN_CHECK_H
#define RDATTN_TOOLS_RUN_CHECK_H

#include "lib/Planner/RingLayout.h"
#include "tools/rdattn-run/Definition.h"
#include "tools/rdattn-run/Rows.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace rdattn::run {

/// How a sequence lies on a ring; none: known at run time alone.
struct Placement {
  planner::Layout layout = planner::Layout::Contiguous;
  std::optional<int64_t> size, tokens;
};

/// What a signature's `definition` says.
struct Attention {
  planner::Pattern pattern;
  bool causal = false;
  std::optional<double> scale;        ///< none: 1/sqrt(D), or given at run time
  std::optional<Placement> placement; ///< where it runs on a ring
};
llvm::Expected<Attention> parseAttention(llvm::StringRef json);

/// Where the function has no definition the error names the option that needs
/// it.
llvm::Error needDefinition(const rdattn_signature &signature,
                           llvm::StringRef option);

/// The largest error over the sampled rows, beside the largest allowed (S10).
struct Deviation {
  double error = 0;      ///< of the run against fp64
  double plainError = 0; ///< of the plain implementation against fp64
  double largest = 0;    ///< |fp64|

  double bound(double floor) const;
};

struct Report {
  Deviation o, lse;
  int64_t rows = 0;
  int64_t undefined = 0; ///< rows that NaN or inf reaches: not compared
  bool hasLse = false;
  bool interrupted = false;
  rdattn_dtype dtype = RDATTN_FLOAT32;

  bool ok() const;
};

struct Outputs {
  const void *o;
  const float *lse; ///< or NULL
};

/// `count` of the rows 0 .. tokens-1, always the same for one `seed`, the
/// first and the last among them, in order.
std::vector<int64_t> sampleRows(int64_t tokens, int64_t count, uint64_t seed);

/// Compares `count` rows of each batch and head. `stop` ends it early.
Report compare(Definition &definition, Inputs inputs, const Outputs &outputs,
               int64_t batches, int64_t count, const volatile int &stop);

/// One line each for o and lse.
void print(llvm::raw_ostream &stream, const Report &report);

} // namespace rdattn::run

#endif // RDATTN_TOOLS_RUN_CHECK_H
