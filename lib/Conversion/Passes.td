//===- Passes.td - Conversions from one level to the next --*- tablegen -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_PASSES
#define RDATTN_CONVERSION_PASSES

include "mlir/Pass/PassBase.td"

def ConvertAttentionToAttend
    : Pass<"convert-rdattn-attention-to-attend", "::mlir::func::FuncOp"> {
  let summary = "expand patterns into explicit residue classes";
  let description = [{
    Each branch becomes an `rdattn.attend` whose classes are index maps, as
    written (canonicalisation then simplifies them); several branches meet in an
    `rdattn.merge`, a single one needs none.
  }];
  let dependentDialects = ["::rdattn::RDAttnDialect"];
}

#endif // RDATTN_CONVERSION_PASSES
