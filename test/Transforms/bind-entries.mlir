// RUN: rdattn-opt %s --rdattn-bind-entries --split-input-file --verify-diagnostics | FileCheck %s

// Tensors become memrefs of any strides with a contiguous last dimension;
// results become arguments that are written in place; the scale stays a float.
// The letters of `roles` name the arguments in their order.

// CHECK-LABEL: func.func @entry
// CHECK-SAME: (%[[Q:[^:]*]]: memref<2x16x4x8xf32, strided<[?, ?, ?, 1], offset: ?>>,
// CHECK-SAME:  %[[K:[^:]*]]: memref<2x16x2x8xf32, strided<[?, ?, ?, 1], offset: ?>>,
// CHECK-SAME:  %[[V:[^:]*]]: memref<2x16x2x6xf32, strided<[?, ?, ?, 1], offset: ?>>,
// CHECK-SAME:  %[[SCALE:[^:]*]]: f32,
// CHECK-SAME:  %[[O:[^:]*]]: memref<2x16x4x6xf32, strided<[?, ?, ?, 1], offset: ?>>,
// CHECK-SAME:  %[[LSE:[^:]*]]: memref<2x4x16xf32, strided<[?, ?, 1], offset: ?>>)
// CHECK-SAME: llvm.emit_c_interface
// CHECK-SAME: rdattn.entry = {dtype = 0 : i64, roles = "qkvsol", sizes = array<i64: 2, 16, 4, 2, 8, 6>}
func.func @entry(%q: tensor<2x16x4x8xf32>, %k: tensor<2x16x2x8xf32>, %v: tensor<2x16x2x6xf32>, %scale: f32)
    -> (tensor<2x16x4x6xf32>, tensor<2x4x16xf32>) {
  // CHECK-DAG: %[[TQ:.*]] = bufferization.to_tensor %[[Q]] restrict
  // CHECK-DAG: %[[TK:.*]] = bufferization.to_tensor %[[K]] restrict
  // CHECK-DAG: %[[TV:.*]] = bufferization.to_tensor %[[V]] restrict
  // CHECK: %[[RO:.*]], %[[RLSE:.*]] = rdattn.attention %[[TQ]], %[[TK]], %[[TV]] scale(%[[SCALE]])
  %o, %lse = rdattn.attention %q, %k, %v scale(%scale) pattern [16]
      : tensor<2x16x4x8xf32>, tensor<2x16x2x8xf32>, tensor<2x16x2x6xf32>
  // CHECK: bufferization.materialize_in_destination %[[RO]] in restrict writable %[[O]]
  // CHECK: bufferization.materialize_in_destination %[[RLSE]] in restrict writable %[[LSE]]
  // CHECK: return{{$}}
  return %o, %lse : tensor<2x16x4x6xf32>, tensor<2x4x16xf32>
}

// -----

// A size is -1 where it is dynamic; dtype 1 is f16, 2 is bf16.

// CHECK-LABEL: func.func @dynamic
// CHECK-SAME: rdattn.entry = {dtype = 1 : i64, roles = "qkvo", sizes = array<i64: -1, -1, -1, 2, 8, 8>}
func.func @dynamic(%q: tensor<?x?x?x8xf16>, %k: tensor<?x?x2x8xf16>, %v: tensor<?x?x2x8xf16>) -> tensor<?x?x?x8xf16> {
  return %q : tensor<?x?x?x8xf16>
}

// CHECK-LABEL: func.func @three_inputs
// CHECK-SAME: rdattn.entry = {dtype = 2 : i64, roles = "qkvo", sizes = array<i64: 1, 16, 4, 2, 8, 6>}
func.func @three_inputs(%q: tensor<1x16x4x8xbf16>, %k: tensor<1x16x2x8xbf16>, %v: tensor<1x16x2x6xbf16>) -> tensor<1x16x4x6xbf16> {
  %o, %lse = rdattn.attention %q, %k, %v pattern [16]
      : tensor<1x16x4x8xbf16>, tensor<1x16x2x8xbf16>, tensor<1x16x2x6xbf16>
  return %o : tensor<1x16x4x6xbf16>
}

// -----

// The tables of an outlined plan have roles too.

