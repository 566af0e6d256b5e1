//===- ScheduleAttrs.td - How a launch is tiled ------------*- tablegen -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_SCHEDULE_ATTRS
#define RDATTN_SCHEDULE_ATTRS

include "dialect/RDAttnDialect.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"

def RDAttn_TileOrder : I32Enum<"TileOrder", "the order of the work table", [
    I32EnumCase<"Plain", 0, "plain">,
    I32EnumCase<"LongestFirst", 1, "longest_first">]> {
  let cppNamespace = "::rdattn";
}

def RDAttn_Epilogue : I32Enum<"Epilogue", "how a tile's rows are written", [
    I32EnumCase<"Store", 0, "store">,
    I32EnumCase<"Fill", 1, "fill">,
    I32EnumCase<"Merge", 2, "merge">]> {
  let cppNamespace = "::rdattn";
}

def RDAttn_TileOrderAttr : EnumAttr<RDAttn_Dialect, RDAttn_TileOrder, "tile_order">;
def RDAttn_EpilogueAttr : EnumAttr<RDAttn_Dialect, RDAttn_Epilogue, "epilogue">;

/// What every target's schedule tells the levels above it.
def RDAttn_ScheduleInterface : AttrInterface<"ScheduleAttrInterface"> {
  let cppNamespace = "::rdattn";
  let methods = [
    InterfaceMethod<"query rows of one work item", "int64_t", "getItemQueries">,
    InterfaceMethod<"order of the work table", "::rdattn::TileOrder", "getItemOrder">,
    InterfaceMethod<"consecutive (class, batch, head) triples inside which longest_first sorts, or 0: all of a branch",
                    "int64_t", "getItemGroup">,
    InterfaceMethod<"whether an entry of a row list may stand for a run of rows",
                    "bool", "takesRuns">,
    InterfaceMethod<"whether rows that see themselves alone cost least as one class with a window of 1",
                    "bool", "isolatesRows">,
    InterfaceMethod<"whether the target has room for tiles of these sizes; reports what would fit",
                    "::llvm::LogicalResult", "verifyLaunch",
                    (ins "::llvm::function_ref<::mlir::InFlightDiagnostic()>":$emitError,
                         "int64_t":$headDim, "int64_t":$valueDim, "::mlir::Type":$elementType)>,
  ];
}

def RDAttn_CPUScheduleAttr : AttrDef<RDAttn_Dialect, "CPUSchedule",
    [DeclareAttrInterfaceMethods<RDAttn_ScheduleInterface>]> {
  let mnemonic = "cpu";
  let summary = "tiles, vectors and register blocks of the CPU kernel";
  let description = [{
    A work item is `queries` rows of one class and head. It walks its keys in
    tiles of `keys` rows, packed once per tile as f32. Queries lie along the
    vector lanes: the register block of both products is `rows` (keys, then
    value columns) by `vectors` vectors of `lanes` queries. `queries` is a
    multiple of `lanes * vectors`, `keys` of `rows`.

    Example:

    ```mlir
    #avx512 = #rdattn.cpu<queries = 256, keys = 96, lanes = 16, vectors = 4, rows = 6, order = longest_first>
    ```
  }];
  let parameters = (ins "int64_t":$queries, "int64_t":$keys, "int64_t":$lanes,
                        "int64_t":$vectors, "int64_t":$rows,
                        EnumParameter<RDAttn_TileOrder>:$order);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def RDAttn_SM90ScheduleAttr : AttrDef<RDAttn_Dialect, "SM90Schedule",
    [DeclareAttrInterfaceMethods<RDAttn_ScheduleInterface>]> {
  let mnemonic = "sm90";
  let summary = "tiles, stages and warpgroups of the Hopper kernel";
  let description = [{
    A block has one producer warpgroup and `consumers` (1 to 3) consumer
    warpgroups, each with 64 of the item's `queries` rows. The producer copies
    tiles of `keys` rows (a multiple of 16, at most 256) of k and v into a ring
    of `stages` (1 to 8) in shared memory. `lanes` (1, 2, 4 or 8) threads copy
    one row together where rows are gathered. With `pingpong` the consumers
    take turns: one multiplies while another is in its softmax.

    `order = longest_first` sorts the work table inside groups of at most
    `group` consecutive (class, batch, head) triples, fewer where their classes
    have more than 65536 rows, so that the keys and values of a group stay in
    the L2 cache; `group = 0` sorts all of a branch.

    Elements are bf16 or f16, D and Dv at most 256. Tiles lie in panels of 64
    columns, with p(n) = 128 * ceil(n / 64) bytes a row. Two budgets bind:

    | budget | needed | available |
    |---|---|---|
    | bytes of shared memory | `queries` * p(D) + `stages` * `keys` * (p(D) + p(Dv)) + 1024 | 232448 |
    | registers of a consumer thread for scores, p and o | `keys` / 2 + `keys` / 4 + 4 * ceil(Dv / 8) | fewer than 216, of 3 consumers 136 |

    Example:

    ```mlir
    #hopper = #rdattn.sm90<queries = 128, keys = 128, stages = 2, consumers = 2, lanes = 8, pingpong = true, order = longest_first, group = 16>
    ```
  }];
  let parameters = (ins "int64_t":$queries, "int64_t":$keys, "int64_t":$stages,
                        "int64_t":$consumers, "int64_t":$lanes, "bool":$pingpong,
                        EnumParameter<RDAttn_TileOrder>:$order, "int64_t":$group);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Bytes of a block's shared memory for D = headDim and Dv = valueDim.
    int64_t getSharedBytes(int64_t headDim, int64_t valueDim) const;
    /// Registers of a consumer's thread, once the warpgroups have shared them out.
    int64_t getConsumerRegisters() const;
  }];
}

