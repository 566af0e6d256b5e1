// RUN: rdattn-opt %s | FileCheck %s

// Constant tables that say what their launches promise. B = 1, S = 16, H = 2;
// columns: batch, head, row, rows, first, stride, list, run, window.

#cpu = #rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>

// CHECK-LABEL: @contiguous
func.func @contiguous(%q: tensor<1x16x2x8xf32>, %scale: f32) -> tensor<1x16x2x8xf32> {
  %items = arith.constant dense<[[0, 0, 0, 16, 0, 1, -1, 1, 0], [0, 0, 8, 16, 0, 1, -1, 1, 0],
                                 [0, 1, 0, 16, 0, 1, -1, 1, 0], [0, 1, 8, 16, 0, 1, -1, 1, 0]]> : tensor<4x9xi32>
  %rows = arith.constant dense<> : tensor<0xi32>
  %phases = arith.constant dense<[0, 4]> : tensor<2xi32>
  // CHECK: rdattn.launch
  %o = rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<4x9xi32>, tensor<0xi32>, tensor<2xi32>)
      outs(%q : tensor<1x16x2x8xf32>) epilogue(store) schedule(#cpu)
  return %o : tensor<1x16x2x8xf32>
}

// Rows 0, 1, 6 and 7 of a class in runs of 2, then a window over a list, then
// rows that see themselves alone; the branches share a splat of phases.

// CHECK-LABEL: @every_kind
func.func @every_kind(%q: tensor<1x16x2x8xf32>, %scale: f32) -> tensor<1x16x2x8xf32> {
  %items = arith.constant dense<[[0, 0, 0, 4, 8, 1, 0, 2, 0], [0, 0, 0, 3, 0, 1, 2, 1, 2],
                                 [0, 1, 0, 16, 0, 1, -1, 1, 1]]> : tensor<3x9xi32>
  %rows = arith.constant dense<[0, 6, 5, 15, 2]> : tensor<5xi32>
  %phases = arith.constant dense<[0, 2, 2, 3]> : tensor<4xi32>
  // CHECK: rdattn.launch
  %o = rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<3x9xi32>, tensor<5xi32>, tensor<4xi32>)
      outs(%q : tensor<1x16x2x8xf32>) gathered windowed isolated epilogue(merge) schedule(#cpu)
  return %o : tensor<1x16x2x8xf32>
}

// CHECK-LABEL: @nothing_to_do
func.func @nothing_to_do(%q: tensor<1x0x2x8xf32>, %scale: f32) -> tensor<1x0x2x8xf32> {
  %items = arith.constant dense<> : tensor<0x9xi32>
  %rows = arith.constant dense<> : tensor<0xi32>
  %phases = arith.constant dense<0> : tensor<2xi32>
  // CHECK: rdattn.launch
  %o = rdattn.launch ins(%q, %q, %q : tensor<1x0x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<0x9xi32>, tensor<0xi32>, tensor<2xi32>)
      outs(%q : tensor<1x0x2x8xf32>) epilogue(store) schedule(#cpu)
  return %o : tensor<1x0x2x8xf32>
}
