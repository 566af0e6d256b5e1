// RUN: rdattn-opt %s -split-input-file -verify-diagnostics

func.func @box(%maps: !rdtile.maps, %i: i32, %tile: !rdtile.tile<264x64xbf16>, %full: !rdtile.barriers<1>) {
  // expected-error@+1 {{'rdtile.copy_map' op brings at most 256 rows, a tensor map's limit, got '!rdtile.tile<264x64xbf16>'}}
  rdtile.copy_map %maps[%i] k at [%i, %i, %i, %i] to %tile signal %full[%i] : !rdtile.tile<264x64xbf16>, !rdtile.barriers<1>
  return
}

// -----

func.func @lookup_argument(%token: i32) {
  // expected-error@+1 {{'rdtile.lookup' op region must take ('i32') and yield 'i32'}}
  %0 = rdtile.lookup : !rdtile.tokens<128, threads = 128, lanes = 8> {
  ^bb0(%row: index):
    rdtile.yield %token : i32
  }
  return
}

// -----

func.func @lookup_arguments(%token: i32) {
  // expected-error@+1 {{'rdtile.lookup' op region must take ('i32') and yield 'i32'}}
  %0 = rdtile.lookup : !rdtile.tokens<128, threads = 128, lanes = 8> {
  ^bb0(%row: i32, %column: i32):
    rdtile.yield %token : i32
  }
  return
}

// -----

func.func @lookup_yield(%token: i64) {
  // expected-error@+1 {{'rdtile.lookup' op region must take ('i32') and yield 'i32'}}
  %0 = rdtile.lookup : !rdtile.tokens<128, threads = 128, lanes = 8> {
  ^bb0(%row: i32):
    rdtile.yield %token : i64
  }
  return
}

// -----

func.func @lookup_without_yield() {
  // expected-error@+1 {{'rdtile.lookup' op region must take ('i32') and yield 'i32'}}
  %0 = rdtile.lookup : !rdtile.tokens<128, threads = 128, lanes = 8> {
  ^bb0(%row: i32):
    rdtile.fence_tiles
  }
  return
}

// -----

func.func @yield(%token: i32) {
  // expected-error@+1 {{'rdtile.yield' op expects parent op to be one of 'rdtile.map, rdtile.lookup'}}
  rdtile.yield %token : i32
}

// -----

func.func @tokens(%from: memref<?x?x?x128xbf16>, %i: i32, %tokens: !rdtile.tokens<64, threads = 128, lanes = 8>, %tile: !rdtile.tile<128x128xbf16>) {
  // expected-error@+1 {{'rdtile.copy_rows' op needs a token for each of the tile's 128 rows, got '!rdtile.tokens<64, threads = 128, lanes = 8>'}}
  rdtile.copy_rows vectors %from[%i, %tokens, %i] to %tile : memref<?x?x?x128xbf16>, !rdtile.tokens<64, threads = 128, lanes = 8>, !rdtile.tile<128x128xbf16>
  return
}

// -----

func.func @source_columns(%from: memref<?x?x?x64xbf16>, %i: i32, %tokens: !rdtile.tokens<128, threads = 128, lanes = 8>, %tile: !rdtile.tile<128x128xbf16>) {
  // expected-error@+1 {{'rdtile.copy_rows' op source's rows must be the tile's 128 x 'bf16', got 'memref<?x?x?x64xbf16>'}}
  rdtile.copy_rows vectors %from[%i, %tokens, %i] to %tile : memref<?x?x?x64xbf16>, !rdtile.tokens<128, threads = 128, lanes = 8>, !rdtile.tile<128x128xbf16>
  return
}

// -----

func.func @source_element(%from: memref<?x?x?x128xf16>, %i: i32, %tokens: !rdtile.tokens<128, threads = 128, lanes = 8>, %tile: !rdtile.tile<128x128xbf16>) {
  // expected-error@+1 {{'rdtile.copy_rows' op source's rows must be the tile's 128 x 'bf16', got 'memref<?x?x?x128xf16>'}}
  rdtile.copy_rows vectors %from[%i, %tokens, %i] to %tile : memref<?x?x?x128xf16>, !rdtile.tokens<128, threads = 128, lanes = 8>, !rdtile.tile<128x128xbf16>
  return
}

// -----

