//===- FakeNccl.h - NCCL without GPUs ---------------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A library with NCCL's entry points for ranks that are threads of one process,
// on the fake driver, whose memory is the host's. It moves bytes, records what
// is asked of it, and notes what NCCL forbids.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TEST_RUNTIME_COMM_FAKENCCL_H
#define RDATTN_TEST_RUNTIME_COMM_FAKENCCL_H

#include "test/unit/Runtime/cuda/FakeDriver.h"

#include <deque>

namespace rdattn::test {

struct FakeRing;

/// One side of a transfer, or one rank's part of a gathering.
struct FakeOperation {
  void *data = nullptr; ///< of a gathering: where all of it goes
  const void *mine = nullptr;
  size_t count = 0;
  int rank = 0;
  FakeWork work = nullptr;
};

/// ncclComm_t
struct FakeComm {
  FakeRing *ring = nullptr;
  int rank = 0;
  const FakeDevice *context = nullptr;
  int busyPolls = 0; ///< so often asyncError says that NCCL is at work
  std::vector<FakeWork> connecting;
  bool isFinalized = false;
};

struct FakeRing {
  int size = 0, joined = 0;
  std::map<std::pair<int, int>, std::deque<FakeOperation>> sends, receives;
  std::deque<std::vector<FakeOperation>> gatherings;
};

class RDATTN_EXPORT FakeNccl {
public:
  /// As new: nothing recorded.
  void reset();

  void log(int rank, const std::string &entry);
  std::vector<std::string> logOf(int rank) const;
  void add(FakeComm &comm, char kind, FakeOperation operation, int peer);
  /// Ends all operations of the rank, as an abort does.
  void drop(FakeComm &comm);

  //===-- What the test sets ----------------------------------------------===//

  int version = 22809;
  std::map<std::string, int> failures; ///< results of entry points
  std::map<int, int> asyncErrors;      ///< of ranks
  int busyPolls = 0;                   ///< after each group
  bool connectsLazily = false; ///< a group is in progress until peers join

  //===-- What it records -------------------------------------------------===//

  std::map<int, std::vector<std::string>> logs; ///< of each rank
  std::vector<std::string> misuse;              ///< what NCCL forbids
  std::set<const FakeComm *> live;

  mutable std::recursive_mutex mutex;
  std::map<int, FakeRing> rings; ///< by id
};

/// The one behind all fake libraries.
RDATTN_EXPORT FakeNccl &fakeNccl();

} // namespace rdattn::test

#endif // RDATTN_TEST_RUNTIME_COMM_FAKENCCL_H
