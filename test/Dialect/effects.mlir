// RUN: rdattn-opt %s -canonicalize -cse | FileCheck %s

// What no one uses is not computed; equal attentions are one.

// CHECK-LABEL: @pure
// CHECK-COUNT-1: rdattn.attention
// CHECK-NOT: rdattn
// CHECK: return
func.func @pure(%q: tensor<1x64x2x8xf32>) -> (tensor<1x64x2x8xf32>, tensor<1x2x64xf32>) {
  %a:2 = rdattn.attention %q, %q, %q pattern [64] : tensor<1x64x2x8xf32>
  %b:2 = rdattn.attention %q, %q, %q pattern [64] : tensor<1x64x2x8xf32>
  %c:2 = rdattn.attention %q, %q, %q causal pattern [64] : tensor<1x64x2x8xf32>
  return %a#0, %b#1 : tensor<1x64x2x8xf32>, tensor<1x2x64xf32>
}

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>

// A launch on tensors is such a value too; one on memrefs writes its outputs.

// CHECK-LABEL: @launches
// CHECK: rdattn.launch {{.*}} outs(%{{.*}} : memref<1x64x2x8xf32>)
// CHECK-NOT: rdattn.launch
func.func @launches(%q: tensor<1x64x2x8xf32>, %items: tensor<?x9xi32>, %list: tensor<?xi32>,
                    %mq: memref<1x64x2x8xf32>, %o: memref<1x64x2x8xf32>,
                    %mitems: memref<?x9xi32>, %mlist: memref<?xi32>, %scale: f32) {
  %0 = rdattn.launch ins(%q, %q, %q : tensor<1x64x2x8xf32>) scale(%scale)
      table(%items, %list, %list : tensor<?x9xi32>, tensor<?xi32>, tensor<?xi32>)
      outs(%q : tensor<1x64x2x8xf32>) epilogue(store) schedule(#cpu)
  rdattn.launch ins(%mq, %mq, %mq : memref<1x64x2x8xf32>) scale(%scale)
      table(%mitems, %mlist, %mlist : memref<?x9xi32>, memref<?xi32>, memref<?xi32>)
      outs(%o : memref<1x64x2x8xf32>) epilogue(store) schedule(#cpu)
  return
}

// Which rank this is, is asked anew after what may fail; not twice in between, and not
// for nothing.

// CHECK-LABEL: @ranks
// CHECK-COUNT-2: rdattn.ring.rank
// CHECK-NOT: rdattn.ring.rank
// CHECK: return
func.func @ranks(%schedule: !rdattn.ring_schedule, %transfer: !rdattn.transfer) -> (index, index, index) {
  %unused = rdattn.ring.rank %schedule of 4
  %0 = rdattn.ring.rank %schedule of 4
  %1 = rdattn.ring.rank %schedule of 4
  %k, %v = rdattn.ring.wait %transfer of(%schedule) : tensor<1x?x1x8xf32>, tensor<1x?x1x8xf32>
  %2 = rdattn.ring.rank %schedule of 4
  return %0, %1, %2 : index, index, index
}
