//===- Statement.h - What a rank says of a call -----------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_RING_STATEMENT_H
#define RDATTN_RUNTIME_RING_STATEMENT_H

#include "runtime/RowKind.h"

#include "lib/Planner/RingAgreement.h"

#include <memory>
#include <mutex>

namespace rdattn::runtime::ring {

/// What the ranks compare before a call, as they send it.
struct Statement {
  explicit Statement(planner::RingAgreement agreement);

  const planner::RingAgreement agreement;
  const std::string text;
  const uint64_t hash;
};
using StatementPointer = std::shared_ptr<const Statement>;

/// What a rank says of the calls of one plan, which differ in their rows alone.
/// That of the last kind of rows is kept. Thread-safe.
class Statements {
public:
  /// `plan` is what the plan follows from.
  StatementPointer find(const planner::RingAgreement &plan,
                        const RowKind &rows);

private:
  std::mutex mutex; ///< guards what follows
  RowKind lastRows;
  StatementPointer last;
};

} // namespace rdattn::runtime::ring

#endif // RDATTN_RUNTIME_RING_STATEMENT_H
