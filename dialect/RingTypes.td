//===- RingTypes.td - Rings, their schedules, transfers ----*- tablegen -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RING_TYPES
#define RDATTN_RING_TYPES

include "dialect/RDAttnDialect.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"

/// Values are rdattn_ring_layout's.
def RDAttn_Layout : I32Enum<"Layout", "which tokens a rank holds", [
    I32EnumCase<"Contiguous", 0, "contiguous">,
    I32EnumCase<"ZigZag", 1, "zigzag">,
    I32EnumCase<"Striped", 2, "striped">]> {
  let cppNamespace = "::rdattn";
}

class RDAttn_Type<string name, string typeMnemonic> : TypeDef<RDAttn_Dialect, name> {
  let mnemonic = typeMnemonic;
}

def RDAttn_RingType : RDAttn_Type<"Ring", "ring"> {
  let summary = "the ranks that hold the shards of one sequence";
  let description = [{
    A run-time value: it knows its own rank. A sequence of `tokens` tokens lies
    on `size` ranks as the layout says (S8): `contiguous` (rank i holds part i),
    `zigzag` (parts i and 2R-1-i of 2R) or `striped` (token t on rank t mod R).
    Size and tokens are `?` where they are known at run time alone.

    Example:

    ```mlir
    !ring = !rdattn.ring<4, zigzag, tokens = 28672>
    ```
  }];
  let parameters = (ins "int64_t":$size, EnumParameter<RDAttn_Layout>:$layout,
                        "int64_t":$tokens);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def RDAttn_RingScheduleType : RDAttn_Type<"RingSchedule", "ring_schedule"> {
  let summary = "what a rank moves and computes, step by step";
  let description = [{
    Example:

    ```mlir
    !schedule = !rdattn.ring_schedule
    ```
  }];
}

def RDAttn_TransferType : RDAttn_Type<"Transfer", "transfer"> {
  let summary = "rows on their way to this rank in one step";
  let description = [{
    Example:

    ```mlir
    !transfer = !rdattn.transfer
    ```
  }];
}

#endif // RDATTN_RING_TYPES