def RDAttn_SM80ScheduleAttr : AttrDef<RDAttn_Dialect, "SM80Schedule",
    [DeclareAttrInterfaceMethods<RDAttn_ScheduleInterface>]> {
  let mnemonic = "sm80";
  let summary = "tiles, stages and warpgroups of the kernel for Ampere and later";
  let description = [{
    All `warpgroups` (1 to 4) of a block copy and compute. Each has 64 or 128 of
    the item's `queries` rows: with 128 it reads every key from shared memory
    half as often, for twice the registers. Tiles of `keys` rows of k and v (a
    multiple of 16 * `warpgroups`, at most 256) go through a ring of `stages`
    (1 to 8): while one is computed the next `stages` - 1 are on their way.

    `order` and `group` are those of `#rdattn.sm90`.

    Elements are bf16, f16 or f32, D and Dv at most 256. Tiles lie in panels of
    128 bytes a row: p(n) = 128 * ceil(n * bytes of an element / 128). Two
    budgets bind, the first so that the smallest of these GPUs has room:

    | budget | needed | available |
    |---|---|---|
    | bytes of shared memory | `queries` * p(D) + `stages` * `keys` * (p(D) + p(Dv)) + 128 | 101376 |
    | registers of a thread for scores and o | `queries` / (64 * `warpgroups`) * (`keys` / 2 + 4 * ceil(Dv / 8)) | 40 fewer than 255, of 3 warpgroups 168, of 4 128 |

    Example:

    ```mlir
    #ampere = #rdattn.sm80<queries = 128, keys = 64, stages = 2, warpgroups = 2, order = longest_first, group = 16>
    ```
  }];
  let parameters = (ins "int64_t":$queries, "int64_t":$keys, "int64_t":$stages,
                        "int64_t":$warpgroups, EnumParameter<RDAttn_TileOrder>:$order,
                        "int64_t":$group);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Bytes of a block's shared memory for D = headDim and Dv = valueDim.
    int64_t getSharedBytes(int64_t headDim, int64_t valueDim, ::mlir::Type elementType) const;
    /// Blocks of 64 query rows of a warpgroup.
    int64_t getFragments() const { return getQueries() / (64 * getWarpgroups()); }
    /// The most registers that a thread can have.
    int64_t getThreadRegisters() const;
  }];
}

#endif // RDATTN_SCHEDULE_ATTRS
