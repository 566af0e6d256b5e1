//===- AttendToRing.cpp - Attends on a ring become its steps --------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/AttendToRing/RingBuilder.h"
#include "lib/Conversion/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace rdattn {
#define GEN_PASS_DEF_CONVERTATTENDTORING
#include "lib/Conversion/Passes.h.inc"
} // namespace rdattn

using namespace mlir;
using namespace rdattn;

namespace {
struct ConvertAttendToRing
    : rdattn::impl::ConvertAttendToRingBase<ConvertAttendToRing> {
  void runOnOperation() override {
    if (failed(convertMerges()) || failed(convertAttends()))
      signalPassFailure();
  }

private:
  LogicalResult convertMerges();
  LogicalResult convertAttends();
};
} // namespace

static LogicalResult convert(const Fusion &fusion) {
  if (failed(checkElementType(fusion)))
    return failure();
  return RingBuilder(fusion).build();
}

LogicalResult ConvertAttendToRing::convertMerges() {
  SmallVector<MergeOp> merges;
  getOperation().walk([&](MergeOp merge) {
    auto isOnRing = [](Value partial) {
      auto attend = partial.getDefiningOp<AttendOp>();
      return attend && attend.getRing();
    };
    if (llvm::any_of(merge.getPartials(), isOnRing))
      merges.push_back(merge);
  });
  for (MergeOp merge : merges) {
    FailureOr<Fusion> fusion = fuseMerge(merge);
    if (failed(fusion) || failed(convert(*fusion)))
      return failure();
    merge.erase();
  }
  return success();
}

LogicalResult ConvertAttendToRing::convertAttends() {
  SmallVector<AttendOp> attends;
  getOperation().walk([&](AttendOp attend) {
    if (attend.getRing())
      attends.push_back(attend);
  });
  for (AttendOp attend : attends) {
    if (!attend->use_empty() && failed(convert({attend, {attend}})))
      return failure();
    attend.erase();
  }
  return success();
}
