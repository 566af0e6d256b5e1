// RUN: rdattn-opt %s --convert-rdattn-launch-to-cpu --split-input-file --verify-diagnostics

func.func @launch_on_tensors(%q: tensor<1x16x2x8xf32>, %scale: f32, %items: tensor<?x9xi32>,
                             %rows: tensor<?xi32>, %phases: tensor<2xi32>) -> tensor<1x16x2x8xf32> {
  %empty = tensor.empty() : tensor<1x16x2x8xf32>
  // expected-error@+1 {{'rdattn.launch' op must be on memrefs to become CPU code; bufferise it first}}
  %o = rdattn.launch ins(%q, %q, %q : tensor<1x16x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : tensor<?x9xi32>, tensor<?xi32>, tensor<2xi32>)
      outs(%empty : tensor<1x16x2x8xf32>) epilogue(store)
      schedule(#rdattn.cpu<queries = 8, keys = 4, lanes = 8, vectors = 1, rows = 4, order = plain>)
  return %o : tensor<1x16x2x8xf32>
}

// -----

func.func @huge_tiles(%q: memref<1x40x2x8xf32>, %o: memref<1x40x2x8xf32>, %items: memref<2x9xi32>,
                      %rows: memref<0xi32>, %phases: memref<2xi32>, %scale: f32) {
  // expected-error@+1 {{'rdattn.launch' op needs more than 1 TiB of scratch for each thread with queries = 4611686018427387904, keys = 96, D = 8 and Dv = 8; make them smaller}}
  rdattn.launch ins(%q, %q, %q : memref<1x40x2x8xf32>) scale(%scale)
      table(%items, %rows, %phases : memref<2x9xi32>, memref<0xi32>, memref<2xi32>)
      outs(%o : memref<1x40x2x8xf32>) epilogue(store)
      schedule(#rdattn.cpu<queries = 4611686018427387904, keys = 96, lanes = 16, vectors = 4, rows = 6, order = plain>)
  return
}