func.func @source_dynamic(%from: memref<?x?x?x?xbf16>, %i: i32, %tokens: !rdtile.tokens<128, threads = 128, lanes = 8>, %tile: !rdtile.tile<128x128xbf16>) {
  // expected-error@+1 {{'rdtile.copy_rows' op source's rows must be the tile's 128 x 'bf16', got 'memref<?x?x?x?xbf16>'}}
  rdtile.copy_rows vectors %from[%i, %tokens, %i] to %tile : memref<?x?x?x?xbf16>, !rdtile.tokens<128, threads = 128, lanes = 8>, !rdtile.tile<128x128xbf16>
  return
}

// -----

func.func @method(%from: memref<?x?x?x128xbf16>, %i: i32, %tokens: !rdtile.tokens<128, threads = 128, lanes = 8>, %tile: !rdtile.tile<128x128xbf16>) {
  // expected-error@+2 {{expected one of [vectors, elements] for how a thread copies, got: bytes}}
  // expected-error@+1 {{invalid value for property method, expected how a thread copies}}
  rdtile.copy_rows bytes %from[%i, %tokens, %i] to %tile : memref<?x?x?x128xbf16>, !rdtile.tokens<128, threads = 128, lanes = 8>, !rdtile.tile<128x128xbf16>
  return
}

// -----

func.func @source_vectors(%from: memref<?x?x?x36xbf16>, %i: i32, %tokens: !rdtile.tokens<128, threads = 128, lanes = 8>, %tile: !rdtile.tile<128x36xbf16>) {
  // expected-error@+1 {{'rdtile.copy_rows' op vectors need a multiple of 8 columns, got 'memref<?x?x?x36xbf16>'}}
  rdtile.copy_rows vectors %from[%i, %tokens, %i] to %tile : memref<?x?x?x36xbf16>, !rdtile.tokens<128, threads = 128, lanes = 8>, !rdtile.tile<128x36xbf16>
  return
}

// -----

func.func @negate(%tile: !rdtile.tile<96x64xbf16>, %i: i32) {
  // expected-error@+1 {{'rdtile.negate_rows' op needs a tile of a multiple of 64 rows, got '!rdtile.tile<96x64xbf16>'}}
  rdtile.negate_rows %tile from(%i) : !rdtile.tile<96x64xbf16>
  return
}

// -----

func.func @target_columns(%o: !rdtile.accumulator<64>, %to: memref<?x?x?x72xbf16>, %i: i32, %tokens: !rdtile.rows<i32>) {
  // expected-error@+1 {{'rdtile.store_rows' op target's last dimension must be static and at most the accumulator's 64 columns, got 'memref<?x?x?x72xbf16>'}}
  rdtile.store_rows vectors %o to %to[%i, %tokens, %i] : !rdtile.accumulator<64>, memref<?x?x?x72xbf16>, !rdtile.rows<i32>
  return
}

// -----

func.func @target_dynamic(%o: !rdtile.accumulator<64>, %to: memref<?x?x?x?xbf16>, %i: i32, %tokens: !rdtile.rows<i32>) {
  // expected-error@+1 {{'rdtile.store_rows' op target's last dimension must be static and at most the accumulator's 64 columns, got 'memref<?x?x?x?xbf16>'}}
  rdtile.store_rows vectors %o to %to[%i, %tokens, %i] : !rdtile.accumulator<64>, memref<?x?x?x?xbf16>, !rdtile.rows<i32>
  return
}

// -----

func.func @target_element(%o: !rdtile.accumulator<64>, %to: memref<?x?x?x64xf64>, %i: i32, %tokens: !rdtile.rows<i32>) {
  // expected-error@+1 {{'rdtile.store_rows' op target's elements must be f32, bf16 or f16, got 'memref<?x?x?x64xf64>'}}
  rdtile.store_rows vectors %o to %to[%i, %tokens, %i] : !rdtile.accumulator<64>, memref<?x?x?x64xf64>, !rdtile.rows<i32>
  return
}

// -----

func.func @target_vectors(%o: !rdtile.accumulator<64>, %to: memref<?x?x?x36xbf16>, %i: i32, %tokens: !rdtile.rows<i32>) {
  // expected-error@+1 {{'rdtile.store_rows' op vectors need a multiple of 8 columns, got 'memref<?x?x?x36xbf16>'}}
  rdtile.store_rows vectors %o to %to[%i, %tokens, %i] : !rdtile.accumulator<64>, memref<?x?x?x36xbf16>, !rdtile.rows<i32>
  return
}

