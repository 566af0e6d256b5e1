//===- Faults.h - Sentences about faults of a ring --------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_COMM_FAULTS_H
#define RDATTN_RUNTIME_COMM_FAULTS_H

#include "runtime/comm/Communicator.h"

namespace rdattn::runtime::comm {

/// "step 3" or "the exchange of plans".
std::string stepName(int64_t number);

/// "rank 3" or "ranks 1, 2 and 3"; repeated ones once.
std::string rankNames(std::vector<int32_t> ranks);

/// "0.5 s"
std::string seconds(double value);

/// The ranks that a step has transfers with.
std::vector<int32_t> peersOf(const Step &step);

/// `peers` did not do their part of the step within the timeout.
Failure cameLate(const Communicator &waiting, int64_t step,
                 const std::vector<int32_t> &peers);

/// `peer` is no longer there to do its part.
Failure hasLeft(const Communicator &waiting, int64_t step, int32_t peer);

/// The caller's stop flag was set.
Failure wasInterrupted(const Communicator &waiting, int64_t step,
                       const std::vector<int32_t> &peers);

/// Something else ended the wait: `cause` is a sentence.
Failure brokeOff(const Communicator &waiting, int64_t step,
                 const std::vector<int32_t> &peers, const std::string &cause);

/// The step was not begun, as the ring had failed before.
Failure notBegun(const Communicator &waiting, const Step &step,
                 const std::string &cause);

/// The two ends of a transfer differ: a peer has other steps or sizes.
Failure differs(const Communicator &waiting, int64_t step, size_t bytes,
                int32_t peer, int64_t peerStep, size_t peerBytes,
                bool receives);

} // namespace rdattn::runtime::comm

#endif // RDATTN_RUNTIME_COMM_FAULTS_H
