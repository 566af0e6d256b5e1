//===- ThreadLoans.cpp - Bytes that a peer reads where they are -----------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/comm/Faults.h"
#include "runtime/comm/threads/ThreadGroup.h"

#include <algorithm>

using namespace rdattn::runtime;
using namespace rdattn::runtime::comm;
using Lock = std::unique_lock<std::mutex>;

void ThreadGroup::lend(int32_t from, const Half &send, int32_t to,
                       const Half &receive) {
  *receive.transfer.lent = send.transfer.data;
  ranks[to].borrowed.push_back({receive.step->number, from});
  ++ranks[from].lent;
  forget(send.step->awaited, to);
  forget(receive.step->awaited, from);
  for (int32_t end : {from, to})
    ranks[end].changed.notify_all();
}

void ThreadGroup::giveBack(const Communicator &rank, int64_t number) {
  Lock lock(mutex);
  std::vector<Loan> &borrowed = ranks[rank.rank].borrowed;
  auto kept =
      std::partition(borrowed.begin(), borrowed.end(),
                     [&](const Loan &loan) { return loan.number != number; });
  for (auto loan = kept; loan != borrowed.end(); ++loan)
    giveBack(*loan);
  borrowed.erase(kept, borrowed.end());
}

void ThreadGroup::giveBack(const Loan &loan) {
  Rank &lender = ranks[loan.lender];
  if (--lender.lent == 0)
    lender.changed.notify_all();
}

void ThreadGroup::giveBackAll(int32_t rank) {
  for (const Loan &loan : ranks[rank].borrowed)
    giveBack(loan);
  ranks[rank].borrowed.clear();
}

/// Returns when nobody reads the rank's memory any more.
MaybeFailure ThreadGroup::awaitLoans(Lock &lock, const Communicator &rank,
                                     Clock::time_point deadline) {
  while (ranks[rank.rank].lent > 0)
    if (MaybeFailure failure =
            pause(lock, rank, stepOfLoan(rank.rank), deadline))
      return failure;
  return std::nullopt;
}

/// What is awaited of those who read the rank's memory, in the first step that
/// one of them is in.
ThreadGroup::StepInFlight ThreadGroup::stepOfLoan(int32_t lender) const {
  StepInFlight step = {INT64_MAX, {}, nullptr, {}};
  for (size_t peer = 0; peer < ranks.size(); ++peer)
    for (const Loan &loan : ranks[peer].borrowed)
      if (loan.lender == lender && loan.number <= step.number) {
        if (loan.number < step.number)
          step.awaited.clear();
        step.number = loan.number;
        step.awaited.push_back(static_cast<int32_t>(peer));
      }
  return step;
}
