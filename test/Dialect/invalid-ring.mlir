// RUN: rdattn-opt %s -split-input-file -verify-diagnostics

// expected-error@+1 {{unknown layout 'snake': expected 'contiguous', 'zigzag' or 'striped'}}
func.func private @layout(!rdattn.ring<4, snake, tokens = 8>)

// -----

// expected-error@+1 {{the size of a ring must be at least 1, but is 0}}
func.func private @size(!rdattn.ring<0, zigzag, tokens = 8>)

// -----

// expected-error@+1 {{tokens must be at least 0, but is -3}}
func.func private @tokens(!rdattn.ring<4, zigzag, tokens = -3>)

// -----

// S8: of 10 tokens no rank of four holds 4.

func.func @shard(%q: tensor<1x4x2x8xf32>, %ring: !rdattn.ring<4, contiguous, tokens = 10>) {
  // expected-error@+1 {{q has 4 tokens, but a rank of '!rdattn.ring<4, contiguous, tokens = 10>' holds 2 to 3}}
  %o, %lse = rdattn.attention %q, %q, %q on(%ring : !rdattn.ring<4, contiguous, tokens = 10>) pattern [16] : tensor<1x4x2x8xf32>
  return
}

// -----

// S2: what counts is the ring's tokens, not the shard's.

func.func @covers(%q: tensor<1x5x2x8xf32>, %ring: !rdattn.ring<2, striped, tokens = 10>) {
  // expected-error@+1 {{S = 10 is longer than the pattern's 8 tokens}}
  %o, %lse = rdattn.attention %q, %q, %q on(%ring : !rdattn.ring<2, striped, tokens = 10>) pattern [8] : tensor<1x5x2x8xf32>
  return
}

// -----

func.func @classes(%q: tensor<1x5x2x8xf32>, %ring: !rdattn.ring<2, striped, tokens = 10>) {
  // expected-error@+1 {{S = 10 is longer than the pattern's 8 tokens}}
  %o, %lse = rdattn.attend %q, %q, %q on(%ring : !rdattn.ring<2, striped, tokens = 10>) classes [contiguous 0 to 8] : tensor<1x5x2x8xf32>
  return
}

// -----

func.func @plan_covers(%ring: !rdattn.ring<2, striped, tokens = 10>, %n: index) {
  // expected-error@+1 {{the classes end at token 8, but the ring holds 10}}
  %0 = rdattn.ring.plan on(%ring : !rdattn.ring<2, striped, tokens = 10>) batch(%n) rows(%n) heads(%n, %n) classes [contiguous 0 to 8] : !rdattn.ring_schedule
  return
}

// -----

func.func @rank(%schedule: !rdattn.ring_schedule) {
  // expected-error@+1 {{attribute 'size' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  %0 = rdattn.ring.rank %schedule of 0
  return
}

// -----

func.func @plan_queries(%ring: !rdattn.ring<2, striped, tokens = 8>, %n: index) {
  // expected-error@+1 {{queries must be at least 1, got 0}}
  %0 = rdattn.ring.plan on(%ring : !rdattn.ring<2, striped, tokens = 8>) batch(%n) rows(%n) heads(%n, %n) queries(0) classes [contiguous 0 to 8] : !rdattn.ring_schedule
  return
}

// -----

func.func @table(%schedule: !rdattn.ring_schedule, %step: index) {
  // expected-error@+1 {{a step's table must have 21 columns, got 'tensor<?x9xi32>'}}
  %0:3 = rdattn.ring.table %schedule[%step] : tensor<?x9xi32>, tensor<?xi32>, tensor<?xi32>
  return
}

// -----

func.func @inputs(%schedule: !rdattn.ring_schedule, %step: index, %q: tensor<1x4x2x8xf32>, %scale: f32, %m: tensor<1x2x4xf32>) {
  // expected-error@+1 {{ins are q, k and v, got 2 operands}}
  %0:4 = rdattn.ring.attend %schedule[%step] ins(%q, %q : tensor<1x4x2x8xf32>, tensor<1x4x2x8xf32>) scale(%scale)
      partial(%q, %m, %m : tensor<1x4x2x8xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>) outs(%q : tensor<1x4x2x8xf32>)
      -> tensor<1x4x2x8xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>, tensor<1x4x2x8xf32>
  return
}