// CHECK-LABEL: func.func @tables
// CHECK-SAME: memref<?x9xi32, strided<[?, 1], offset: ?>>, %{{[^:]*}}: memref<?xi32, strided<[1], offset: ?>>, %{{[^:]*}}: memref<?xi32, strided<[1], offset: ?>>,
// CHECK-SAME: roles = "qkvsirpo"
func.func @tables(%q: tensor<1x?x2x8xf32>, %k: tensor<1x?x2x8xf32>, %v: tensor<1x?x2x8xf32>, %scale: f32,
                  %items: tensor<?x9xi32>, %rows: tensor<?xi32>, %phases: tensor<?xi32>) -> tensor<1x?x2x8xf32> {
  %c1 = arith.constant 1 : index
  %s = tensor.dim %q, %c1 : tensor<1x?x2x8xf32>
  %empty = tensor.empty(%s) : tensor<1x?x2x8xf32>
  %o = rdattn.launch ins(%q, %k, %v : tensor<1x?x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<?x9xi32>, tensor<?xi32>, tensor<?xi32>)
      outs(%empty : tensor<1x?x2x8xf32>) epilogue(merge)
      schedule(#rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>)
  return %o : tensor<1x?x2x8xf32>
}

// -----

// Attributes of arguments and results do not move to other arguments.

// CHECK-LABEL: func.func @attributes
// CHECK-NOT: test.
func.func @attributes(%q: tensor<1x16x4x8xf32> {test.a}, %k: tensor<1x16x4x8xf32>, %v: tensor<1x16x4x8xf32>)
    -> (tensor<1x16x4x8xf32> {test.b}) {
  return %q : tensor<1x16x4x8xf32>
}

// -----

// A private function has the convention, but is no entry; nor is one of other
// arguments or results. What has no tensors stays as it is.

// CHECK-LABEL: func.func private @private
// CHECK-NOT: rdattn.entry
// CHECK: materialize_in_destination
func.func private @private(%q: tensor<1x16x4x8xf32>, %k: tensor<1x16x4x8xf32>, %v: tensor<1x16x4x8xf32>) -> tensor<1x16x4x8xf32> {
  return %q : tensor<1x16x4x8xf32>
}

// CHECK-LABEL: func.func @two_inputs(
// CHECK-SAME: memref<1x16x4x8xf32, strided<[?, ?, ?, 1], offset: ?>>)
// CHECK-NOT: rdattn.entry
func.func @two_inputs(%q: tensor<1x16x4x8xf32>, %k: tensor<1x16x4x8xf32>) -> tensor<1x16x4x8xf32> {
  return %q : tensor<1x16x4x8xf32>
}

// CHECK-LABEL: func.func @other_argument(
// CHECK-NOT: rdattn.entry
func.func @other_argument(%q: tensor<1x16x4x8xf32>, %k: tensor<1x16x4x8xf32>, %v: tensor<1x16x4x8xf32>, %n: i32) -> tensor<1x16x4x8xf32> {
  return %q : tensor<1x16x4x8xf32>
}

// CHECK-LABEL: func.func @three_results(
// CHECK-NOT: rdattn.entry
func.func @three_results(%q: tensor<1x16x4x8xf32>, %k: tensor<1x16x4x8xf32>, %v: tensor<1x16x4x8xf32>)
    -> (tensor<1x16x4x8xf32>, tensor<1x16x4x8xf32>, tensor<1x16x4x8xf32>) {
  return %q, %k, %v : tensor<1x16x4x8xf32>, tensor<1x16x4x8xf32>, tensor<1x16x4x8xf32>
}

// Results that are no tensors stay results.

// CHECK-LABEL: func.func @scalar_result(
// CHECK-SAME: memref<16xf32, strided<[1], offset: ?>>, %[[X:.*]]: f32, %{{.*}}: memref<16xf32, strided<[1], offset: ?>>) -> f32
// CHECK: return %[[X]] : f32
func.func @scalar_result(%t: tensor<16xf32>, %x: f32) -> (tensor<16xf32>, f32) {
  return %t, %x : tensor<16xf32>, f32
}

// CHECK-LABEL: func.func @no_tensors(
// CHECK-SAME: %[[X:.*]]: f32) -> f32 {
// CHECK-NEXT: return %[[X]]
func.func @no_tensors(%x: f32) -> f32 {
  return %x : f32
}

// CHECK-LABEL: func.func private @declared(tensor<16xf32>)
func.func private @declared(tensor<16xf32>)

// A launch with a schedule for a GPU puts all tensors on it: target 1.

// CHECK-LABEL: func.func @on_gpu(
// CHECK-SAME: rdattn.entry = {dtype = 2 : i64, roles = "qkvsirpo", sizes = array<i64: 1, 16, 2, 2, 64, 64>, target = 1 : i64}
func.func @on_gpu(%q: tensor<1x16x2x64xbf16>, %k: tensor<1x16x2x64xbf16>, %v: tensor<1x16x2x64xbf16>, %scale: f32,
                  %items: tensor<?x9xi32>, %rows: tensor<?xi32>, %phases: tensor<?xi32>) -> tensor<1x16x2x64xbf16> {
  %empty = tensor.empty() : tensor<1x16x2x64xbf16>
  %o = rdattn.launch ins(%q, %k, %v : tensor<1x16x2x64xbf16>) scale(%scale)
      table(%items, %rows, %phases : tensor<?x9xi32>, tensor<?xi32>, tensor<?xi32>)
      outs(%empty : tensor<1x16x2x64xbf16>) epilogue(store)
      schedule(#rdattn.sm90<queries = 64, keys = 16, stages = 2, consumers = 1, lanes = 8, pingpong = false, order = plain, group = 0>)
  return %o : tensor<1x16x2x64xbf16>
}

// -----

// expected-error@+1 {{'func.func' op must have a single block to become an entry}}
func.func @blocks(%q: tensor<1x16x4x8xf32>, %k: tensor<1x16x4x8xf32>, %v: tensor<1x16x4x8xf32>) -> tensor<1x16x4x8xf32> {
  cf.br ^next
^next:
  return %q : tensor<1x16x4x8xf32>
}

// -----

// Callers would still pass tensors.

// expected-error@+1 {{'func.func' op has tensors and is called, but only entries have a convention for them; inline it first}}
func.func private @called(%q: tensor<1x16x4x8xf32>) -> tensor<1x16x4x8xf32> {
  return %q : tensor<1x16x4x8xf32>
}
func.func @caller(%q: tensor<1x16x4x8xf32>, %k: tensor<1x16x4x8xf32>, %v: tensor<1x16x4x8xf32>) -> tensor<1x16x4x8xf32> {
  %0 = call @called(%q) : (tensor<1x16x4x8xf32>) -> tensor<1x16x4x8xf32>
  return %0 : tensor<1x16x4x8xf32>
}
