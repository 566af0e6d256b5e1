//===- RingAgreement.h - What all ranks must have in common -----*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Ranks that plan different schedules would wait for each other for ever. So
// each states what its plan was made from, and compares that with the others'
// before the first step.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_PLANNER_RINGAGREEMENT_H
#define RDATTN_PLANNER_RINGAGREEMENT_H

#include "lib/Planner/Plan.h"
#include "lib/Planner/RingLayout.h"

namespace rdattn::planner {

/// One fact: names hold neither `=` nor a line's end, texts no line's end.
struct AgreementField {
  std::string name;
  std::string text;
};

struct RingAgreement {
  std::vector<AgreementField> fields;

  /// Equal for equal fields in equal order, on every machine.
  uint64_t hash() const;
};

/// The facts that a schedule follows from: the pattern on S tokens, simplified,
/// the sizes, causal, the ring; and then `more`, which the caller adds (the
/// dtype, head sizes, a version).
/// \pre as RingPlanner.
RingAgreement agreementOf(const std::vector<BranchClasses> &branches,
                          const Sizes &sizes, bool causal, const Ring &ring,
                          const std::vector<AgreementField> &more = {});

/// Where two ranks differ, as a sentence without its end ("S is 64 on this rank
/// but 128 on the other, and ..."), or nothing.
Violation differences(const RingAgreement &mine, const RingAgreement &theirs);

/// The fields as text to be sent to other ranks, and back; a violation where
/// the text is no agreement.
std::string print(const RingAgreement &agreement);
Violation parse(const std::string &text, RingAgreement &agreement);

} // namespace rdattn::planner

#endif // RDATTN_PLANNER_RINGAGREEMENT_H
