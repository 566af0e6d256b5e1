//===- RingOps.td - When blocks move: the steps of a ring --*- tablegen -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RING_OPS
#define RDATTN_RING_OPS

include "dialect/LaunchOps.td"
include "dialect/RingTypes.td"

/// All that ranks do together: such operations keep their order.
def RDAttn_RingResource : Resource<"::rdattn::RingResource">;

def RDAttn_StepBuffer : AnyTypeOf<[RDAttn_Tensor, MemRefRankOf<[RDAttn_Float], [4]>]>;

def RDAttn_RingPlanOp : RDAttn_Op<"ring.plan", [
    MemoryEffects<[MemWrite<RDAttn_RingResource>]>]> {
  let summary = "the steps of this rank, planned from the pattern";
  let description = [{
    Plans what each rank needs of the others (E6), and makes sure that all ranks
    plan the same. `batch`, `rows` (of the shard) and `heads` are those of this
    rank's q, k and v. A launch says how many `queries` an item of the steps'
    tables has, and in which `order` they are: longest first inside each `group`
    of consecutive (class, batch, head) triples, or of all.

    Example:

    ```mlir
    %schedule = rdattn.ring.plan on(%ring : !rdattn.ring<4, zigzag, tokens = 8192>)
        batch(%b) rows(%s) heads(%h, %g) causal classes [contiguous 0 to 8192] : !rdattn.ring_schedule
    ```
  }];
  let arguments = (ins RDAttn_RingType:$ring, Index:$batch, Index:$rows,
                       Index:$heads, Index:$kvHeads, UnitAttr:$causal,
                       OptionalAttr<I64Attr>:$queries, OptionalAttr<RDAttn_TileOrderAttr>:$order,
                       OptionalAttr<I64Attr>:$group, RDAttn_BranchClassesArrayAttr:$branches);
  let results = (outs RDAttn_RingScheduleType:$schedule);
  let assemblyFormat = [{
    `on` `(` $ring `:` qualified(type($ring)) `)` `batch` `(` $batch `)` `rows` `(` $rows `)`
    `heads` `(` $heads `,` $kvHeads `)` (`causal` $causal^)?
    (`queries` `(` $queries^ `)`)? (`order` `(` custom<TileOrder>($order)^ `)`)?
    (`group` `(` $group^ `)`)?
    `classes` custom<BranchList>($branches) attr-dict `:` type($schedule)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// What the runtime plans, as the planner's data.
    ::rdattn::planner::PlanSpec getSpec();
  }];
}

def RDAttn_RingStepsOp : RDAttn_Op<"ring.steps", [Pure]> {
  let summary = "how many steps a schedule has";
  let description = [{
    Step 0 moves nothing: its keys are this rank's own.

    Example:

    ```mlir
    %steps = rdattn.ring.steps %schedule
    ```
  }];
  let arguments = (ins RDAttn_RingScheduleType:$schedule);
  let results = (outs Index:$steps);
  let assemblyFormat = "$schedule attr-dict";
}

def RDAttn_RingRankOp : RDAttn_Op<"ring.rank", [
    MemoryEffects<[MemRead<RDAttn_RingResource>]>]> {
  let summary = "which rank of a ring this is";
  let description = [{
    From 0 to `size` - 1; and `size` itself where the call has failed, so that
    of what lies there for each rank it takes a last part that is empty.

    Example:

    ```mlir
    %rank = rdattn.ring.rank %schedule of 4
    ```
  }];
  let arguments = (ins RDAttn_RingScheduleType:$schedule,
                       ConfinedAttr<I64Attr, [IntPositive]>:$size);
  let results = (outs Index:$rank);
  let assemblyFormat = "$schedule `of` $size attr-dict";
}

def RDAttn_RingPostOp : RDAttn_Op<"ring.post", [
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "begin a step's sends and receives";
  let description = [{
    Sends rows of this rank's k and v and begins to receive others', into one of
    two sets of buffers in turn. A step past the last moves nothing.

    Example:

    ```mlir
    %transfer = rdattn.ring.post %schedule[%step] of(%k, %v : tensor<1x2048x2x64xf32>, tensor<1x2048x2x64xf32>)
    ```
  }];
  let arguments = (ins RDAttn_RingScheduleType:$schedule, Index:$step,
                       RDAttn_StepBuffer:$k, RDAttn_StepBuffer:$v);
  let results = (outs RDAttn_TransferType:$transfer);
  let assemblyFormat = [{
    $schedule `[` $step `]` `of` `(` $k `,` $v `:` type($k) `,` type($v) `)` attr-dict
  }];
  let hasVerifier = 1;
}

