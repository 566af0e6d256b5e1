// RUN: rdattn-opt %s --convert-rdattn-attend-to-ring --canonicalize --cse | FileCheck %s

// This rank's own keys first; then in each step those that the step before began to
// move, while the next are on their way.

// CHECK-LABEL: @steps
// CHECK-SAME: (%[[Q:.*]]: tensor<?x?x?x8xbf16>, %[[K:.*]]: tensor<?x?x?x8xbf16>, %[[V:.*]]: tensor<?x?x?x16xbf16>, %[[SCALE:.*]]: f32, %[[RING:.*]]: !rdattn.ring
// CHECK-DAG: %[[C1:.*]] = arith.constant 1 : index
// CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
// CHECK: %[[PLAN:.*]] = rdattn.ring.plan on(%[[RING]] : {{.*}}) batch(%[[B:.*]]) rows(%[[S:.*]]) heads(%[[H:.*]], %[[G:.*]]) causal classes [contiguous 0 to 8, strided 8 to 24 stride 2]
// CHECK: %[[FIRST:.*]] = rdattn.ring.post %[[PLAN]][%[[C1]]] of(%[[K]], %[[V]]
// CHECK: %[[PO:.*]], %[[PM:.*]], %[[PS:.*]] = rdattn.ring.partial %[[PLAN]] : tensor<?x?x?x16xf32>, tensor<?x?x?xf32>, tensor<?x?x?xf32>
// CHECK: %[[O0:.*]] = tensor.empty(%[[B]], %[[S]], %[[H]]) : tensor<?x?x?x16xbf16>
// CHECK: %[[L0:.*]] = tensor.empty(%[[B]], %[[H]], %[[S]]) : tensor<?x?x?xf32>
// CHECK: %[[OWN:.*]]:5 = rdattn.ring.attend %[[PLAN]][%[[C0]]] ins(%[[Q]], %[[K]], %[[V]] : {{.*}}) scale(%[[SCALE]]) partial(%[[PO]], %[[PM]], %[[PS]] : {{.*}}) outs(%[[O0]], %[[L0]] : {{.*}}) initial causal
// CHECK: %[[STEPS:.*]] = rdattn.ring.steps %[[PLAN]]
// CHECK: %[[ALL:.*]]:6 = scf.for %[[I:.*]] = %[[C1]] to %[[STEPS]] step %[[C1]] iter_args(%[[P:.*]] = %[[OWN]]#0, %[[M:.*]] = %[[OWN]]#1, %[[SUM:.*]] = %[[OWN]]#2, %[[O:.*]] = %[[OWN]]#3, %[[L:.*]] = %[[OWN]]#4, %[[T:.*]] = %[[FIRST]])
// CHECK-NEXT: %[[J:.*]] = arith.addi %[[I]], %[[C1]]
// CHECK-NEXT: %[[KI:.*]], %[[VI:.*]] = rdattn.ring.wait %[[T]] of(%[[PLAN]]) : tensor<?x?x1x8xbf16>, tensor<?x?x1x16xbf16>
// CHECK-NEXT: %[[NEXT:.*]] = rdattn.ring.post %[[PLAN]][%[[J]]] of(%[[K]], %[[V]]
// CHECK-NEXT: %[[ADDED:.*]]:5 = rdattn.ring.attend %[[PLAN]][%[[I]]] ins(%[[Q]], %[[KI]], %[[VI]] : {{.*}}) scale(%[[SCALE]]) partial(%[[P]], %[[M]], %[[SUM]] : {{.*}}) outs(%[[O]], %[[L]] : {{.*}}) causal
// CHECK-NEXT: scf.yield %[[ADDED]]#0, %[[ADDED]]#1, %[[ADDED]]#2, %[[ADDED]]#3, %[[ADDED]]#4, %[[NEXT]]
// CHECK: %[[R:.*]]:2 = rdattn.ring.finish ins(%[[ALL]]#0, %[[ALL]]#1, %[[ALL]]#2 : {{.*}}) outs(%[[ALL]]#3, %[[ALL]]#4 :
// CHECK: return %[[R]]#0, %[[R]]#1
func.func @steps(%q: tensor<?x?x?x8xbf16>, %k: tensor<?x?x?x8xbf16>, %v: tensor<?x?x?x16xbf16>, %scale: f32,
                 %ring: !rdattn.ring<?, zigzag, tokens = ?>) -> (tensor<?x?x?x16xbf16>, tensor<?x?x?xf32>) {
  %o, %lse = rdattn.attend %q, %k, %v causal on(%ring : !rdattn.ring<?, zigzag, tokens = ?>) scale(%scale)
      classes [contiguous 0 to 8, strided 8 to 24 stride 2] : tensor<?x?x?x8xbf16>, tensor<?x?x?x8xbf16>, tensor<?x?x?x16xbf16>
  return %o, %lse : tensor<?x?x?x16xbf16>, tensor<?x?x?xf32>
}

// Branches that meet share the steps; an lse that nobody wants is not written.

// CHECK-LABEL: @branches
// CHECK: arith.constant 0.353553385 : f32
// CHECK: rdattn.ring.plan {{.*}} classes [contiguous 0 to 8] + [strided 0 to 8 stride 2] per_head
// CHECK-NOT: rdattn.ring.plan
// CHECK: rdattn.ring.finish {{.*}} outs(%{{[^,]*}} : tensor<1x4x2x8xf32>) -> tensor<1x4x2x8xf32>
// CHECK-NOT: rdattn.merge
func.func @branches(%q: tensor<1x4x2x8xf32>, %ring: !rdattn.ring<2, striped, tokens = 8>) -> tensor<1x4x2x8xf32> {
  %0:2 = rdattn.attend %q, %q, %q partial on(%ring : !rdattn.ring<2, striped, tokens = 8>) classes [contiguous 0 to 8] : tensor<1x4x2x8xf32>
  %1:2 = rdattn.attend %q, %q, %q partial on(%ring : !rdattn.ring<2, striped, tokens = 8>) classes [strided 0 to 8 stride 2] per_head : tensor<1x4x2x8xf32>
  %o, %lse = rdattn.merge (%0#0, %0#1), (%1#0, %1#1) : tensor<1x4x2x8xf32> to tensor<1x4x2x8xf32>
  return %o : tensor<1x4x2x8xf32>
}

// What is on no ring stays.

// CHECK-LABEL: @one_device
// CHECK-NEXT: rdattn.attend
// CHECK-NEXT: return
func.func @one_device(%q: tensor<1x8x2x8xf32>) -> tensor<1x8x2x8xf32> {
  %o, %lse = rdattn.attend %q, %q, %q classes [contiguous 0 to 8] : tensor<1x8x2x8xf32>
  return %o : tensor<1x8x2x8xf32>
}