// -----

func.func @partial(%schedule: !rdattn.ring_schedule, %step: index, %q: tensor<1x4x2x8xbf16>, %scale: f32, %m: tensor<1x2x4xf32>) {
  // expected-error@+1 {{partial results are f32, o of rank 4, maxima and sums of rank 3, got 'tensor<1x4x2x8xbf16>'}}
  %0:4 = rdattn.ring.attend %schedule[%step] ins(%q, %q, %q : tensor<1x4x2x8xbf16>, tensor<1x4x2x8xbf16>, tensor<1x4x2x8xbf16>) scale(%scale)
      partial(%q, %m, %m : tensor<1x4x2x8xbf16>, tensor<1x2x4xf32>, tensor<1x2x4xf32>) outs(%q : tensor<1x4x2x8xbf16>)
      -> tensor<1x4x2x8xbf16>, tensor<1x2x4xf32>, tensor<1x2x4xf32>, tensor<1x4x2x8xbf16>
  return
}

// -----

func.func @results(%o: tensor<1x4x2x8xf32>, %m: tensor<1x2x4xf32>) {
  // expected-error@+1 {{must have one result for each tensor of outs and none for memrefs: expected 1, got 0}}
  rdattn.ring.finish ins(%o, %m, %m : tensor<1x4x2x8xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>) outs(%o : tensor<1x4x2x8xf32>)
  return
}

// -----

