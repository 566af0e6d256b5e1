// RUN: rdattn-opt %s --convert-rdattn-attend-to-launch=cpu=x86-64-v4 | FileCheck %s

// The default scale is 1/sqrt(D) in f32, with the D of q and k.

// CHECK-LABEL: @default_scale
func.func @default_scale(%q: tensor<1x16x2x8xbf16>, %v: tensor<1x16x2x4xbf16>) -> tensor<1x16x2x4xbf16> {
  // CHECK: %[[SCALE:.*]] = arith.constant 0.353553385 : f32
  // CHECK: rdattn.launch {{.*}} scale(%[[SCALE]])
  %o, %lse = rdattn.attend %q, %q, %v classes [contiguous 0 to 16]
      : tensor<1x16x2x8xbf16>, tensor<1x16x2x8xbf16>, tensor<1x16x2x4xbf16>
  return %o : tensor<1x16x2x4xbf16>
}

// CHECK-LABEL: @given_scale
func.func @given_scale(%q: tensor<1x16x2x8xf32>) -> tensor<1x16x2x8xf32> {
  // CHECK: %[[SCALE:.*]] = arith.constant -2.500000e-01 : f32
  // CHECK: rdattn.launch {{.*}} scale(%[[SCALE]])
  %o, %lse = rdattn.attend %q, %q, %q scale(-0.25) classes [contiguous 0 to 16] : tensor<1x16x2x8xf32>
  return %o : tensor<1x16x2x8xf32>
}

// CHECK-LABEL: @run_time_scale
// CHECK-SAME: %[[SCALE:[^ :]*]]: f32
func.func @run_time_scale(%q: tensor<1x16x2x8xf32>, %scale: f32) -> tensor<1x16x2x8xf32> {
  // CHECK: rdattn.launch {{.*}} scale(%[[SCALE]])
  %0:2 = rdattn.attend %q, %q, %q partial scale(%scale) classes [contiguous 0 to 16] : tensor<1x16x2x8xf32>
  %1:2 = rdattn.attend %q, %q, %q partial scale(%scale) classes [strided 0 to 16 stride 2] : tensor<1x16x2x8xf32>
  %o, %lse = rdattn.merge (%0#0, %0#1), (%1#0, %1#1) : tensor<1x16x2x8xf32> to tensor<1x16x2x8xf32>
  return %o : tensor<1x16x2x8xf32>
}

// Dynamic sizes come from the inputs: B, S and H from q, G from k.

// CHECK-LABEL: @dynamic_sizes
// CHECK-SAME: (%[[Q:.*]]: tensor<?x?x?x8xf32>, %[[K:.*]]: tensor<?x?x?x8xf32>, %[[V:.*]]: tensor<?x?x?x4xf32>)
func.func @dynamic_sizes(%q: tensor<?x?x?x8xf32>, %k: tensor<?x?x?x8xf32>, %v: tensor<?x?x?x4xf32>)
    -> (tensor<?x?x?x4xf32>, tensor<?x?x?xf32>) {
  // CHECK-DAG: %[[I0:.*]] = arith.constant 0 : index
  // CHECK-DAG: %[[B:.*]] = tensor.dim %[[Q]], %[[I0]]
  // CHECK-DAG: %[[I1:.*]] = arith.constant 1 : index
  // CHECK-DAG: %[[S:.*]] = tensor.dim %[[Q]], %[[I1]]
  // CHECK-DAG: %[[I2:.*]] = arith.constant 2 : index
  // CHECK-DAG: %[[H:.*]] = tensor.dim %[[Q]], %[[I2]]
  // CHECK-DAG: %[[J2:.*]] = arith.constant 2 : index
  // CHECK-DAG: %[[G:.*]] = tensor.dim %[[K]], %[[J2]]
  // CHECK: rdattn.plan batch(%[[B]]) tokens(%[[S]]) heads(%[[H]], %[[G]])
  // CHECK: %[[O_B:.*]] = tensor.dim %[[Q]], %
  // CHECK: %[[O_S:.*]] = tensor.dim %[[Q]], %
  // CHECK: %[[O_H:.*]] = tensor.dim %[[Q]], %
  // CHECK: tensor.empty(%[[O_B]], %[[O_S]], %[[O_H]]) : tensor<?x?x?x4xf32>
  // CHECK: %[[L0:.*]] = arith.constant 0 : index
  // CHECK: %[[L_B:.*]] = tensor.dim %[[Q]], %[[L0]]
  // CHECK: %[[L2:.*]] = arith.constant 2 : index
  // CHECK: %[[L_H:.*]] = tensor.dim %[[Q]], %[[L2]]
  // CHECK: %[[L1:.*]] = arith.constant 1 : index
  // CHECK: %[[L_S:.*]] = tensor.dim %[[Q]], %[[L1]]
  // CHECK: tensor.empty(%[[L_B]], %[[L_H]], %[[L_S]]) : tensor<?x?x?xf32>
  // CHECK: rdattn.launch
  %o, %lse = rdattn.attend %q, %k, %v classes [contiguous 0 to 16]
      : tensor<?x?x?x8xf32>, tensor<?x?x?x8xf32>, tensor<?x?x?x4xf32>
  return %o, %lse : tensor<?x?x?x4xf32>, tensor<?x?x?xf32>
}

// What is static is a constant, also where the rest is not.

// CHECK-LABEL: @partly_dynamic
// CHECK-SAME: (%[[Q:.*]]: tensor<2x?x4x8xf32>
func.func @partly_dynamic(%q: tensor<2x?x4x8xf32>, %k: tensor<2x?x1x8xf32>) -> tensor<2x?x4x8xf32> {
  // CHECK: %[[B:.*]] = arith.constant 2 : index
  // CHECK: %[[S:.*]] = tensor.dim %[[Q]], %
  // CHECK: %[[H:.*]] = arith.constant 4 : index
  // CHECK: %[[G:.*]] = arith.constant 1 : index
  // CHECK: rdattn.plan batch(%[[B]]) tokens(%[[S]]) heads(%[[H]], %[[G]])
  %o, %lse = rdattn.attend %q, %k, %k classes [contiguous 0 to 16]
      : tensor<2x?x4x8xf32>, tensor<2x?x1x8xf32>, tensor<2x?x1x8xf32>
  return %o : tensor<2x?x4x8xf32>
}
