//===- RDAttnAttrs.td - All attributes of the dialect ------*- tablegen -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

include "dialect/ClassAttrs.td"
include "dialect/KernelAttrs.td"
include "dialect/RingTypes.td"
include "dialect/ScheduleAttrs.td"
