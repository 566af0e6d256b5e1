//===- RuntimeCalls.h - Calls from compiled code into the runtime *- C++
//-*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_LAUNCHTOCPU_RUNTIMECALLS_H
#define RDATTN_CONVERSION_LAUNCHTOCPU_RUNTIMECALLS_H

#include "dialect/RDAttn.h"
#include "lib/Conversion/LaunchToCPU/Emitter.h"

namespace rdattn::cpu {

/// The functions of runtime/include/rdattn/module.h that compiled code calls,
/// declared in the enclosing module on first use.
class RuntimeCalls {
public:
  explicit RuntimeCalls(Emitter &b) : b(b) {}

  /// The call being run: an !llvm.ptr that the others take.
  Value currentCall();
  /// memref<bytes x i8> of this thread, and whether there was memory for it.
  std::pair<Value, Value> scratch(Value call, int64_t bytes);
  /// A row-major memref of f32 with these sizes, shared by all threads of the
  /// call, and whether there was memory for it.
  std::pair<Value, Value> sharedScratch(Value call, ValueRange sizes);
  Value shouldStop(Value call);

private:
  Value invoke(llvm::StringRef name, Type result, ValueRange arguments);
  Value int64(Value index);

  Emitter &b;
};

/// A memref of `type` over `pointer`, with these sizes and strides.
Value memrefFromPointer(Emitter &b, mlir::MemRefType type, Value pointer,
                        ValueRange sizes, ValueRange strides);

/// Declares `name` as a function of the module around the insertion point.
void declareFunction(Emitter &b, llvm::StringRef name, mlir::FunctionType type);

/// Replaces a plan on memrefs by the runtime's planner (a dynamic shape).
void lowerPlan(PlanOp plan);

} // namespace rdattn::cpu

#endif // RDATTN_CONVERSION_LAUNCHTOCPU_RUNTIMECALLS_H