def RDAttn_RingWaitOp : RDAttn_Op<"ring.wait", [
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "the rows that a step brought";
  let description = [{
    Waits until they are there; a step past the last brings none. They lie token by token, in the order of the
    classes, each with its heads, as rows of a single head; the step after the
    next overwrites them.

    Example:

    ```mlir
    %k1, %v1 = rdattn.ring.wait %transfer of(%schedule) : tensor<1x?x1x64xf32>, tensor<1x?x1x64xf32>
    ```
  }];
  let arguments = (ins RDAttn_TransferType:$transfer, RDAttn_RingScheduleType:$schedule);
  let results = (outs RDAttn_StepBuffer:$k, RDAttn_StepBuffer:$v);
  let assemblyFormat = [{
    $transfer `of` `(` $schedule `)` attr-dict `:` type($k) `,` type($v)
  }];
  let hasVerifier = 1;
}

def RDAttn_RingPartialOp : RDAttn_Op<"ring.partial", [
    MemoryEffects<[MemWrite<RDAttn_RingResource>]>]> {
  let summary = "memory for what the steps add up";
  let description = [{
    For each row o times its sum, the maximum of the scaled scores times log2(e),
    and the sum, all in f32. Where the sum is 0 nothing was seen yet; where it is
    -1 a step has written o and lse already. The ring keeps the memory for its
    next call; what is in it at first is not specified.

    Example:

    ```mlir
    %acc:3 = rdattn.ring.partial %schedule : tensor<1x2048x2x64xf32>, tensor<1x2x2048xf32>, tensor<1x2x2048xf32>
    ```
  }];
  let arguments = (ins RDAttn_RingScheduleType:$schedule);
  let results = (outs AnyShaped:$o, AnyShaped:$maxima, AnyShaped:$sums);
  let assemblyFormat = "$schedule attr-dict `:` type($o) `,` type($maxima) `,` type($sums)";
  let hasVerifier = 1;
}

/// A step: it adds to what `rdattn.ring.partial` holds, and writes o and lse of
/// the rows that no later step adds to.
class RDAttn_StepOp<string mnemonic> : RDAttn_Op<mnemonic, [
    DestinationStyleOpInterface, AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable();
  }];
}

def RDAttn_RingAttendOp : RDAttn_StepOp<"ring.attend"> {
  let summary = "a partial attention over the keys of one step";
  let description = [{
    Adds what this rank's queries see of a step's keys to o, the maxima and the
    sums of each row (S9). With `initial` these hold nothing yet. The results are
    those five, or four without lse.

    Example:

    ```mlir
    %acc:5 = rdattn.ring.attend %schedule[%step] ins(%q, %k, %v : tensor<1x2048x2x64xbf16>, tensor<1x2048x2x64xbf16>, tensor<1x2048x2x64xbf16>)
        scale(%scale) partial(%p, %m, %s : tensor<1x2048x2x64xf32>, tensor<1x2x2048xf32>, tensor<1x2x2048xf32>)
        outs(%o, %lse : tensor<1x2048x2x64xbf16>, tensor<1x2x2048xf32>) initial causal
        -> tensor<1x2048x2x64xf32>, tensor<1x2x2048xf32>, tensor<1x2x2048xf32>, tensor<1x2048x2x64xbf16>, tensor<1x2x2048xf32>
    ```
  }];
  let arguments = (ins RDAttn_RingScheduleType:$schedule, Index:$step,
                       Variadic<RDAttn_Buffer>:$inputs, F32:$scale,
                       Variadic<AnyShaped>:$partial, RDAttn_Buffer:$o,
                       Optional<RDAttn_LseBuffer>:$lse,
                       UnitAttr:$initial, UnitAttr:$causal);
  let assemblyFormat = [{
    $schedule `[` $step `]` `ins` `(` $inputs `:` type($inputs) `)` `scale` `(` $scale `)`
    `partial` `(` $partial `:` type($partial) `)`
    `outs` `(` $o (`,` $lse^)? `:` type($o) (`,` type($lse)^)? `)`
    (`initial` $initial^)? (`causal` $causal^)? attr-dict (`->` type($results)^)?
  }];
}

