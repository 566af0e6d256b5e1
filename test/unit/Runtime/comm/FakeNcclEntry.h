//===- FakeNcclEntry.h - What entry points of fake NCCL share ---*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TEST_RUNTIME_COMM_FAKENCCLENTRY_H
#define RDATTN_TEST_RUNTIME_COMM_FAKENCCLENTRY_H

#include "FakeNccl.h"

namespace rdattn::test {

enum { InvalidUsage = 5, InProgress = 7 };

/// What the thread has put into its group.
struct FakeGroup {
  struct Part {
    FakeComm *comm;
    char kind;
    FakeOperation operation;
    int peer;
    FakeStream *stream;
  };
  bool isOpen = false;
  std::vector<Part> parts;
};
RDATTN_EXPORT FakeGroup &fakeGroup();

RDATTN_EXPORT bool isBusy(FakeComm &comm);

/// One call, under the library's lock. On a communicator that is gone, or still
/// at work on an earlier call, it is misuse, as it is with another context.
struct NcclEntry {
  explicit NcclEntry(const char *symbol, FakeComm *comm = nullptr)
      : nccl(fakeNccl()), symbol(symbol), lock(nccl.mutex) {
    auto failure = nccl.failures.find(symbol);
    result = failure == nccl.failures.end() ? 0 : failure->second;
    if (!comm)
      return;
    expect(nccl.live.count(comm) != 0, "on a communicator that is gone");
    if (!result)
      expect(FakeDriver::current() == comm->context, "in another context");
  }
  NcclEntry &atRest(FakeComm *comm) {
    if (!result)
      expect(!isBusy(*comm), "while NCCL is at work");
    return *this;
  }
  void expect(bool isRight, const char *otherwise) {
    if (isRight)
      return;
    nccl.misuse.push_back(std::string(symbol) + " " + otherwise);
    result = InvalidUsage;
  }

  FakeNccl &nccl;
  const char *const symbol;
  std::lock_guard<std::recursive_mutex> lock;
  int result = 0;
};

} // namespace rdattn::test

#define ENTRY(symbol, ...) extern "C" RDATTN_EXPORT int symbol(__VA_ARGS__)

#endif // RDATTN_TEST_RUNTIME_COMM_FAKENCCLENTRY_H
