// RUN: rdattn-opt %s --rdattn-expand-exp2 | FileCheck %s

// CHECK-LABEL: @vector
// CHECK-SAME: (%[[X:.*]]: vector<8xf32>)
func.func @vector(%x: vector<8xf32>) -> vector<8xf32> {
  // Constants, in any order: the bounds, what rounds, the exponent's place, and
  // p(0) = 1, so that whole powers of two are exact.
  // CHECK-DAG: %[[PLACE:.*]] = arith.constant dense<23> : vector<8xi32>
  // CHECK-DAG: %[[ONE:.*]] = arith.constant dense<1.000000e+00> : vector<8xf32>
  // CHECK-DAG: %[[ROUND:.*]] = arith.constant dense<0x4B400000> : vector<8xf32>
  // CHECK-DAG: %[[HIGH:.*]] = arith.constant dense<1.280000e+02> : vector<8xf32>
  // CHECK-DAG: %[[LOW:.*]] = arith.constant dense<-1.270000e+02> : vector<8xf32>
  // CHECK-NOT: math.exp2
  // Ordered comparisons: NaN is beyond neither bound and stays.
  // CHECK: %[[BELOW:.*]] = arith.cmpf ogt, %[[LOW]], %[[X]]
  // CHECK: %[[X1:.*]] = arith.select %[[BELOW]], %[[LOW]], %[[X]]
  // CHECK: %[[ABOVE:.*]] = arith.cmpf olt, %[[HIGH]], %[[X1]]
  // CHECK: %[[X2:.*]] = arith.select %[[ABOVE]], %[[HIGH]], %[[X1]]
  // CHECK: %[[SHIFTED:.*]] = arith.addf %[[X2]], %[[ROUND]]
  // CHECK: %[[WHOLE:.*]] = arith.subf %[[SHIFTED]], %[[ROUND]]
  // CHECK: %[[FRACTION:.*]] = arith.subf %[[X2]], %[[WHOLE]]
  // CHECK-COUNT-5: vector.fma %{{.*}}, %[[FRACTION]], %
  // CHECK: %[[P:.*]] = vector.fma %{{.*}}, %[[FRACTION]], %[[ONE]]
  // CHECK: %[[N:.*]] = arith.bitcast %[[SHIFTED]]
  // CHECK: %[[EXPONENT:.*]] = arith.shli %[[N]], %[[PLACE]]
  // CHECK: %[[BITS:.*]] = arith.bitcast %[[P]]
  // CHECK: %[[SCALED:.*]] = arith.addi %[[BITS]], %[[EXPONENT]]
  // CHECK: %[[RESULT:.*]] = arith.bitcast %[[SCALED]] : vector<8xi32> to vector<8xf32>
  // CHECK: return %[[RESULT]]
  %0 = math.exp2 %x : vector<8xf32>
  return %0 : vector<8xf32>
}

// CHECK-LABEL: @any_shape
func.func @any_shape(%x: vector<2x4xf32>) -> vector<2x4xf32> {
  // CHECK-NOT: math.exp2
  // CHECK: arith.bitcast {{.*}} : vector<2x4xi32> to vector<2x4xf32>
  %0 = math.exp2 %x : vector<2x4xf32>
  return %0 : vector<2x4xf32>
}

// The polynomial is for f32, and a scalar is no hot loop.

// CHECK-LABEL: @others
func.func @others(%x: f32, %y: vector<8xf64>, %z: vector<8xf16>, %v: vector<8xf32>)
    -> (f32, vector<8xf64>, vector<8xf16>, vector<8xf32>) {
  // CHECK: math.exp2 %{{.*}} : f32
  // CHECK: math.exp2 %{{.*}} : vector<8xf64>
  // CHECK: math.exp2 %{{.*}} : vector<8xf16>
  // CHECK: math.exp %{{.*}} : vector<8xf32>
  %0 = math.exp2 %x : f32
  %1 = math.exp2 %y : vector<8xf64>
  %2 = math.exp2 %z : vector<8xf16>
  %3 = math.exp %v : vector<8xf32>
  return %0, %1, %2, %3 : f32, vector<8xf64>, vector<8xf16>, vector<8xf32>
}
