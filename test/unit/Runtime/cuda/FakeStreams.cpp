//===- FakeStreams.cpp - Streams and graphs of the fake driver ------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeEntry.h"

using namespace rdattn::test;

ENTRY(cuStreamCreate, FakeStream **stream, unsigned) {
  Entry entry("cuStreamCreate");
  if (int result = entry.inContext().result)
    return result;
  *stream = entry.driver.createStream();
  (*stream)->context = entry.driver.current();
  return 0;
}

ENTRY(cuStreamSynchronize, const void *) {
  return Entry("cuStreamSynchronize").unsafe().result;
}

ENTRY(cuStreamGetCtx, const FakeStream *stream, const FakeDevice **context) {
  *context = stream ? stream->context : FakeDriver::current();
  return Entry("cuStreamGetCtx").result;
}

ENTRY(cuStreamGetId, const FakeStream *stream, unsigned long long *id) {
  *id = stream ? stream->id : 1;
  return Entry("cuStreamGetId").inContext().result;
}

ENTRY(cuStreamGetCaptureInfo_v2, const FakeStream *stream, int *status,
      uint64_t *, FakeGraph **graph, const void **, size_t *) {
  *status = captureOf(stream) ? 1 : 0;
  if (*status)
    *graph = stream->capture;
  return Entry("cuStreamGetCaptureInfo").inContext().result;
}

ENTRY(cuThreadExchangeStreamCaptureMode, int *mode) {
  std::swap(*mode, FakeDriver::captureMode());
  return Entry("cuThreadExchangeStreamCaptureMode").result;
}

ENTRY(cuUserObjectCreate, FakeUserObject **object, void *data,
      void (*destroy)(void *), unsigned, unsigned flags) {
  Entry entry("cuUserObjectCreate");
  if (entry.result || flags != 1)
    return entry.result ? entry.result : InvalidValue;
  *object = new FakeUserObject{data, destroy};
  return 0;
}

ENTRY(cuUserObjectRelease, FakeUserObject *object, unsigned) {
  Entry entry("cuUserObjectRelease");
  object->destroy(object->data);
  delete object;
  return entry.result;
}

ENTRY(cuGraphRetainUserObject, FakeGraph *graph, FakeUserObject *object,
      unsigned, unsigned flags) {
  Entry entry("cuGraphRetainUserObject");
  if (entry.result || flags != 1)
    return entry.result ? entry.result : InvalidValue;
  graph->kept.push_back(object);
  return 0;
}
