// RUN: rdattn-opt %s -split-input-file -verify-diagnostics

// B = 1, S = 16, H = 2, unless a test says otherwise; columns of an item: batch,
// head, row, rows, first, stride, list, run, window.

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>

//===----------------------------------------------------------------------===//
// Operands and results
//===----------------------------------------------------------------------===//

func.func @inputs(%q: tensor<1x16x2x8xf32>, %scale: f32, %k: tensor<1x16x2x4xf32>, %items: tensor<?x9xi32>, %rows: tensor<?xi32>, %phases: tensor<?xi32>) {
  // expected-error@+1 {{the head dimension of k must equal q's 8, got 4}}
  rdattn.launch ins(%q, %k, %q : tensor<1x16x2x8xf32>, tensor<1x16x2x4xf32>, tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<?x9xi32>, tensor<?xi32>, tensor<?xi32>)
      outs(%q : tensor<1x16x2x8xf32>) epilogue(store) schedule(#cpu)
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>
func.func @grouped(%q: tensor<1x16x2x8xf32>, %scale: f32, %k: tensor<1x16x3x8xf32>, %items: tensor<?x9xi32>, %rows: tensor<?xi32>, %phases: tensor<?xi32>) {
  // expected-error@+1 {{must be a multiple of the number of key/value heads, got 2 and 3}}
  rdattn.launch ins(%q, %k, %k : tensor<1x16x2x8xf32>, tensor<1x16x3x8xf32>, tensor<1x16x3x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<?x9xi32>, tensor<?xi32>, tensor<?xi32>)
      outs(%q : tensor<1x16x2x8xf32>) epilogue(store) schedule(#cpu)
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>
func.func @output(%q: tensor<1x16x2x8xf32>, %scale: f32, %o: tensor<1x16x2x4xf32>, %items: tensor<?x9xi32>, %rows: tensor<?xi32>, %phases: tensor<?xi32>) {
  // expected-error@+1 {{o must be 'tensor<1x16x2x8xf32>' (tensor or memref), got 'tensor<1x16x2x4xf32>'}}
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<?x9xi32>, tensor<?xi32>, tensor<?xi32>)
      outs(%o : tensor<1x16x2x4xf32>) epilogue(store) schedule(#cpu)
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>
func.func @output_element(%q: tensor<1x16x2x8xf32>, %scale: f32, %o: tensor<1x16x2x8xbf16>, %items: tensor<?x9xi32>, %rows: tensor<?xi32>, %phases: tensor<?xi32>) {
  // expected-error@+1 {{o must be 'tensor<1x16x2x8xf32>' (tensor or memref), got 'tensor<1x16x2x8xbf16>'}}
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<?x9xi32>, tensor<?xi32>, tensor<?xi32>)
      outs(%o : tensor<1x16x2x8xbf16>) epilogue(store) schedule(#cpu)
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>
func.func @lse(%q: tensor<1x16x2x8xf32>, %scale: f32, %l: tensor<1x16x2xf32>, %items: tensor<?x9xi32>, %rows: tensor<?xi32>, %phases: tensor<?xi32>) {
  // expected-error@+1 {{lse must be 'tensor<1x2x16xf32>' (tensor or memref), got 'tensor<1x16x2xf32>'}}
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<?x9xi32>, tensor<?xi32>, tensor<?xi32>)
      outs(%q, %l : tensor<1x16x2x8xf32>, tensor<1x16x2xf32>) epilogue(store) schedule(#cpu)
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>
func.func @mixed(%q: tensor<1x16x2x8xf32>, %scale: f32, %m: memref<1x16x2x8xf32>, %items: tensor<?x9xi32>, %rows: tensor<?xi32>, %phases: tensor<?xi32>) {
  // expected-error@+1 {{must work on tensors or on memrefs, not both}}
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<?x9xi32>, tensor<?xi32>, tensor<?xi32>)
      outs(%m : memref<1x16x2x8xf32>) epilogue(store) schedule(#cpu)
  return
}

// -----

func.func @no_results(%q: tensor<1x16x2x8xf32>, %scale: f32, %items: tensor<?x9xi32>, %list: tensor<?xi32>) {
  // expected-error@+1 {{must have one result for each tensor of outs and none for memrefs: expected 1, got 0}}
  "rdattn.launch"(%q, %q, %q, %scale, %items, %list, %list, %q)
      {epilogue = #rdattn<epilogue store>,
       schedule = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>}
      : (tensor<1x16x2x8xf32>, tensor<1x16x2x8xf32>, tensor<1x16x2x8xf32>, f32,
         tensor<?x9xi32>, tensor<?xi32>, tensor<?xi32>, tensor<1x16x2x8xf32>) -> ()
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>
func.func @columns(%q: tensor<1x16x2x8xf32>, %scale: f32, %items: tensor<?x8xi32>, %rows: tensor<?xi32>, %phases: tensor<?xi32>) {
  // expected-error@+1 {{a work table must have 9 columns, got 'tensor<?x8xi32>'}}
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<?x8xi32>, tensor<?xi32>, tensor<?xi32>)
      outs(%q : tensor<1x16x2x8xf32>) epilogue(store) schedule(#cpu)
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>
func.func @few_phases(%q: tensor<1x16x2x8xf32>, %scale: f32, %items: tensor<?x9xi32>, %rows: tensor<?xi32>, %phases: tensor<1xi32>) {
  // expected-error@+1 {{phases must have one entry more than there are branches, got 1}}
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<?x9xi32>, tensor<?xi32>, tensor<1xi32>)
      outs(%q : tensor<1x16x2x8xf32>) epilogue(store) schedule(#cpu)
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>
func.func @epilogue(%q: tensor<1x16x2x8xf32>, %scale: f32, %items: tensor<?x9xi32>, %rows: tensor<?xi32>, %phases: tensor<3xi32>) {
  // expected-error@+1 {{epilogue(fill) serves one branch: 2 branches need epilogue(merge)}}
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<?x9xi32>, tensor<?xi32>, tensor<3xi32>)
      outs(%q : tensor<1x16x2x8xf32>) epilogue(fill) schedule(#cpu)
  return
}

// -----

//===----------------------------------------------------------------------===//
// Syntax
//===----------------------------------------------------------------------===//

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>

func.func @unknown_epilogue(%q: tensor<1x16x2x8xf32>, %scale: f32, %items: tensor<?x9xi32>, %rows: tensor<?xi32>, %phases: tensor<?xi32>) {
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<?x9xi32>, tensor<?xi32>, tensor<?xi32>)
      // expected-error@+1 {{unknown epilogue 'add': expected 'store', 'fill' or 'merge'}}
      outs(%q : tensor<1x16x2x8xf32>) epilogue(add) schedule(#cpu)
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>

func.func @not_a_schedule(%q: tensor<1x16x2x8xf32>, %scale: f32, %items: tensor<?x9xi32>, %rows: tensor<?xi32>, %phases: tensor<?xi32>) {
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<?x9xi32>, tensor<?xi32>, tensor<?xi32>)
      // expected-error@+1 {{expected a schedule: #rdattn.cpu or #rdattn.sm90}}
      outs(%q : tensor<1x16x2x8xf32>) epilogue(store) schedule(#rdattn.segment<16>)
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>

func.func @unknown_flag(%q: tensor<1x16x2x8xf32>, %scale: f32, %items: tensor<?x9xi32>, %rows: tensor<?xi32>, %phases: tensor<?xi32>) {
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<?x9xi32>, tensor<?xi32>, tensor<?xi32>)
      // expected-error@+1 {{expected 'epilogue'}}
      outs(%q : tensor<1x16x2x8xf32>) sparse epilogue(store) schedule(#cpu)
  return
}

// -----

//===----------------------------------------------------------------------===//
// Constant tables
//===----------------------------------------------------------------------===//

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>

func.func @batch(%q: tensor<1x16x2x8xf32>, %scale: f32) {
  %items = arith.constant dense<[[1, 0, 0, 16, 0, 1, -1, 1, 0]]> : tensor<1x9xi32>
  %rows = arith.constant dense<> : tensor<0xi32>
  %phases = arith.constant dense<[0, 1]> : tensor<2xi32>
  // expected-error@+1 {{item 0: batch 1 is outside 0 to 0}}
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<1x9xi32>, tensor<0xi32>, tensor<2xi32>)
      outs(%q : tensor<1x16x2x8xf32>) epilogue(store) schedule(#cpu)
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>

func.func @head(%q: tensor<1x16x2x8xf32>, %scale: f32) {
  %items = arith.constant dense<[[0, 0, 0, 16, 0, 1, -1, 1, 0], [0, 2, 0, 16, 0, 1, -1, 1, 0]]> : tensor<2x9xi32>
  %rows = arith.constant dense<> : tensor<0xi32>
  %phases = arith.constant dense<[0, 2]> : tensor<2xi32>
  // expected-error@+1 {{item 1: head 2 is outside 0 to 1}}
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<2x9xi32>, tensor<0xi32>, tensor<2xi32>)
      outs(%q : tensor<1x16x2x8xf32>) epilogue(store) schedule(#cpu)
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>

func.func @negative_head(%q: tensor<1x16x2x8xf32>, %scale: f32) {
  %items = arith.constant dense<[[0, 0, 0, 16, 0, 1, -1, 1, 0], [0, -1, 0, 16, 0, 1, -1, 1, 0]]> : tensor<2x9xi32>
  %rows = arith.constant dense<> : tensor<0xi32>
  %phases = arith.constant dense<[0, 2]> : tensor<2xi32>
  // expected-error@+1 {{item 1: head -1 is outside 0 to 1}}
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<2x9xi32>, tensor<0xi32>, tensor<2xi32>)
      outs(%q : tensor<1x16x2x8xf32>) epilogue(store) schedule(#cpu)
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>

func.func @row(%q: tensor<1x16x2x8xf32>, %scale: f32) {
  %items = arith.constant dense<[[0, 0, 16, 16, 0, 1, -1, 1, 0]]> : tensor<1x9xi32>
  %rows = arith.constant dense<> : tensor<0xi32>
  %phases = arith.constant dense<[0, 1]> : tensor<2xi32>
  // expected-error@+1 {{item 0: first query row 16 is outside 0 to 15}}
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<1x9xi32>, tensor<0xi32>, tensor<2xi32>)
      outs(%q : tensor<1x16x2x8xf32>) epilogue(store) schedule(#cpu)
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>

func.func @rows(%q: tensor<1x16x2x8xf32>, %scale: f32) {
  %items = arith.constant dense<[[0, 0, 0, 0, 0, 1, -1, 1, 0]]> : tensor<1x9xi32>
  %rows = arith.constant dense<> : tensor<0xi32>
  %phases = arith.constant dense<[0, 1]> : tensor<2xi32>
  // expected-error@+1 {{item 0: rows must be at least 1, got 0}}
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<1x9xi32>, tensor<0xi32>, tensor<2xi32>)
      outs(%q : tensor<1x16x2x8xf32>) epilogue(store) schedule(#cpu)
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>

func.func @stride(%q: tensor<1x16x2x8xf32>, %scale: f32) {
  %items = arith.constant dense<[[0, 0, 0, 16, 0, 0, -1, 1, 0]]> : tensor<1x9xi32>
  %rows = arith.constant dense<> : tensor<0xi32>
  %phases = arith.constant dense<[0, 1]> : tensor<2xi32>
  // expected-error@+1 {{item 0: stride must be at least 1, got 0}}
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<1x9xi32>, tensor<0xi32>, tensor<2xi32>)
      outs(%q : tensor<1x16x2x8xf32>) epilogue(store) schedule(#cpu)
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>

func.func @list(%q: tensor<1x16x2x8xf32>, %scale: f32) {
  %items = arith.constant dense<[[0, 0, 0, 16, 0, 1, -2, 1, 0]]> : tensor<1x9xi32>
  %rows = arith.constant dense<> : tensor<0xi32>
  %phases = arith.constant dense<[0, 1]> : tensor<2xi32>
  // expected-error@+1 {{item 0: offset in rows must be at least -1, got -2}}
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<1x9xi32>, tensor<0xi32>, tensor<2xi32>)
      outs(%q : tensor<1x16x2x8xf32>) epilogue(store) schedule(#cpu)
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>

func.func @run(%q: tensor<1x16x2x8xf32>, %scale: f32) {
  %items = arith.constant dense<[[0, 0, 0, 16, 0, 1, -1, 0, 0]]> : tensor<1x9xi32>
  %rows = arith.constant dense<> : tensor<0xi32>
  %phases = arith.constant dense<[0, 1]> : tensor<2xi32>
  // expected-error@+1 {{item 0: rows per entry must be at least 1, got 0}}
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<1x9xi32>, tensor<0xi32>, tensor<2xi32>)
      outs(%q : tensor<1x16x2x8xf32>) epilogue(store) schedule(#cpu)
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>

func.func @window(%q: tensor<1x16x2x8xf32>, %scale: f32) {
  %items = arith.constant dense<[[0, 0, 0, 16, 0, 1, -1, 1, -1]]> : tensor<1x9xi32>
  %rows = arith.constant dense<> : tensor<0xi32>
  %phases = arith.constant dense<[0, 1]> : tensor<2xi32>
  // expected-error@+1 {{item 0: window must be at least 0, got -1}}
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<1x9xi32>, tensor<0xi32>, tensor<2xi32>)
      outs(%q : tensor<1x16x2x8xf32>) epilogue(store) schedule(#cpu)
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>

func.func @first_token(%q: tensor<1x16x2x8xf32>, %scale: f32) {
  %items = arith.constant dense<[[0, 0, 0, 16, -1, 1, -1, 1, 0]]> : tensor<1x9xi32>
  %rows = arith.constant dense<> : tensor<0xi32>
  %phases = arith.constant dense<[0, 1]> : tensor<2xi32>
  // expected-error@+1 {{item 0: token -1 is outside 0 to 15}}
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<1x9xi32>, tensor<0xi32>, tensor<2xi32>)
      outs(%q : tensor<1x16x2x8xf32>) epilogue(store) schedule(#cpu)
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>

func.func @last_token(%q: tensor<1x16x2x8xf32>, %scale: f32) {
  %items = arith.constant dense<[[0, 0, 0, 16, 0, 2, -1, 1, 0]]> : tensor<1x9xi32>
  %rows = arith.constant dense<> : tensor<0xi32>
  %phases = arith.constant dense<[0, 1]> : tensor<2xi32>
  // expected-error@+1 {{item 0: token 30 is outside 0 to 15}}
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<1x9xi32>, tensor<0xi32>, tensor<2xi32>)
      outs(%q : tensor<1x16x2x8xf32>) epilogue(store) schedule(#cpu)
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>

func.func @huge_stride(%q: tensor<1x16x2x8xf32>, %scale: f32) {
  %items = arith.constant dense<[[0, 0, 0, 16, 0, 2147483647, -1, 1, 0]]> : tensor<1x9xi32>
  %rows = arith.constant dense<> : tensor<0xi32>
  %phases = arith.constant dense<[0, 1]> : tensor<2xi32>
  // expected-error@+1 {{item 0: token 32212254705 is outside 0 to 15}}
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<1x9xi32>, tensor<0xi32>, tensor<2xi32>)
      outs(%q : tensor<1x16x2x8xf32>) epilogue(store) schedule(#cpu)
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>

func.func @no_tokens(%q: tensor<1x0x2x8xf32>, %scale: f32) {
  %items = arith.constant dense<[[0, 0, 0, 1, 0, 1, -1, 1, 0]]> : tensor<1x9xi32>
  %rows = arith.constant dense<> : tensor<0xi32>
  %phases = arith.constant dense<[0, 1]> : tensor<2xi32>
  // expected-error@+1 {{item 0: there is no token 0}}
  rdattn.launch ins(%q, %q, %q : tensor<1x0x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<1x9xi32>, tensor<0xi32>, tensor<2xi32>)
      outs(%q : tensor<1x0x2x8xf32>) epilogue(store) schedule(#cpu)
  return
}

// -----

#sm90 = #rdattn.sm90<queries = 64, keys = 64, stages = 2, consumers = 1, lanes = 8, pingpong = false, order = plain, group = 0>

func.func @runs(%q: tensor<1x16x2x8xbf16>, %scale: f32) {
  %items = arith.constant dense<[[0, 0, 0, 4, 0, 1, 0, 2, 0]]> : tensor<1x9xi32>
  %rows = arith.constant dense<[0, 2]> : tensor<2xi32>
  %phases = arith.constant dense<[0, 1]> : tensor<2xi32>
  // expected-error@+1 {{item 0: entries of 2 rows need a schedule that takes runs: give every row an entry}}
  %o = rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xbf16>) scale(%scale)
      table(%items, %rows, %phases : tensor<1x9xi32>, tensor<2xi32>, tensor<2xi32>)
      outs(%q : tensor<1x16x2x8xbf16>) gathered epilogue(store) schedule(#sm90)
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>

func.func @gathered(%q: tensor<1x16x2x8xf32>, %scale: f32) {
  %items = arith.constant dense<[[0, 0, 0, 2, 0, 1, 0, 1, 0]]> : tensor<1x9xi32>
  %rows = arith.constant dense<[0, 1]> : tensor<2xi32>
  %phases = arith.constant dense<[0, 1]> : tensor<2xi32>
  // expected-error@+1 {{item 0: a list of rows needs a launch that says `gathered`}}
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<1x9xi32>, tensor<2xi32>, tensor<2xi32>)
      outs(%q : tensor<1x16x2x8xf32>) epilogue(store) schedule(#cpu)
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>

func.func @windowed(%q: tensor<1x16x2x8xf32>, %scale: f32) {
  %items = arith.constant dense<[[0, 0, 0, 16, 0, 1, -1, 1, 4]]> : tensor<1x9xi32>
  %rows = arith.constant dense<> : tensor<0xi32>
  %phases = arith.constant dense<[0, 1]> : tensor<2xi32>
  // expected-error@+1 {{item 0: a window of 4 needs a launch that says `windowed`}}
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<1x9xi32>, tensor<0xi32>, tensor<2xi32>)
      outs(%q : tensor<1x16x2x8xf32>) isolated epilogue(store) schedule(#cpu)
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>

func.func @isolated(%q: tensor<1x16x2x8xf32>, %scale: f32) {
  %items = arith.constant dense<[[0, 0, 0, 16, 0, 1, -1, 1, 1]]> : tensor<1x9xi32>
  %rows = arith.constant dense<> : tensor<0xi32>
  %phases = arith.constant dense<[0, 1]> : tensor<2xi32>
  // expected-error@+1 {{item 0: a window of 1 needs a launch that says `isolated`}}
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<1x9xi32>, tensor<0xi32>, tensor<2xi32>)
      outs(%q : tensor<1x16x2x8xf32>) windowed epilogue(store) schedule(#cpu)
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>

func.func @list_end(%q: tensor<1x16x2x8xf32>, %scale: f32) {
  %items = arith.constant dense<[[0, 0, 0, 4, 0, 1, 1, 2, 0]]> : tensor<1x9xi32>
  %rows = arith.constant dense<[0, 1]> : tensor<2xi32>
  %phases = arith.constant dense<[0, 1]> : tensor<2xi32>
  // expected-error@+1 {{item 0: entries 1 to 2 are outside the list of rows, which has 2}}
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<1x9xi32>, tensor<2xi32>, tensor<2xi32>)
      outs(%q : tensor<1x16x2x8xf32>) gathered epilogue(store) schedule(#cpu)
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>

func.func @list_token(%q: tensor<1x16x2x8xf32>, %scale: f32) {
  %items = arith.constant dense<[[0, 0, 0, 2, 0, 1, 0, 1, 0], [0, 0, 0, 2, 0, 1, 1, 1, 0]]> : tensor<2x9xi32>
  %rows = arith.constant dense<[0, 1, 16]> : tensor<3xi32>
  %phases = arith.constant dense<[0, 2]> : tensor<2xi32>
  // expected-error@+1 {{item 1: token 16 is outside 0 to 15}}
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<2x9xi32>, tensor<3xi32>, tensor<2xi32>)
      outs(%q : tensor<1x16x2x8xf32>) gathered epilogue(store) schedule(#cpu)
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>

func.func @run_token(%q: tensor<1x16x2x8xf32>, %scale: f32) {
  %items = arith.constant dense<[[0, 0, 0, 4, 0, 8, 0, 2, 0]]> : tensor<1x9xi32>
  %rows = arith.constant dense<[0, 10]> : tensor<2xi32>
  %phases = arith.constant dense<[0, 1]> : tensor<2xi32>
  // expected-error@+1 {{item 0: token 18 is outside 0 to 15}}
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<1x9xi32>, tensor<2xi32>, tensor<2xi32>)
      outs(%q : tensor<1x16x2x8xf32>) gathered epilogue(store) schedule(#cpu)
  return
}

// -----

// The same list from another first token is another class.

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>

func.func @another_class(%q: tensor<1x16x2x8xf32>, %scale: f32) {
  %items = arith.constant dense<[[0, 0, 0, 2, 0, 1, 0, 1, 0], [0, 0, 0, 2, 15, 1, 0, 1, 0]]> : tensor<2x9xi32>
  %rows = arith.constant dense<[0, 1]> : tensor<2xi32>
  %phases = arith.constant dense<[0, 2]> : tensor<2xi32>
  // expected-error@+1 {{item 1: token 16 is outside 0 to 15}}
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<2x9xi32>, tensor<2xi32>, tensor<2xi32>)
      outs(%q : tensor<1x16x2x8xf32>) gathered epilogue(store) schedule(#cpu)
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>

func.func @phases_start(%q: tensor<1x16x2x8xf32>, %scale: f32) {
  %items = arith.constant dense<[[0, 0, 0, 16, 0, 1, -1, 1, 0]]> : tensor<1x9xi32>
  %rows = arith.constant dense<> : tensor<0xi32>
  %phases = arith.constant dense<[1, 1]> : tensor<2xi32>
  // expected-error@+1 {{phases must start at 0 and ascend}}
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<1x9xi32>, tensor<0xi32>, tensor<2xi32>)
      outs(%q : tensor<1x16x2x8xf32>) epilogue(store) schedule(#cpu)
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>

func.func @phases_ascend(%q: tensor<1x16x2x8xf32>, %scale: f32) {
  %items = arith.constant dense<[[0, 0, 0, 16, 0, 1, -1, 1, 0], [0, 0, 0, 16, 0, 1, -1, 1, 0]]> : tensor<2x9xi32>
  %rows = arith.constant dense<> : tensor<0xi32>
  %phases = arith.constant dense<[0, 2, 1, 2]> : tensor<4xi32>
  // expected-error@+1 {{phases must start at 0 and ascend}}
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<2x9xi32>, tensor<0xi32>, tensor<4xi32>)
      outs(%q : tensor<1x16x2x8xf32>) epilogue(merge) schedule(#cpu)
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>

func.func @phases_end(%q: tensor<1x16x2x8xf32>, %scale: f32) {
  %items = arith.constant dense<[[0, 0, 0, 16, 0, 1, -1, 1, 0], [0, 0, 0, 16, 0, 1, -1, 1, 0]]> : tensor<2x9xi32>
  %rows = arith.constant dense<> : tensor<0xi32>
  %phases = arith.constant dense<[0, 1]> : tensor<2xi32>
  // expected-error@+1 {{phases must end at the number of items 2, got 1}}
  rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<2x9xi32>, tensor<0xi32>, tensor<2xi32>)
      outs(%q : tensor<1x16x2x8xf32>) epilogue(store) schedule(#cpu)
  return
}

// -----

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>

func.func @dynamic_tokens(%q: tensor<1x?x2x8xf32>, %scale: f32) {
  %items = arith.constant dense<[[0, 0, 0, 16, 0, 1, -1, 1, 0]]> : tensor<1x9xi32>
  %rows = arith.constant dense<> : tensor<0xi32>
  %phases = arith.constant dense<[0, 1]> : tensor<2xi32>
  // expected-error@+1 {{a constant work table needs a static batch, number of tokens and number of heads}}
  rdattn.launch ins(%q, %q, %q : tensor<1x?x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<1x9xi32>, tensor<0xi32>, tensor<2xi32>)
      outs(%q : tensor<1x?x2x8xf32>) epilogue(store) schedule(#cpu)
  return
}

// -----

//===----------------------------------------------------------------------===//
// The budgets of #rdattn.sm90
//===----------------------------------------------------------------------===//

#sm90 = #rdattn.sm90<queries = 128, keys = 128, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>
func.func @sm90_f32(%q: tensor<1x16x2x64xf32>, %k: tensor<1x16x2x64xf32>, %v: tensor<1x16x2x64xf32>, %o: tensor<1x16x2x64xf32>, %scale: f32, %items: tensor<?x9xi32>, %list: tensor<?xi32>) {
  // expected-error@+1 {{schedule #rdattn.sm90 computes bf16 and f16, not}}
  rdattn.launch ins(%q, %k, %v : tensor<1x16x2x64xf32>) scale(%scale)
      table(%items, %list, %list : tensor<?x9xi32>, tensor<?xi32>, tensor<?xi32>)
      outs(%o : tensor<1x16x2x64xf32>) epilogue(store) schedule(#sm90)
  return
}

// -----

#sm90 = #rdattn.sm90<queries = 128, keys = 64, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>
func.func @sm90_head_dim(%q: tensor<1x16x2x257xbf16>, %k: tensor<1x16x2x257xbf16>, %v: tensor<1x16x2x64xbf16>, %o: tensor<1x16x2x64xbf16>, %scale: f32, %items: tensor<?x9xi32>, %list: tensor<?xi32>) {
  // expected-error@+1 {{D = 257 exceeds the limit of CUDA kernels: D and Dv must be at most 256}}
  rdattn.launch ins(%q, %k, %v : tensor<1x16x2x257xbf16>, tensor<1x16x2x257xbf16>, tensor<1x16x2x64xbf16>) scale(%scale)
      table(%items, %list, %list : tensor<?x9xi32>, tensor<?xi32>, tensor<?xi32>)
      outs(%o : tensor<1x16x2x64xbf16>) epilogue(store) schedule(#sm90)
  return
}

// -----

#sm90 = #rdattn.sm90<queries = 128, keys = 64, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>
func.func @sm90_value_dim(%q: tensor<1x16x2x64xbf16>, %k: tensor<1x16x2x64xbf16>, %v: tensor<1x16x2x320xbf16>, %o: tensor<1x16x2x320xbf16>, %scale: f32, %items: tensor<?x9xi32>, %list: tensor<?xi32>) {
  // expected-error@+1 {{Dv = 320 exceeds the limit of CUDA kernels: D and Dv must be at most 256}}
  rdattn.launch ins(%q, %k, %v : tensor<1x16x2x64xbf16>, tensor<1x16x2x64xbf16>, tensor<1x16x2x320xbf16>) scale(%scale)
      table(%items, %list, %list : tensor<?x9xi32>, tensor<?xi32>, tensor<?xi32>)
      outs(%o : tensor<1x16x2x320xbf16>) epilogue(store) schedule(#sm90)
  return
}

// -----

#sm90 = #rdattn.sm90<queries = 128, keys = 96, stages = 2, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>
func.func @sm90_shared_memory(%q: tensor<1x16x2x256xbf16>, %k: tensor<1x16x2x256xbf16>, %v: tensor<1x16x2x256xbf16>, %o: tensor<1x16x2x256xbf16>, %scale: f32, %items: tensor<?x9xi32>, %list: tensor<?xi32>) {
  // expected-error@+1 {{schedule needs 263168 bytes of shared memory for D = 256 and Dv = 256, more than the 232448 of a block: use at most keys = 80, or fewer stages}}
  rdattn.launch ins(%q, %k, %v : tensor<1x16x2x256xbf16>) scale(%scale)
      table(%items, %list, %list : tensor<?x9xi32>, tensor<?xi32>, tensor<?xi32>)
      outs(%o : tensor<1x16x2x256xbf16>) epilogue(store) schedule(#sm90)
  return
}

// -----

#sm90 = #rdattn.sm90<queries = 64, keys = 96, stages = 8, consumers = 1, lanes = 8, pingpong = false, order = plain, group = 0>
func.func @sm90_stages(%q: tensor<1x16x2x65xbf16>, %k: tensor<1x16x2x65xbf16>, %v: tensor<1x16x2x64xbf16>, %o: tensor<1x16x2x64xbf16>, %scale: f32, %items: tensor<?x9xi32>, %list: tensor<?xi32>) {
  // expected-error@+1 {{schedule needs 312320 bytes of shared memory for D = 65 and Dv = 64, more than the 232448 of a block: use at most keys = 64, or fewer stages}}
  rdattn.launch ins(%q, %k, %v : tensor<1x16x2x65xbf16>, tensor<1x16x2x65xbf16>, tensor<1x16x2x64xbf16>) scale(%scale)
      table(%items, %list, %list : tensor<?x9xi32>, tensor<?xi32>, tensor<?xi32>)
      outs(%o : tensor<1x16x2x64xbf16>) epilogue(store) schedule(#sm90)
  return
}

// -----

#sm90 = #rdattn.sm90<queries = 128, keys = 208, stages = 1, consumers = 2, lanes = 8, pingpong = false, order = plain, group = 0>
func.func @sm90_registers(%q: tensor<1x16x2x128xbf16>, %k: tensor<1x16x2x128xbf16>, %v: tensor<1x16x2x128xbf16>, %o: tensor<1x16x2x128xbf16>, %scale: f32, %items: tensor<?x9xi32>, %list: tensor<?xi32>) {
  // expected-error@+1 {{schedule needs 220 registers per consumer thread for scores, p and o with Dv = 128, but 2 consumers must stay below 216: use at most keys = 192}}
  rdattn.launch ins(%q, %k, %v : tensor<1x16x2x128xbf16>) scale(%scale)
      table(%items, %list, %list : tensor<?x9xi32>, tensor<?xi32>, tensor<?xi32>)
      outs(%o : tensor<1x16x2x128xbf16>) epilogue(store) schedule(#sm90)
  return
}

// -----

#sm90 = #rdattn.sm90<queries = 192, keys = 16, stages = 2, consumers = 3, lanes = 8, pingpong = false, order = plain, group = 0>
func.func @sm90_three_consumers(%q: tensor<1x16x2x64xbf16>, %k: tensor<1x16x2x64xbf16>, %v: tensor<1x16x2x256xbf16>, %o: tensor<1x16x2x256xbf16>, %scale: f32, %items: tensor<?x9xi32>, %list: tensor<?xi32>) {
  // expected-error@+1 {{schedule needs 140 registers per consumer thread for scores, p and o with Dv = 256, but 3 consumers must stay below 136: use at most 2 consumers}}
  rdattn.launch ins(%q, %k, %v : tensor<1x16x2x64xbf16>, tensor<1x16x2x64xbf16>, tensor<1x16x2x256xbf16>) scale(%scale)
      table(%items, %list, %list : tensor<?x9xi32>, tensor<?xi32>, tensor<?xi32>)
      outs(%o : tensor<1x16x2x256xbf16>) epilogue(store) schedule(#sm90)
  return
}
