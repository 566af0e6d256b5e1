//===- ScheduleFields.h - Fields of a schedule set by hand ------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_ATTENDTOLAUNCH_SCHEDULEFIELDS_H
#define RDATTN_CONVERSION_ATTENDTOLAUNCH_SCHEDULEFIELDS_H

#include "dialect/RDAttn.h"

namespace rdattn {

/// `schedule` with the fields of `text`, as the attribute prints them: "keys =
/// 112, pingpong = true". The queries follow the consumers, and a plain order
/// has no groups unless the text says so.
mlir::FailureOr<SM90ScheduleAttr>
setFields(SM90ScheduleAttr schedule, llvm::StringRef text,
          llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

} // namespace rdattn

#endif // RDATTN_CONVERSION_ATTENDTOLAUNCH_SCHEDULEFIELDS_H
