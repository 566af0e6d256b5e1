//===- Statement.cpp - What a rank says of a call -------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/ring/Statement.h"
#include "runtime/TensorChecks.h"

using namespace rdattn::runtime;
using namespace rdattn::runtime::ring;
namespace planner = rdattn::planner;

Statement::Statement(planner::RingAgreement given)
    : agreement(std::move(given)), text(planner::print(agreement)),
      hash(agreement.hash()) {}

static StatementPointer make(planner::RingAgreement agreement,
                             const RowKind &rows) {
  auto add = [&](const char *name, std::string value) {
    agreement.fields.push_back({name, std::move(value)});
  };
  add("the dtype", nameOf(rows.dtype));
  add("D", std::to_string(rows.headDim));
  add("Dv", std::to_string(rows.valueDim));
  add("rdattn's version", RDATTN_VERSION);
  return std::make_shared<const Statement>(std::move(agreement));
}

StatementPointer Statements::find(const planner::RingAgreement &plan,
                                  const RowKind &rows) {
  std::lock_guard<std::mutex> lock(mutex);
  if (last && lastRows == rows)
    return last;
  last = make(plan, rows);
  lastRows = rows;
  return last;
}
