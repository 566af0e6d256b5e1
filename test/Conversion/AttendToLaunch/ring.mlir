// RUN: rdattn-opt %s --convert-rdattn-attend-to-launch=cpu=x86-64-v4 -split-input-file -verify-diagnostics | FileCheck %s

// A step takes its table from the schedule, whose tables are cut for the launch.

// CHECK-LABEL: @step
// CHECK: %[[PLAN:.*]] = rdattn.ring.plan {{.*}} queries(512) order(plain) classes
// CHECK: %[[ITEMS:.*]], %[[LISTS:.*]], %[[PHASES:.*]] = rdattn.ring.table %[[PLAN]][%[[I:.*]]] : tensor<?x21xi32>, tensor<?xi32>, tensor<?xi32>
// CHECK: rdattn.ring.launch ins({{.*}}) scale(%{{.*}}) table(%[[ITEMS]], %[[LISTS]], %[[PHASES]] : {{.*}}) partial({{.*}}) outs({{.*}}) initial schedule(#rdattn.cpu<queries = 512,
// CHECK-NOT: rdattn.ring.attend
func.func @step(%q: tensor<1x4x2x8xf32>, %m: tensor<1x2x4xf32>, %scale: f32, %i: index, %ring: !rdattn.ring<2, striped, tokens = 8>) -> tensor<1x4x2x8xf32> {
  %c1 = arith.constant 1 : index
  %plan = rdattn.ring.plan on(%ring : !rdattn.ring<2, striped, tokens = 8>) batch(%c1) rows(%c1) heads(%c1, %c1) classes [contiguous 0 to 8] : !rdattn.ring_schedule
  %0:4 = rdattn.ring.attend %plan[%i] ins(%q, %q, %q : tensor<1x4x2x8xf32>, tensor<1x4x2x8xf32>, tensor<1x4x2x8xf32>) scale(%scale)
      partial(%q, %m, %m : tensor<1x4x2x8xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>) outs(%q : tensor<1x4x2x8xf32>) initial
      -> tensor<1x4x2x8xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>, tensor<1x4x2x8xf32>
  return %0#0 : tensor<1x4x2x8xf32>
}

// -----

func.func @no_plan(%q: tensor<1x4x2x8xf32>, %m: tensor<1x2x4xf32>, %scale: f32, %i: index, %plan: !rdattn.ring_schedule) -> tensor<1x4x2x8xf32> {
  // expected-error@+1 {{needs the `rdattn.ring.plan` of its schedule to become a launch}}
  %0:4 = rdattn.ring.attend %plan[%i] ins(%q, %q, %q : tensor<1x4x2x8xf32>, tensor<1x4x2x8xf32>, tensor<1x4x2x8xf32>) scale(%scale)
      partial(%q, %m, %m : tensor<1x4x2x8xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>) outs(%q : tensor<1x4x2x8xf32>) initial
      -> tensor<1x4x2x8xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>, tensor<1x4x2x8xf32>
  return %0#0 : tensor<1x4x2x8xf32>
}

// -----

func.func @other_tables(%q: tensor<1x4x2x8xf32>, %m: tensor<1x2x4xf32>, %scale: f32, %i: index, %ring: !rdattn.ring<2, striped, tokens = 8>) -> tensor<1x4x2x8xf32> {
  %c1 = arith.constant 1 : index
  // expected-error@+1 {{has tables for another schedule than #rdattn.cpu<queries = 512}}
  %plan = rdattn.ring.plan on(%ring : !rdattn.ring<2, striped, tokens = 8>) batch(%c1) rows(%c1) heads(%c1, %c1) queries(3) classes [contiguous 0 to 8] : !rdattn.ring_schedule
  %0:4 = rdattn.ring.attend %plan[%i] ins(%q, %q, %q : tensor<1x4x2x8xf32>, tensor<1x4x2x8xf32>, tensor<1x4x2x8xf32>) scale(%scale)
      partial(%q, %m, %m : tensor<1x4x2x8xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>) outs(%q : tensor<1x4x2x8xf32>) initial
      -> tensor<1x4x2x8xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>, tensor<1x4x2x8xf32>
  return %0#0 : tensor<1x4x2x8xf32>
}

// -----

func.func @too_early(%q: tensor<1x4x2x8xf32>, %ring: !rdattn.ring<2, striped, tokens = 8>) -> tensor<1x4x2x8xf32> {
  // expected-error@+1 {{is on a ring, whose steps convert-rdattn-attend-to-ring makes}}
  %o, %lse = rdattn.attend %q, %q, %q on(%ring : !rdattn.ring<2, striped, tokens = 8>) classes [contiguous 0 to 8] : tensor<1x4x2x8xf32>
  return %o : tensor<1x4x2x8xf32>
}
