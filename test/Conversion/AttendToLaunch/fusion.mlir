// RUN: rdattn-opt %s --convert-rdattn-attend-to-launch=cpu=x86-64-v4 \
// RUN:   | FileCheck %s --implicit-check-not=rdattn.plan --implicit-check-not=rdattn.launch \
// RUN:                  --implicit-check-not=rdattn.attend --implicit-check-not=rdattn.merge

// E5: all segments and classes of an attend share one plan and one launch.

// CHECK-LABEL: @one_attend
// CHECK-SAME: (%[[Q:.*]]: tensor<1x16x4x8xf32>, %[[K:.*]]: tensor<1x16x2x8xf32>, %[[V:.*]]: tensor<1x16x2x6xf32>)
func.func @one_attend(%q: tensor<1x16x4x8xf32>, %k: tensor<1x16x2x8xf32>, %v: tensor<1x16x2x6xf32>)
    -> (tensor<1x16x4x6xf32>, tensor<1x4x16xf32>) {
  // CHECK-DAG: %[[B:.*]] = arith.constant 1 : index
  // CHECK-DAG: %[[S:.*]] = arith.constant 16 : index
  // CHECK-DAG: %[[H:.*]] = arith.constant 4 : index
  // CHECK-DAG: %[[G:.*]] = arith.constant 2 : index
  // CHECK: %[[ITEMS:.*]], %[[ROWS:.*]], %[[PHASES:.*]] = rdattn.plan batch(%[[B]]) tokens(%[[S]]) heads(%[[H]], %[[G]])
  // CHECK-SAME: causal queries([[QUERIES:[0-9]+]]) order(longest_first)
  // CHECK-SAME: classes [contiguous 0 to 8, strided 8 to 16 stride 2] : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>
  // CHECK-DAG: %[[O0:.*]] = tensor.empty() : tensor<1x16x4x6xf32>
  // CHECK-DAG: %[[LSE0:.*]] = tensor.empty() : tensor<1x4x16xf32>
  // CHECK: %[[O:.*]], %[[LSE:.*]] = rdattn.launch ins(%[[Q]], %[[K]], %[[V]] : {{[^()]*}})
  // CHECK-SAME: table(%[[ITEMS]], %[[ROWS]], %[[PHASES]] : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>)
  // CHECK-SAME: outs(%[[O0]], %[[LSE0]] : tensor<1x16x4x6xf32>, tensor<1x4x16xf32>)
  // CHECK-SAME: causal epilogue(store) schedule(#rdattn.cpu<queries = [[QUERIES]], {{.*}}order = longest_first>)
  %o, %lse = rdattn.attend %q, %k, %v causal
      classes [contiguous 0 to 8, strided 8 to 16 stride 2]
      : tensor<1x16x4x8xf32>, tensor<1x16x2x8xf32>, tensor<1x16x2x6xf32>
  // CHECK: return %[[O]], %[[LSE]]
  return %o, %lse : tensor<1x16x4x6xf32>, tensor<1x4x16xf32>
}

// S6: the branches of a merge share a launch too. Each is a list of classes of
// its own, and f32 partials exist inside the launch only.

