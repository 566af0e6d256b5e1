//===- RuntimeCalls.h - What the CPU kernel asks of the runtime -*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_LAUNCHTOCPU_RUNTIMECALLS_H
#define RDATTN_CONVERSION_LAUNCHTOCPU_RUNTIMECALLS_H

#include "lib/Conversion/LaunchToCPU/Emitter.h"

namespace rdattn::cpu {

/// What the kernel's threads ask of the runtime.
class RuntimeCalls {
public:
  explicit RuntimeCalls(Emitter &b) : b(b) {}

  /// memref<bytes x i8> of this thread, and whether there was memory for it.
  std::pair<Value, Value> scratch(Value call, int64_t bytes);
  /// A row-major memref of f32 with these sizes, shared by all threads of the
  /// call, and whether there was memory for it.
  std::pair<Value, Value> sharedScratch(Value call, ValueRange sizes);
  Value shouldStop(Value call);

private:
  Value int64(Value index);

  Emitter &b;
};

} // namespace rdattn::cpu

#endif // RDATTN_CONVERSION_LAUNCHTOCPU_RUNTIMECALLS_H