// -----

func.func @target_f32(%o: !rdtile.accumulator<64>, %to: memref<?x?x?x36xf32>, %i: i32, %tokens: !rdtile.rows<i32>) {
  // expected-error@+1 {{'rdtile.store_rows' op vectors need a multiple of 8 columns, got 'memref<?x?x?x36xf32>'}}
  rdtile.store_rows vectors %o to %to[%i, %tokens, %i] : !rdtile.accumulator<64>, memref<?x?x?x36xf32>, !rdtile.rows<i32>
  return
}

// -----

func.func @scalars(%o: !rdtile.rows<i32>, %to: memref<?x?x?xf32>, %i: i32, %tokens: !rdtile.rows<i32>) {
  // expected-error@+1 {{'rdtile.store_scalars' op scalars must be rows of f32, got '!rdtile.rows<i32>'}}
  rdtile.store_scalars %o to %to[%i, %i, %tokens] : !rdtile.rows<i32>, memref<?x?x?xf32>, !rdtile.rows<i32>
  return
}

// -----

func.func @scalar_tokens(%o: !rdtile.rows<f32>, %to: memref<?x?x?xf32>, %i: i32, %tokens: !rdtile.rows<f32>) {
  // expected-error@+1 {{'rdtile.store_scalars' op tokens must be rows of i32, got '!rdtile.rows<f32>'}}
  rdtile.store_scalars %o to %to[%i, %i, %tokens] : !rdtile.rows<f32>, memref<?x?x?xf32>, !rdtile.rows<f32>
  return
}

// -----

func.func @row_tokens(%o: !rdtile.accumulator<64>, %to: memref<?x?x?x64xbf16>, %i: i32, %tokens: !rdtile.rows<f32>) {
  // expected-error@+1 {{'rdtile.store_rows' op tokens must be rows of i32, got '!rdtile.rows<f32>'}}
  rdtile.store_rows vectors %o to %to[%i, %tokens, %i] : !rdtile.accumulator<64>, memref<?x?x?x64xbf16>, !rdtile.rows<f32>
  return
}

// -----

func.func @groups_in_flight() {
  // expected-error@+1 {{'rdtile.wait_copies' op in_flight must be 0 to 7, got 8}}
  rdtile.wait_copies in_flight(8)
  return
}

// -----

func.func @loaded_columns(%from: memref<?x?x?x72xf32>, %i: i32, %tokens: !rdtile.rows<i32>) {
  // expected-error@+1 {{'rdtile.load_rows' op source's last dimension must be static and at most the accumulator's 64 columns, got 'memref<?x?x?x72xf32>'}}
  %o = rdtile.load_rows vectors %from[%i, %tokens, %i] : memref<?x?x?x72xf32>, !rdtile.rows<i32> -> !rdtile.accumulator<64>
  return
}

// -----

func.func @loaded_vectors(%from: memref<?x?x?x36xf32>, %i: i32, %tokens: !rdtile.rows<i32>) {
  // expected-error@+1 {{'rdtile.load_rows' op vectors need a multiple of 8 columns, got 'memref<?x?x?x36xf32>'}}
  %o = rdtile.load_rows vectors %from[%i, %tokens, %i] : memref<?x?x?x36xf32>, !rdtile.rows<i32> -> !rdtile.accumulator<64>
  return
}

// -----

func.func @loaded_tokens(%from: memref<?x?x?x64xf32>, %i: i32, %tokens: !rdtile.rows<f32>) {
  // expected-error@+1 {{'rdtile.load_rows' op tokens must be rows of i32, got '!rdtile.rows<f32>'}}
  %o = rdtile.load_rows vectors %from[%i, %tokens, %i] : memref<?x?x?x64xf32>, !rdtile.rows<f32> -> !rdtile.accumulator<64>
  return
}

// -----

func.func @loaded_scalars(%from: memref<?x?x?xf32>, %i: i32, %tokens: !rdtile.rows<i32>) {
  // expected-error@+1 {{'rdtile.load_scalars' op scalars must be rows of f32, got '!rdtile.rows<i32>'}}
  %o = rdtile.load_scalars %from[%i, %i, %tokens] : memref<?x?x?xf32>, !rdtile.rows<i32> -> !rdtile.rows<i32>
  return
}
