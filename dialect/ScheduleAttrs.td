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

#endif // RDATTN_SCHEDULE_ATTRS
