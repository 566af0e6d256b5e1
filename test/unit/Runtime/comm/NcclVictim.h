//===- NcclVictim.h - Processes on GPUs that come to harm -------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TEST_RUNTIME_COMM_NCCLVICTIM_H
#define RDATTN_TEST_RUNTIME_COMM_NCCLVICTIM_H

#include "Exchanges.h"

#include <string>

namespace rdattn::test {

/// Shifts between buffers in the device's memory, one step ahead, and checks
/// the bytes. `before(step)` can end them.
MaybeFailure deviceShifts(Communicator &rank, int32_t steps, size_t bytes,
                          const std::function<bool(int32_t)> &before = nullptr);

/// How rank 0 of two processes ended.
struct Survivor {
  int status = 0; ///< as waitpid has it
  double seconds = 0;
  std::string output;
};

/// Two processes of this program, rank i on device i, of which `culprit` is
/// harmed before `step`: "none", "kill" or "stall".
Survivor runProcesses(const std::string &harm, int32_t culprit, int32_t step,
                      double timeout, const unsigned char *id);

/// What those processes do.
bool isVictim(int count, char **words);
int runVictim(char **words);

} // namespace rdattn::test

#endif // RDATTN_TEST_RUNTIME_COMM_NCCLVICTIM_H