def RDAttn_RingTableOp : RDAttn_Op<"ring.table", [Pure]> {
  let summary = "the work table of one step";
  let description = [{
    An item has 21 columns: batch, head, first query row; rows, first, stride and
    list of the queries; head, rows, first, stride and list of the keys; `low`
    and `high`: query i sees keys i + low to i + high; a window, or 0, with
    lists of the positions of queries and keys that it counts; and lists of the
    tokens that causal compares, or -1; 1 where no earlier item of the rank has
    any of the query rows, else 0; and the same for later ones. Row i is `first + i * stride`, or
    `first + lists[list + i]`. The items of branch b are `phases[b]` up to
    `phases[b + 1]`. A step past the last has none. Where all sizes are known,
    `rdattn-embed-plans` puts the tables of all ranks in its place.

    Example:

    ```mlir
    %items, %lists, %phases = rdattn.ring.table %schedule[%step] : tensor<?x21xi32>, tensor<?xi32>, tensor<?xi32>
    ```
  }];
  let arguments = (ins RDAttn_RingScheduleType:$schedule, Index:$step);
  let results = (outs RDAttn_Items:$items, RDAttn_List:$lists, RDAttn_List:$phases);
  let assemblyFormat = [{
    $schedule `[` $step `]` attr-dict `:` type($items) `,` type($lists) `,` type($phases)
  }];
  let hasVerifier = 1;
}

def RDAttn_RingLaunchOp : RDAttn_StepOp<"ring.launch"> {
  let summary = "one fused kernel over the work table of a step";
  let description = [{
    What an `rdattn.ring.attend` becomes with a table and a schedule for the
    target. `causal` and `windowed` say what some item of some step hides: keys
    behind its queries, or keys that a window does not reach; with `listed` an
    item may say so by lists. On GPUs `room` of the multiprocessors are left to
    the transport's own kernels.

    Example:

    ```mlir
    %acc:4 = rdattn.ring.launch ins(%q, %k, %v : tensor<1x2048x2x64xf32>, tensor<1x?x1x64xf32>, tensor<1x?x1x64xf32>)
        scale(%scale) table(%items, %lists, %phases : tensor<?x21xi32>, tensor<?xi32>, tensor<?xi32>)
        partial(%p, %m, %s : tensor<1x2048x2x64xf32>, tensor<1x2x2048xf32>, tensor<1x2x2048xf32>)
        outs(%o : tensor<1x2048x2x64xf32>) causal
        schedule(#rdattn.cpu<queries = 256, keys = 96, lanes = 16, vectors = 4, rows = 6, order = plain>)
        -> tensor<1x2048x2x64xf32>, tensor<1x2x2048xf32>, tensor<1x2x2048xf32>, tensor<1x2048x2x64xf32>
    ```
  }];
  let arguments = (ins Variadic<RDAttn_Buffer>:$inputs, F32:$scale,
                       RDAttn_Items:$items, RDAttn_List:$lists, RDAttn_List:$phases,
                       Variadic<AnyShaped>:$partial, RDAttn_Buffer:$o,
                       Optional<RDAttn_LseBuffer>:$lse, UnitAttr:$initial,
                       UnitAttr:$causal, UnitAttr:$windowed, UnitAttr:$listed,
                       RDAttn_ScheduleInterface:$schedule, OptionalAttr<I64Attr>:$room);
  let assemblyFormat = [{
    `ins` `(` $inputs `:` type($inputs) `)` `scale` `(` $scale `)`
    `table` `(` $items `,` $lists `,` $phases `:` type($items) `,` type($lists) `,` type($phases) `)`
    `partial` `(` $partial `:` type($partial) `)`
    `outs` `(` $o (`,` $lse^)? `:` type($o) (`,` type($lse)^)? `)`
    (`initial` $initial^)? (`causal` $causal^)? (`windowed` $windowed^)? (`listed` $listed^)?
    `schedule` `(` $schedule `)` (`room` `(` $room^ `)`)? attr-dict (`->` type($results)^)?
  }];
}

def RDAttn_RingFinishOp : RDAttn_Op<"ring.finish", [
    DestinationStyleOpInterface, AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "o and lse of what the steps added up";
  let description = [{
    Divides by the sums and rounds once, of the rows that no step has written. A
    row that saw nothing has o = 0 and lse = -inf (S5).

    Example:

    ```mlir
    %r:2 = rdattn.ring.finish ins(%o, %m, %s : tensor<1x2048x2x64xf32>, tensor<1x2x2048xf32>, tensor<1x2x2048xf32>)
        outs(%o0, %lse0 : tensor<1x2048x2x64xbf16>, tensor<1x2x2048xf32>)
        -> tensor<1x2048x2x64xbf16>, tensor<1x2x2048xf32>
    ```
  }];
  let arguments = (ins Variadic<AnyShaped>:$partial, RDAttn_Buffer:$o,
                       Optional<RDAttn_LseBuffer>:$lse);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let assemblyFormat = [{
    `ins` `(` $partial `:` type($partial) `)`
    `outs` `(` $o (`,` $lse^)? `:` type($o) (`,` type($lse)^)? `)` attr-dict
    (`->` type($results)^)?
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable();
  }];
}

#endif // RDATTN_RING_OPS
