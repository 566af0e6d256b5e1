//===- MpiCommunicator.cpp - A ring of MPI processes ----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/comm/mpi/MpiCommunicator.h"
#include "runtime/comm/Backoff.h"
#include "runtime/comm/Faults.h"
#include "runtime/comm/mpi/Library.h"

#include <algorithm>

using namespace rdattn::runtime;
using namespace rdattn::runtime::comm;
using Lock = std::unique_lock<std::mutex>;

/// Every MPI has tags up to 32767.
enum : int { kFaultTag = 1, kExchangeTag = 2, kFirstStepTag = 3 };
static constexpr int kStepTags = 16384;
static constexpr size_t kFaultBytes = 1024; ///< sent without a rendezvous

/// Steps have tags of their own, so that those of two plans do not match.
static int tagOf(int64_t number) {
  if (number == kExchange)
    return kExchangeTag;
  return kFirstStepTag + static_cast<int>(number % kStepTags);
}

//===-- Steps -------------------------------------------------------------===//

MaybeFailure MpiCommunicator::begin(int64_t number, const Transfer &transfer,
                                    bool receives, StepInFlight &step) {
  char *data = static_cast<char *>(transfer.data);
  for (size_t at = 0; at < transfer.bytes; at += kMostMpiBytes) {
    Part part = {nullptr, transfer.peer, receives,
                 std::min(transfer.bytes - at, kMostMpiBytes)};
    const int code = receives
                         ? mpi.receive(copy, data + at, part.bytes, part.peer,
                                       tagOf(number), &part.request)
                         : mpi.send(copy, data + at, part.bytes, part.peer,
                                    tagOf(number), &part.request);
    if (code)
      return describe(mpi, code,
                      sentence(name(), " could not begin ", stepName(number),
                               " with rank ", part.peer));
    step.parts.push_back(part);
  }
  return std::nullopt;
}

MaybeFailure MpiCommunicator::start(Step step) {
  Lock lock(mutex);
  if (hasFailed())
    return notBegun(*this, step, cause);
  StepInFlight &record = steps[step.number];
  record.memory = std::move(step.memory);
  for (bool receives : {true, false})
    for (const Transfer &transfer : receives ? step.receives : step.sends)
      if (MaybeFailure failure = begin(step.number, transfer, receives, record))
        return fail(std::move(*failure));
  return std::nullopt;
}

/// Drops the parts that are done.
MaybeFailure MpiCommunicator::test(int64_t number, StepInFlight &step) {
  for (size_t i = 0; i < step.parts.size();) {
    const Part part = step.parts[i];
    int isDone = 0;
    size_t bytes = 0;
    const int code = mpi.test(part.request, &isDone, &bytes);
    if (!code && !isDone) {
      ++i;
      continue;
    }
    step.parts.erase(step.parts.begin() + i);
    if (code)
      return describe(mpi, code,
                      sentence(name(), " failed in ", stepName(number),
                               " with rank ", part.peer));
    if (part.receives && bytes != part.bytes)
      return differs(*this, number, part.bytes, part.peer, number, bytes, true);
  }
  return std::nullopt;
}

MaybeFailure MpiCommunicator::finish(int64_t number, void *) {
  const Clock::time_point until = deadline();
  Lock lock(mutex);
  StepInFlight &step = steps[number];
  for (Backoff backoff;; backoff.pause(lock)) {
    if (MaybeFailure failure = test(number, step))
      return fail(std::move(*failure));
    if (step.parts.empty())
      break;
    std::vector<int32_t> peers;
    peers.reserve(step.parts.size());
    for (const Part &part : step.parts)
      peers.push_back(part.peer);
    if (hasFailed())
      return brokeOff(*this, number, peers, cause);
    if (isStopped())
      return fail(wasInterrupted(*this, number, peers));
    if (Clock::now() >= until)
      return fail(cameLate(*this, number, peers));
  }
  steps.erase(number);
  return std::nullopt;
}

MaybeFailure MpiCommunicator::poll() {
  Lock lock(mutex);
  for (auto &[number, step] : steps)
    if (MaybeFailure failure = test(number, step))
      return fail(std::move(*failure));
  if (!hasFailed())
    return std::nullopt;
  return ringError(name(), " found that the ring had failed: ", cause);
}

//===-- Faults ------------------------------------------------------------===//

/// Looks for the message of another rank's fault, and tells of this one's.
bool MpiCommunicator::hasFailed() {
  if (cause.empty()) {
    char text[kFaultBytes] = "";
    int found = 0;
    const int code = mpi.take(copy, kFaultTag, text, sizeof(text) - 1, &found);
    if (code)
      cause = describe(mpi, code, name() + " asked for messages").message;
    else if (found)
      cause = text;
  }
  if (cause.empty())
    return false;
  if (mustTell)
    tellOthers();
  return true;
}

Failure MpiCommunicator::fail(Failure failure) {
  if (cause.empty()) {
    cause = failure.message;
    mustTell = true;
  }
  hasFailed();
  return failure;
}

/// Messages so short are on their way at once, whatever their requests say.
void MpiCommunicator::tellOthers() {
  mustTell = false;
  StepInFlight messages;
  auto text = std::make_shared<std::string>(cause.substr(0, kFaultBytes - 1));
  messages.memory = text;
  for (int32_t peer = 0; peer < size; ++peer) {
    Part part = {nullptr, peer, false, text->size()};
    if (peer != rank && !mpi.send(copy, text->data(), part.bytes, peer,
                                  kFaultTag, &part.request))
      messages.parts.push_back(part);
  }
  abandon(messages);
}

void MpiCommunicator::abort(const std::string &reason) {
  Lock lock(mutex);
  if (!cause.empty())
    return;
  cause = gaveUp(reason);
  mustTell = true;
  // Elsewhere the rank's own thread tells, at its next call.
  if (anyThread || std::this_thread::get_id() == owner)
    hasFailed();
}

/// What is under way cannot be called back: its memory stays for good.
void MpiCommunicator::abandon(StepInFlight &step) {
  static auto *kept = new std::vector<std::shared_ptr<void>>();
  static std::mutex keeping;
  for (size_t i = 0; i < step.parts.size();) {
    int isDone = 0;
    size_t bytes = 0;
    if (step.parts[i].receives)
      mpi.cancel(step.parts[i].request);
    if (mpi.test(step.parts[i].request, &isDone, &bytes) || isDone)
      step.parts.erase(step.parts.begin() + i);
    else
      ++i;
  }
  if (step.parts.empty())
    return;
  std::lock_guard<std::mutex> guard(keeping);
  kept->push_back(std::move(step.memory));
}

MpiCommunicator::~MpiCommunicator() {
  if (mpi.isFinalized())
    return; // and with MPI all that was under way
  Lock lock(mutex);
  const bool isClean = cause.empty() && steps.empty();
  if (mustTell)
    tellOthers();
  for (auto &[number, step] : steps)
    abandon(step);
  if (isClean)
    mpi.release(copy);
  else
    mpi.noteFault();
}
