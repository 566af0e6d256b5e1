//===- RDAttnOps.td - All operations of the dialect --------*- tablegen -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

include "dialect/DispatchOps.td"
include "dialect/PatternOps.td"
include "dialect/LaunchOps.td"
include "dialect/RingOps.td"
include "dialect/RingDispatchOps.td"