func.func @two_partial(%o: tensor<1x4x2x8xf32>, %m: tensor<1x2x4xf32>) {
  // expected-error@+1 {{partial results are o, maxima and sums, got 2 of them}}
  %0 = rdattn.ring.finish ins(%o, %m : tensor<1x4x2x8xf32>, tensor<1x2x4xf32>) outs(%o : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
  return
}

// -----

func.func @memory(%schedule: !rdattn.ring_schedule) {
  // expected-error@+1 {{partial results are f32, o of rank 4, maxima and sums of rank 3, got 'tensor<1x2x4xf32>'}}
  %0:3 = rdattn.ring.partial %schedule : tensor<1x2x4xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>
  return
}

// -----

func.func @plan_group(%ring: !rdattn.ring<2, striped, tokens = 8>, %n: index) {
  // expected-error@+1 {{group must be at least 0, got -1}}
  %0 = rdattn.ring.plan on(%ring : !rdattn.ring<2, striped, tokens = 8>) batch(%n) rows(%n) heads(%n, %n) group(-1) classes [contiguous 0 to 8] : !rdattn.ring_schedule
  return
}

// -----

#cpu = #rdattn.cpu<queries = 256, keys = 96, lanes = 16, vectors = 4, rows = 6, order = plain>
func.func @room(%q: tensor<1x4x2x8xf32>, %m: tensor<1x2x4xf32>, %scale: f32, %items: tensor<?x21xi32>, %list: tensor<?xi32>) {
  // expected-error@+1 {{room must be at least 0, got -2}}
  %0:4 = rdattn.ring.launch ins(%q, %q, %q : tensor<1x4x2x8xf32>, tensor<1x4x2x8xf32>, tensor<1x4x2x8xf32>) scale(%scale)
      table(%items, %list, %list : tensor<?x21xi32>, tensor<?xi32>, tensor<?xi32>)
      partial(%q, %m, %m : tensor<1x4x2x8xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>) outs(%q : tensor<1x4x2x8xf32>)
      schedule(#cpu) room(-2) -> tensor<1x4x2x8xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>, tensor<1x4x2x8xf32>
  return
}

// -----

// An op works on tensors or on memrefs: of its operands none is of the other
// kind, be it an input, a table, a partial result or o.

func.func @mixed_inputs(%schedule: !rdattn.ring_schedule, %step: index, %q: memref<1x4x2x8xf32>, %k: tensor<1x4x2x8xf32>, %scale: f32, %m: memref<1x2x4xf32>) {
  // expected-error@+1 {{must work on tensors or on memrefs, not both}}
  rdattn.ring.attend %schedule[%step] ins(%q, %k, %k : memref<1x4x2x8xf32>, tensor<1x4x2x8xf32>, tensor<1x4x2x8xf32>) scale(%scale)
      partial(%q, %m, %m : memref<1x4x2x8xf32>, memref<1x2x4xf32>, memref<1x2x4xf32>) outs(%q : memref<1x4x2x8xf32>)
  return
}

// -----

func.func @mixed_partial(%schedule: !rdattn.ring_schedule, %step: index, %q: tensor<1x4x2x8xf32>, %scale: f32, %m: tensor<1x2x4xf32>, %s: memref<1x2x4xf32>) {
  // expected-error@+1 {{must work on tensors or on memrefs, not both}}
  %0:3 = rdattn.ring.attend %schedule[%step] ins(%q, %q, %q : tensor<1x4x2x8xf32>, tensor<1x4x2x8xf32>, tensor<1x4x2x8xf32>) scale(%scale)
      partial(%q, %m, %s : tensor<1x4x2x8xf32>, tensor<1x2x4xf32>, memref<1x2x4xf32>) outs(%q : tensor<1x4x2x8xf32>)
      -> tensor<1x4x2x8xf32>, tensor<1x2x4xf32>, tensor<1x4x2x8xf32>
  return
}

// -----

#cpu = #rdattn.cpu<queries = 256, keys = 96, lanes = 16, vectors = 4, rows = 6, order = plain>
func.func @mixed_table(%q: memref<1x4x2x8xf32>, %m: memref<1x2x4xf32>, %scale: f32, %items: tensor<?x21xi32>, %list: memref<?xi32>) {
  // expected-error@+1 {{must work on tensors or on memrefs, not both}}
  rdattn.ring.launch ins(%q, %q, %q : memref<1x4x2x8xf32>, memref<1x4x2x8xf32>, memref<1x4x2x8xf32>) scale(%scale)
      table(%items, %list, %list : tensor<?x21xi32>, memref<?xi32>, memref<?xi32>)
      partial(%q, %m, %m : memref<1x4x2x8xf32>, memref<1x2x4xf32>, memref<1x2x4xf32>) outs(%q : memref<1x4x2x8xf32>)
      schedule(#cpu)
  return
}

// -----

func.func @mixed_finish(%o: memref<1x4x2x8xf32>, %m: tensor<1x2x4xf32>) {
  // expected-error@+1 {{must work on tensors or on memrefs, not both}}
  rdattn.ring.finish ins(%o, %m, %m : memref<1x4x2x8xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>) outs(%o : memref<1x4x2x8xf32>)
  return
}

// -----

func.func @memref_results(%o: memref<1x4x2x8xf32>, %m: memref<1x2x4xf32>) {
  // expected-error@+1 {{must have one result for each tensor of outs and none for memrefs: expected 0, got 1}}
  %0 = rdattn.ring.finish ins(%o, %m, %m : memref<1x4x2x8xf32>, memref<1x2x4xf32>, memref<1x2x4xf32>) outs(%o : memref<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
  return
}

// -----

func.func @mixed_memory(%schedule: !rdattn.ring_schedule) {
  // expected-error@+1 {{must work on tensors or on memrefs, not both}}
  %0:3 = rdattn.ring.partial %schedule : memref<1x4x2x8xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>
  return
}

// -----

func.func @mixed_tables(%schedule: !rdattn.ring_schedule, %step: index) {
  // expected-error@+1 {{must work on tensors or on memrefs, not both}}
  %0:3 = rdattn.ring.table %schedule[%step] : memref<?x21xi32>, tensor<?xi32>, tensor<?xi32>
  return
}

// -----

func.func @mixed_post(%schedule: !rdattn.ring_schedule, %step: index, %k: memref<1x4x2x8xf32>, %v: tensor<1x4x2x8xf32>) {
  // expected-error@+1 {{must work on tensors or on memrefs, not both}}
  %0 = rdattn.ring.post %schedule[%step] of(%k, %v : memref<1x4x2x8xf32>, tensor<1x4x2x8xf32>)
  return
}

// -----

func.func @mixed_wait(%schedule: !rdattn.ring_schedule, %transfer: !rdattn.transfer) {
  // expected-error@+1 {{must work on tensors or on memrefs, not both}}
  %k, %v = rdattn.ring.wait %transfer of(%schedule) : tensor<1x?x1x8xf32>, memref<1x?x1x8xf32>
  return
}