// CHECK-LABEL: @merge
func.func @merge(%q: tensor<1x16x2x8xbf16>) -> (tensor<1x16x2x8xbf16>, tensor<1x2x16xf32>) {
  // CHECK: %[[ITEMS:.*]], %[[ROWS:.*]], %[[PHASES:.*]] = rdattn.plan
  // CHECK-SAME: classes [contiguous 0 to 8, contiguous 8 to 16] + [strided 0 to 16 stride 2] per_head + [contiguous 0 to 16 window 3]
  // CHECK-SAME: tensor<4xi32>
  // CHECK: %[[O:.*]], %[[LSE:.*]] = rdattn.launch {{.*}} table(%[[ITEMS]], %[[ROWS]], %[[PHASES]] :
  // CHECK-SAME: outs({{[^()]*}} : tensor<1x16x2x8xbf16>, tensor<1x2x16xf32>)
  // CHECK-SAME: windowed epilogue(merge)
  %0:2 = rdattn.attend %q, %q, %q partial classes [contiguous 0 to 8, contiguous 8 to 16] : tensor<1x16x2x8xbf16>
  %1:2 = rdattn.attend %q, %q, %q partial classes [strided 0 to 16 stride 2] per_head : tensor<1x16x2x8xbf16>
  %2:2 = rdattn.attend %q, %q, %q partial classes [contiguous 0 to 16 window 3] : tensor<1x16x2x8xbf16>
  %o, %lse = rdattn.merge (%0#0, %0#1), (%1#0, %1#1), (%2#0, %2#1)
      : tensor<1x16x2x8xf32> to tensor<1x16x2x8xbf16>
  // CHECK: return %[[O]], %[[LSE]]
  return %o, %lse : tensor<1x16x2x8xbf16>, tensor<1x2x16xf32>
}

// An lse that nobody uses is not computed.

// CHECK-LABEL: @unused_lse
func.func @unused_lse(%q: tensor<1x16x2x8xf32>) -> tensor<1x16x2x8xf32> {
  // CHECK: rdattn.plan
  // CHECK: %[[EMPTY:.*]] = tensor.empty() : tensor<1x16x2x8xf32>
  // CHECK-NOT: tensor.empty
  // CHECK: %[[O:.*]] = rdattn.launch {{.*}} outs(%[[EMPTY]] : tensor<1x16x2x8xf32>)
  %o, %lse = rdattn.attend %q, %q, %q classes [contiguous 0 to 16] : tensor<1x16x2x8xf32>
  // CHECK: return %[[O]] : tensor<1x16x2x8xf32>
  return %o : tensor<1x16x2x8xf32>
}

// CHECK-LABEL: @unused_lse_of_merge
func.func @unused_lse_of_merge(%q: tensor<1x16x2x8xf32>) -> tensor<1x16x2x8xf32> {
  // CHECK: rdattn.plan
  // CHECK: rdattn.launch {{.*}} outs(%{{[^,]*}} : tensor<1x16x2x8xf32>)
  %0:2 = rdattn.attend %q, %q, %q partial classes [contiguous 0 to 16] : tensor<1x16x2x8xf32>
  %1:2 = rdattn.attend %q, %q, %q partial classes [strided 0 to 16 stride 2] : tensor<1x16x2x8xf32>
  %o, %lse = rdattn.merge (%0#0, %0#1), (%1#0, %1#1) : tensor<1x16x2x8xf32> to tensor<1x16x2x8xf32>
  return %o : tensor<1x16x2x8xf32>
}

// S6 counts a key once for each branch that allows it: a branch that is there
// twice is planned twice.

// CHECK-LABEL: @same_branch_twice
func.func @same_branch_twice(%q: tensor<1x16x2x8xf32>) -> tensor<1x16x2x8xf32> {
  // CHECK: rdattn.plan {{.*}} classes [contiguous 0 to 16] + [contiguous 0 to 16] : {{.*}}, tensor<3xi32>
  // CHECK: rdattn.launch {{.*}} epilogue(merge)
  %0:2 = rdattn.attend %q, %q, %q partial classes [contiguous 0 to 16] : tensor<1x16x2x8xf32>
  %o, %lse = rdattn.merge (%0#0, %0#1), (%0#0, %0#1) : tensor<1x16x2x8xf32> to tensor<1x16x2x8xf32>
  return %o : tensor<1x16x2x8xf32>
}

// A partial that is wanted for itself as well is computed for itself as well.

// CHECK-LABEL: @partial_used_twice
func.func @partial_used_twice(%q: tensor<1x16x2x8xf32>) -> (tensor<1x16x2x8xf32>, tensor<1x16x2x8xf32>) {
  // CHECK: rdattn.plan {{.*}} classes [contiguous 0 to 16] :
  // CHECK: %[[ALONE:.*]] = rdattn.launch {{.*}} epilogue(store)
  // CHECK: rdattn.plan {{.*}} classes [contiguous 0 to 16] + [strided 0 to 16 stride 2] :
  // CHECK: %[[MERGED:.*]] = rdattn.launch {{.*}} epilogue(merge)
  %0:2 = rdattn.attend %q, %q, %q partial classes [contiguous 0 to 16] : tensor<1x16x2x8xf32>
  %1:2 = rdattn.attend %q, %q, %q partial classes [strided 0 to 16 stride 2] : tensor<1x16x2x8xf32>
  %o, %lse = rdattn.merge (%0#0, %0#1), (%1#0, %1#1) : tensor<1x16x2x8xf32> to tensor<1x16x2x8xf32>
  // CHECK: return %[[ALONE]], %[[MERGED]]
  return %0#0, %o : tensor<1x16x2x8xf32>, tensor<1x16x2x8xf32>
}

// Attends that do not meet in a merge are launches of their own, one on the
// result of the other.

// CHECK-LABEL: @chain
// CHECK-SAME: (%[[Q:.*]]: tensor
func.func @chain(%q: tensor<1x16x2x8xf32>) -> tensor<1x16x2x8xf32> {
  // CHECK: rdattn.plan
  // CHECK: %[[O0:.*]] = rdattn.launch ins(%[[Q]], %[[Q]], %[[Q]] :
  // CHECK: rdattn.plan
  // CHECK: %[[O1:.*]] = rdattn.launch ins(%[[O0]], %[[Q]], %[[Q]] :
  %0:2 = rdattn.attend %q, %q, %q classes [contiguous 0 to 16] : tensor<1x16x2x8xf32>
  %1:2 = rdattn.attend %0#0, %q, %q classes [contiguous 0 to 16] : tensor<1x16x2x8xf32>
  // CHECK: return %[[O1]]
  return %1#0 : tensor<1x16x2x8xf32>
}

// What nobody uses is not launched.

// CHECK-LABEL: @unused
func.func @unused(%q: tensor<1x16x2x8xf32>) {
  %0:2 = rdattn.attend %q, %q, %q classes [contiguous 0 to 16] : tensor<1x16x2x8xf32>
  return
}
