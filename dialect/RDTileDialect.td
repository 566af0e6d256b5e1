//===- RDTileDialect.td - Tiles on a GPU, in its own nouns -*- tablegen -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDTILE_DIALECT
#define RDTILE_DIALECT

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/OpBase.td"

def RDTile_Dialect : Dialect {
  let name = "rdtile";
  let cppNamespace = "::rdattn::rdtile";
  let summary = "How a tile of attention is computed on a GPU";
  let description = [{
    The hardware's own nouns: tiles in shared memory with their swizzle,
    accumulators in the registers of a warpgroup, barriers, warpgroup roles,
    copies by tensor map and by row list, matrix products that run while other
    instructions go on. Control flow and scalar arithmetic are upstream's `scf`,
    `arith`, `math`, `memref` and `gpu`.

    An op is executed by every thread that reaches it. What a warpgroup holds
    together (accumulators, operands, rows) is one value here and some
    registers of each of its 128 threads below.
  }];
  let useDefaultTypePrinterParser = 1;
}

#endif // RDTILE_DIALECT
