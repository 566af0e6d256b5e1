//===- FakeEvents.cpp - Events of the fake driver -------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeEntry.h"

#include <algorithm>

using namespace rdattn::test;

static bool isDone(const FakeWork &work) { return work->load(); }

ENTRY(cuCtxGetStreamPriorityRange, int *least, int *greatest) {
  *least = 0;
  *greatest = -5;
  return Entry("cuCtxGetStreamPriorityRange").inContext().result;
}

ENTRY(cuStreamCreateWithPriority, FakeStream **stream, unsigned flags,
      int priority) {
  Entry entry("cuStreamCreateWithPriority");
  if (entry.inContext().result || flags != 1 || priority != -5)
    return entry.result ? entry.result : InvalidValue;
  *stream = entry.driver.createStream();
  (*stream)->context = entry.driver.current();
  entry.driver.ownStreams.insert(*stream);
  return 0;
}

ENTRY(cuStreamDestroy_v2, FakeStream *stream) {
  Entry entry("cuStreamDestroy");
  return entry.driver.ownStreams.erase(stream) ? entry.result : InvalidValue;
}

ENTRY(cuEventCreate, FakeEvent **event, unsigned flags) {
  Entry entry("cuEventCreate");
  if (entry.inContext().result || flags != 2)
    return entry.result ? entry.result : InvalidValue;
  *event = new FakeEvent{entry.driver.current(), {}};
  entry.driver.events.insert(*event);
  return 0;
}

ENTRY(cuEventDestroy_v2, FakeEvent *event) {
  Entry entry("cuEventDestroy");
  if (!entry.driver.events.erase(event))
    return InvalidValue;
  delete event;
  return entry.result;
}

ENTRY(cuEventRecord, FakeEvent *event, FakeStream *stream) {
  Entry entry("cuEventRecord");
  const FakeDevice *context = stream ? stream->context : entry.driver.current();
  if (entry.inContext().result || event->context != context)
    return entry.result ? entry.result : InvalidHandle;
  event->work = stream ? stream->work : std::vector<FakeWork>();
  return 0;
}

ENTRY(cuEventQuery, FakeEvent *event) {
  Entry entry("cuEventQuery");
  if (int result = entry.unsafe().result)
    return result;
  entry.driver.advance();
  return std::all_of(event->work.begin(), event->work.end(), isDone) ? 0 : 600;
}

ENTRY(cuStreamWaitEvent, FakeStream *stream, FakeEvent *event, unsigned) {
  Entry entry("cuStreamWaitEvent");
  if (stream) {
    std::vector<FakeWork> &work = stream->work;
    work.erase(std::remove_if(work.begin(), work.end(), isDone), work.end());
    work.insert(work.end(), event->work.begin(), event->work.end());
  }
  return entry.inContext().result;
}
