//===- RDTileTypes.td - Tiles, fragments and barriers ------*- tablegen -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDTILE_TYPES
#define RDTILE_TYPES

include "dialect/RDTileDialect.td"
include "mlir/IR/BuiltinTypeInterfaces.td"

class RDTile_Type<string name, string typeMnemonic>
    : TypeDef<RDTile_Dialect, name> {
  let mnemonic = typeMnemonic;
}

/// `rows x columns x element` in angle brackets.
class RDTile_Shaped<string name, string typeMnemonic>
    : RDTile_Type<name, typeMnemonic> {
  let parameters = (ins "int64_t":$rows, "int64_t":$columns, "::mlir::Type":$element);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def RDTile_Tile : RDTile_Shaped<"Tile", "tile"> {
  let summary = "a tile in shared memory";
  let description = [{
    `rows` x `columns` elements of bf16, f16 or f32, stored as panels of 64
    columns (f32: 32), each row of a panel 128 bytes with the 128-byte swizzle
    that tensor maps, `wgmma` and `ldmatrix` share. Columns past `columns` exist
    up to the panel's end and are zero as far as products read them, whole steps
    of 32 bytes.

    Example:

    ```mlir
    !tile = !rdtile.tile<128x96xbf16>
    ```
  }];
  let extraClassDeclaration = [{
    /// Bytes of one row of a panel, and its columns.
    static constexpr int64_t kPanelRowBytes = 128;
    int64_t getElementBytes() const { return getElement().getIntOrFloatBitWidth() / 8; }
    int64_t getPanelColumns() const { return kPanelRowBytes / getElementBytes(); }
    int64_t getPanels() const { return (getColumns() + getPanelColumns() - 1) / getPanelColumns(); }
    int64_t getPanelBytes() const { return getRows() * kPanelRowBytes; }
    int64_t getBytes() const { return getPanels() * getPanelBytes(); }
  }];
}

def RDTile_Ring : RDTile_Type<"Ring", "ring"> {
  let summary = "stages of equal tiles in shared memory";
  let description = [{
    Example:

    ```mlir
    !ring = !rdtile.ring<2, 128x128xbf16>
    ```
  }];
  let parameters = (ins "int64_t":$stages, "int64_t":$rows, "int64_t":$columns,
                        "::mlir::Type":$element);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    TileType getTile() const;
    int64_t getBytes() const { return getStages() * getTile().getBytes(); }
  }];
}

def RDTile_Barriers : RDTile_Type<"Barriers", "barriers"> {
  let summary = "mbarriers in shared memory, one for each stage";
  let description = [{
    Example:

    ```mlir
    !barriers = !rdtile.barriers<2>
    ```
  }];
  let parameters = (ins "int64_t":$count);
  let assemblyFormat = "`<` $count `>`";
  let genVerifyDecl = 1;
}

def RDTile_Accumulator : RDTile_Type<"Accumulator", "accumulator"> {
  let summary = "f32 sums in the registers of a warpgroup";
  let description = [{
    64 rows by `columns`, in the accumulator layout of `wgmma` (and of four
    warps of `mma.sync`): thread t of the warpgroup holds, of every 8 columns,
    columns 2 * (t % 4) and one more of rows 16 * (t / 32) + t % 32 / 4 and 8
    rows on: columns / 2 registers in all.

    Example:

    ```mlir
    !accumulator = !rdtile.accumulator<128>
    ```
  }];
  let parameters = (ins "int64_t":$columns);
  let assemblyFormat = "`<` $columns `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    int64_t getRegisters() const { return getColumns() / 2; }
  }];
}

def RDTile_Pending : RDTile_Type<"Pending", "pending"> {
  let summary = "an accumulator that a product in flight will write";
  let description = [{
    Nothing may touch it before `rdtile.wait_mma`.

    Example:

    ```mlir
    !pending = !rdtile.pending<128>
    ```
  }];
  let parameters = (ins "int64_t":$columns);
  let assemblyFormat = "`<` $columns `>`";
  let genVerifyDecl = 1;
}

def RDTile_Operand : RDTile_Type<"Operand", "operand"> {
  let summary = "the left operand of a product, in registers";
  let description = [{
    64 rows by `columns`, in the layout in which an accumulator of the same
    shape is converted: columns / 4 registers, or columns / 2 of f32.

    Example:

    ```mlir
    !operand = !rdtile.operand<128xbf16>
    ```
  }];
  let parameters = (ins "int64_t":$columns, "::mlir::Type":$element);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    int64_t getRegisters() const { return getColumns() / (getElement().isF32() ? 2 : 4); }
  }];
}

def RDTile_Rows : RDTile_Type<"Rows", "rows"> {
  let summary = "one scalar for each of a warpgroup's 64 rows";
  let description = [{
    In the accumulator's row layout: two registers of each thread; the four
    threads of a quad hold the same rows.

    Example:

    ```mlir
    !rows = !rdtile.rows<f32>
    ```
  }];
  let parameters = (ins "::mlir::Type":$element);
  let assemblyFormat = "`<` $element `>`";
  let genVerifyDecl = 1;
}

def RDTile_Tokens : RDTile_Type<"Tokens", "tokens"> {
  let summary = "the tokens of a tile's rows, spread over copying threads";
  let description = [{
    `lanes` neighbouring threads of the block's first `threads` hold the same
    rows, every threads / lanes rows one: rows * lanes / threads registers,
    rounded up.

    Example:

    ```mlir
    !tokens = !rdtile.tokens<128, threads = 128, lanes = 8>
    ```
  }];
  let parameters = (ins "int64_t":$rows, "int64_t":$threads, "int64_t":$lanes);
  let assemblyFormat = "`<` $rows `,` struct($threads, $lanes) `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    int64_t getRowsPerPass() const { return getThreads() / getLanes(); }
    int64_t getRegisters() const {
      return (getRows() + getRowsPerPass() - 1) / getRowsPerPass();
    }
  }];
}

def RDTile_Maps : RDTile_Type<"Maps", "maps"> {
  let summary = "tensor maps of q, k and v for some token strides";
  let description = [{
    A kernel parameter (rdattn_cuda_maps in runtime/include/rdattn/module.h):
    for each of up to seven token strides r a tensor map of each tensor, with
    dimensions {column, step, residue, head, batch}: token step * r + residue.

    Example:

    ```mlir
    !maps = !rdtile.maps
    ```
  }];
}

#endif // RDTILE_TYPES
