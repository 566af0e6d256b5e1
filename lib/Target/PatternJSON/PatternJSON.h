//===- PatternJSON.h - Patterns as JSON -------------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// {"branches": [{"segments": [{"length": 2048, "dilation": 2,
//                              "order": "hilbert" | [rows, cols] | "identity",
//                              "window": 64}],
//                "repeat": true, "offsets": "per_head" | "all"}],
//  "detach_mixing": false}
//
// Everything but `branches`, `segments` and `length` has a default, and what
// has its default is not written.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TARGET_PATTERNJSON_H
#define RDATTN_TARGET_PATTERNJSON_H

#include "lib/Planner/Pattern.h"

#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

namespace rdattn {

/// `pattern` as the user would write it.
llvm::json::Value patternToJSON(const planner::Pattern &pattern);

/// The pattern that `json` describes. An error names the place of what is
/// unknown, missing, of the wrong type, too large for 64 bits, or against the
/// rules of patterns (S2, S3).
llvm::Expected<planner::Pattern> patternFromJSON(const llvm::json::Value &json);

/// The same from text.
llvm::Expected<planner::Pattern> parsePatternJSON(llvm::StringRef text);

} // namespace rdattn

#endif // RDATTN_TARGET_PATTERNJSON_H
