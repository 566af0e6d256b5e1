// RUN: rdattn-opt %s -split-input-file -verify-diagnostics

func.func @splat(%x: i32) {
  // expected-error@+1 {{'rdtile.splat' op scalar must be 'f32', got 'i32'}}
  %0 = rdtile.splat %x : i32 -> !rdtile.accumulator<64>
  return
}

// -----

func.func @splat_rows(%x: f32) {
  // expected-error@+1 {{'rdtile.splat' op scalar must be 'i32', got 'f32'}}
  %0 = rdtile.splat %x : f32 -> !rdtile.rows<i32>
  return
}

// -----

func.func @splat_operand(%x: f32) {
  // expected-error@+1 {{'rdtile.splat' op result #0 must be f32 sums in the registers of a warpgroup or one scalar for each of a warpgroup's 64 rows, but got '!rdtile.operand<64xbf16>'}}
  %0 = rdtile.splat %x : f32 -> !rdtile.operand<64xbf16>
  return
}

// -----

func.func @map_columns(%s: !rdtile.accumulator<32>) {
  // expected-error@+1 {{'rdtile.map' op an accumulator among the operands must have the result's type '!rdtile.accumulator<64>', got '!rdtile.accumulator<32>'}}
  %0 = rdtile.map %s : !rdtile.accumulator<32> -> !rdtile.accumulator<64> {
  ^bb0(%x: f32):
    rdtile.yield %x : f32
  }
  return
}

// -----

// Rows stand for all columns, never the other way round.

func.func @map_to_rows(%s: !rdtile.accumulator<64>) {
  // expected-error@+1 {{'rdtile.map' op an accumulator among the operands must have the result's type '!rdtile.rows<f32>', got '!rdtile.accumulator<64>'}}
  %0 = rdtile.map %s : !rdtile.accumulator<64> -> !rdtile.rows<f32> {
  ^bb0(%x: f32):
    rdtile.yield %x : f32
  }
  return
}

// -----

func.func @map_arguments(%s: !rdtile.accumulator<64>, %m: !rdtile.rows<i32>) {
  // expected-error@+1 {{'rdtile.map' op region must take ('f32', 'i32') and yield 'f32'}}
  %0 = rdtile.map %s, %m : !rdtile.accumulator<64>, !rdtile.rows<i32> -> !rdtile.accumulator<64> {
  ^bb0(%x: f32, %y: f32):
    rdtile.yield %x : f32
  }
  return
}

// -----

func.func @map_indexed(%s: !rdtile.accumulator<64>) {
  // expected-error@+1 {{'rdtile.map' op region must take ('i32', 'i32', 'f32') and yield 'f32'}}
  %0 = rdtile.map indexed %s : !rdtile.accumulator<64> -> !rdtile.accumulator<64> {
  ^bb0(%row: i32, %x: f32):
    rdtile.yield %x : f32
  }
  return
}

// -----

func.func @map_indexed_rows() {
  // expected-error@+1 {{'rdtile.map' op region must take ('i32') and yield 'i32'}}
  %0 = rdtile.map indexed -> !rdtile.rows<i32> {
  ^bb0(%row: i32, %column: i32):
    rdtile.yield %row : i32
  }
  return
}

// -----

func.func @map_yield(%s: !rdtile.accumulator<64>, %n: i32) {
  // expected-error@+1 {{'rdtile.map' op region must take ('f32') and yield 'f32'}}
  %0 = rdtile.map %s : !rdtile.accumulator<64> -> !rdtile.accumulator<64> {
  ^bb0(%x: f32):
    rdtile.yield %n : i32
  }
  return
}

// -----

func.func @map_without_yield(%s: !rdtile.accumulator<64>) {
  // expected-error@+1 {{'rdtile.map' op region must take ('f32') and yield 'f32'}}
  %0 = rdtile.map %s : !rdtile.accumulator<64> -> !rdtile.accumulator<64> {
  ^bb0(%x: f32):
    rdtile.fence_tiles
  }
  return
}

// -----

func.func @reduce(%s: !rdtile.accumulator<64>, %m: !rdtile.rows<f32>) {
  // expected-error@+1 {{'rdtile.reduce' op must give rows of the type of its initial ones, '!rdtile.rows<f32>', got '!rdtile.rows<i32>'}}
  %0 = rdtile.reduce max %s, %m : !rdtile.accumulator<64>, !rdtile.rows<f32> -> !rdtile.rows<i32>
  return
}

// -----

func.func @reduce_words(%s: !rdtile.accumulator<64>, %m: !rdtile.rows<i32>) {
  // expected-error@+1 {{'rdtile.reduce' op add combines rows of f32, got '!rdtile.rows<i32>'}}
  %0 = rdtile.reduce add %s, %m : !rdtile.accumulator<64>, !rdtile.rows<i32> -> !rdtile.rows<i32>
  return
}

// -----

func.func @reduce_kind(%s: !rdtile.accumulator<64>, %m: !rdtile.rows<f32>) {
  // expected-error@+2 {{expected one of [max, add] for how scalars are combined, got: min}}
  // expected-error@+1 {{invalid value for property kind, expected how scalars are combined}}
  %0 = rdtile.reduce min %s, %m : !rdtile.accumulator<64>, !rdtile.rows<f32> -> !rdtile.rows<f32>
  return
}

// -----

func.func @combine(%m: !rdtile.rows<i32>) {
  // expected-error@+1 {{'rdtile.combine' op max combines rows of f32, got '!rdtile.rows<i32>'}}
  %0 = rdtile.combine max %m : !rdtile.rows<i32>
  return
}

// -----

func.func @combine_flags(%m: !rdtile.rows<i1>) {
  // expected-error@+1 {{'rdtile.combine' op add combines rows of f32, got '!rdtile.rows<i1>'}}
  %0 = rdtile.combine add %m : !rdtile.rows<i1>
  return
}

// -----

func.func @convert(%s: !rdtile.accumulator<64>) {
  // expected-error@+1 {{'rdtile.convert' op must keep the 64 columns, got '!rdtile.operand<32xbf16>'}}
  %0 = rdtile.convert %s : !rdtile.accumulator<64> -> !rdtile.operand<32xbf16>
  return
}
