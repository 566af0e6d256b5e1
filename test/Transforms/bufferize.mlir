// RUN: rdattn-opt %s --rdattn-bind-entries --eliminate-empty-tensors --one-shot-bufferize --canonicalize --cse | FileCheck %s

// CHECK-DAG: memref.global "private" constant @[[ITEMS_1x9:.*]] : memref<1x9xi32> = dense<{{\[\[}}0, 0, 0, 16, 0, 1, -1, 1, 0]]>
// CHECK-DAG: memref.global "private" constant @[[PHASES_2:.*]] : memref<2xi32> = dense<[0, 1]>

// A launch writes straight into the function's results: no buffer, no copy.

// CHECK-LABEL: func.func @in_place
// CHECK-SAME: (%[[Q:[^:]*]]: memref<1x?x2x8xbf16, {{.*}}>, %[[SCALE:[^:]*]]: f32, %[[O:[^:]*]]: memref<1x?x2x8xbf16, {{[^%]*}}>, %[[LSE:[^:]*]]: memref<1x2x?xf32, {{[^%]*}}>)
// CHECK-NOT: memref.alloc
// CHECK-NOT: memref.copy
// CHECK: %[[ITEMS:.*]], %[[ROWS:.*]], %[[PHASES:.*]] = rdattn.plan
// CHECK-SAME: : memref<?x9xi32>, memref<?xi32>, memref<2xi32>
// CHECK: rdattn.launch ins(%[[Q]], %[[Q]], %[[Q]] : memref<1x?x2x8xbf16, {{[^>]*>>}}) scale(%[[SCALE]])
// CHECK-SAME: table(%[[ITEMS]], %[[ROWS]], %[[PHASES]] : memref<?x9xi32>, memref<?xi32>, memref<2xi32>)
// CHECK-SAME: outs(%[[O]], %[[LSE]] : memref<1x?x2x8xbf16, {{[^>]*>>}}, memref<1x2x?xf32, {{[^>]*>>}})
// CHECK-SAME: causal gathered windowed isolated epilogue(fill) schedule(#rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = longest_first>)
// CHECK-NEXT: return
func.func @in_place(%q: tensor<1x?x2x8xbf16>, %scale: f32) -> (tensor<1x?x2x8xbf16>, tensor<1x2x?xf32>) {
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %s = tensor.dim %q, %c1 : tensor<1x?x2x8xbf16>
  %items, %rows, %phases = rdattn.plan batch(%c1) tokens(%s) heads(%c2, %c2) causal queries(8) order(longest_first)
      classes [contiguous 0 to 16] : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>
  %o0 = tensor.empty(%s) : tensor<1x?x2x8xbf16>
  %lse0 = tensor.empty(%s) : tensor<1x2x?xf32>
  %o, %lse = rdattn.launch ins(%q, %q, %q : tensor<1x?x2x8xbf16>) scale(%scale)
      table(%items, %rows, %phases : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>)
      outs(%o0, %lse0 : tensor<1x?x2x8xbf16>, tensor<1x2x?xf32>)
      causal gathered windowed isolated epilogue(fill)
      schedule(#rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = longest_first>)
  return %o, %lse : tensor<1x?x2x8xbf16>, tensor<1x2x?xf32>
}

// Constant tables are constants of the module.

// CHECK-LABEL: func.func @constant_tables
// CHECK-SAME: %[[O:[^:]*]]: memref<1x16x1x8xf32, strided<[?, ?, ?, 1], offset: ?>>) {
// CHECK-DAG: %[[I:.*]] = memref.get_global @[[ITEMS_1x9]]
// CHECK-DAG: %[[P:.*]] = memref.get_global @[[PHASES_2]]
// CHECK: rdattn.launch {{.*}} table(%[[I]], %{{.*}}, %[[P]] : {{.*}} outs(%[[O]] :
func.func @constant_tables(%q: tensor<1x16x1x8xf32>, %scale: f32) -> tensor<1x16x1x8xf32> {
  %items = arith.constant dense<[[0, 0, 0, 16, 0, 1, -1, 1, 0]]> : tensor<1x9xi32>
  %rows = arith.constant dense<> : tensor<0xi32>
  %phases = arith.constant dense<[0, 1]> : tensor<2xi32>
  %empty = tensor.empty() : tensor<1x16x1x8xf32>
  %o = rdattn.launch ins(%q, %q, %q : tensor<1x16x1x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<1x9xi32>, tensor<0xi32>, tensor<2xi32>)
      outs(%empty : tensor<1x16x1x8xf32>) epilogue(store)
      schedule(#rdattn.cpu<queries = 16, keys = 4, lanes = 8, vectors = 2, rows = 4, order = plain>)
  return %o : tensor<1x16x1x8xf32>
}

// A launch may not write over its own input: the rows of a class are read for
// every item. %q is not its destination, and a copy of it is not made either,
// since every row of the destination is written.

// CHECK-LABEL: func.func @over_its_input
// CHECK-SAME: (%[[Q:[^:]*]]: memref<1x16x1x8xf32, {{[^%]*}}>, %{{.*}}: f32, %[[O:[^:]*]]: memref<1x16x1x8xf32, {{[^%]*}}>)
func.func @over_its_input(%q: tensor<1x16x1x8xf32>, %scale: f32) -> tensor<1x16x1x8xf32> {
  %items = arith.constant dense<[[0, 0, 0, 16, 0, 1, -1, 1, 0]]> : tensor<1x9xi32>
  %rows = arith.constant dense<> : tensor<0xi32>
  %phases = arith.constant dense<[0, 1]> : tensor<2xi32>
  // CHECK: %[[BUFFER:.*]] = memref.alloc
  // CHECK-NOT: memref.copy %[[Q]]
  // CHECK: rdattn.launch {{.*}} outs(%[[BUFFER]] :
  // CHECK: memref.copy %[[BUFFER]], %[[O]]
  %o = rdattn.launch ins(%q, %q, %q : tensor<1x16x1x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<1x9xi32>, tensor<0xi32>, tensor<2xi32>)
      outs(%q : tensor<1x16x1x8xf32>) epilogue(store)
      schedule(#rdattn.cpu<queries = 16, keys = 4, lanes = 8, vectors = 2, rows = 4, order = plain>)
  return %o : tensor<1x16x1x8xf32>
}
