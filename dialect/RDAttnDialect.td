//===- RDAttnDialect.td - The rdattn dialect ---------------*- tablegen -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_DIALECT
#define RDATTN_DIALECT

include "mlir/IR/OpBase.td"

def RDAttn_Dialect : Dialect {
  let name = "rdattn";
  let cppNamespace = "::rdattn";
  let summary = "Attention over segments, dilations, orders and windows";
  let description = [{
    The dialect says one attention at three levels, each lowered to the next:

    1. *what*: `rdattn.attention` holds the pattern as the user wrote it;
    2. *which rows*: `rdattn.attend` and `rdattn.merge` hold every residue class
       as an index map;
    3. *one launch*: `rdattn.plan` and `rdattn.launch` hold the work table and
       the schedule of a single fused kernel.

    Between the second and the third the operations `rdattn.ring.*` say *when
    blocks move* on a ring of ranks; below the third a GPU launch becomes the
    `rdtile` dialect. The
    semantics (labels S1 to S11) and the rewrites (E1 to E6) are in
    docs/language.md.
  }];
  let useDefaultAttributePrinterParser = 1;
  let useDefaultTypePrinterParser = 1;
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::tensor::TensorDialect",
    "::mlir::func::FuncDialect"];
}

#endif // RDATTN_DIALECT
