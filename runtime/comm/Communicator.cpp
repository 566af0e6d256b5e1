//===- Communicator.cpp - One rank's end of a ring ------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/comm/Communicator.h"
#include "runtime/comm/Faults.h"

#include <algorithm>
#include <cstring>

using namespace rdattn::runtime;
using namespace rdattn::runtime::comm;

MaybeFailure Communicator::check(const Step &step,
                                 const Transfer &transfer) const {
  if (transfer.peer < 0 || transfer.peer >= size || transfer.peer == rank)
    return invalid(stepName(step.number), " of ", name(), " has a transfer ",
                   "with rank ", transfer.peer, ", but must have it with ",
                   "another rank of the ring");
  const bool isWritten = transfer.write && sharesMemory();
  if (transfer.bytes && !transfer.data && !isWritten)
    return invalid(stepName(step.number), " of ", name(), " moves ",
                   transfer.bytes, " bytes with rank ", transfer.peer,
                   ", but their address is NULL");
  return std::nullopt;
}

MaybeFailure Communicator::check(const Step &step) const {
  if (std::find(inFlight.begin(), inFlight.end(), step.number) !=
      inFlight.end())
    return invalid(stepName(step.number), " of ", name(),
                   " is posted again before it was waited for");
  for (const std::vector<Transfer> *list : {&step.sends, &step.receives})
    for (const Transfer &transfer : *list)
      if (MaybeFailure failure = check(step, transfer))
        return failure;
  return std::nullopt;
}

static void dropEmpty(std::vector<Transfer> &transfers) {
  auto isEmpty = [](const Transfer &transfer) { return transfer.bytes == 0; };
  transfers.erase(std::remove_if(transfers.begin(), transfers.end(), isEmpty),
                  transfers.end());
}

MaybeFailure Communicator::startStep(Step step) {
  if (MaybeFailure failure = check(step)) {
    MaybeFailure fault = poll(); // after one, steps stay in flight
    return fault ? fault : failure;
  }
  dropEmpty(step.sends);
  dropEmpty(step.receives);
  const int64_t number = step.number;
  inFlight.reserve(inFlight.size() + 1);
  if (MaybeFailure failure = start(std::move(step)))
    return failure;
  inFlight.push_back(number);
  return std::nullopt;
}

MaybeFailure Communicator::post(Step step) {
  if (step.number < 0)
    return invalid("the step of ", name(), " has the number ", step.number,
                   ", but must have one from 0");
  latest = step.number;
  return startStep(std::move(step));
}

MaybeFailure Communicator::wait(int64_t number, void *stream) {
  auto found = std::find(inFlight.begin(), inFlight.end(), number);
  if (found == inFlight.end()) {
    if (MaybeFailure failure = poll()) // why it was not posted
      return failure;
    return invalid(name(), " waits for ", stepName(number),
                   ", but must post it first");
  }
  inFlight.erase(found);
  return finish(number, stream);
}

MaybeFailure Communicator::exchange(const void *mine, size_t bytes, void *all) {
  Step step;
  step.number = kExchange;
  // A copy that may outlive this call: see Step::memory.
  auto memory = std::make_shared<std::vector<char>>(bytes * size);
  char *records = memory->data();
  for (int32_t peer = 0; peer < size; ++peer) {
    char *record = records + bytes * peer;
    if (peer != rank)
      step.receives.push_back({peer, record, bytes});
    if (peer != rank)
      step.sends.push_back({peer, records + bytes * rank, bytes});
    else if (bytes)
      std::memcpy(record, mine, bytes);
  }
  step.memory = memory;
  if (MaybeFailure failure = startStep(std::move(step)))
    return failure;
  if (MaybeFailure failure = wait(kExchange))
    return failure;
  if (bytes)
    std::memcpy(all, records, bytes * size);
  return std::nullopt;
}

Clock::time_point Communicator::deadline() const {
  return Clock::now() + std::chrono::duration_cast<Clock::duration>(
                            std::chrono::duration<double>(timeout));
}

std::string Communicator::gaveUp(const std::string &reason) const {
  const int64_t step = latest;
  return sentence(name(), " gave up ",
                  step < 0 ? "before its first step"
                           : sentence("in ", stepName(step)),
                  ": ", reason.empty() ? "it gave no reason" : reason);
}
