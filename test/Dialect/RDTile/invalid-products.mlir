// RUN: rdattn-opt %s -split-input-file -verify-diagnostics

func.func @score_columns(%q: !rdtile.tile<128x64xbf16>, %k: !rdtile.tile<128x96xbf16>, %first: i32) {
  // expected-error@+1 {{'rdtile.start_scores' op q and k must have the same columns and element type, got '!rdtile.tile<128x64xbf16>' and '!rdtile.tile<128x96xbf16>'}}
  %0 = rdtile.start_scores %q rows(%first), %k : !rdtile.tile<128x64xbf16>, !rdtile.tile<128x96xbf16> -> !rdtile.pending<128>
  return
}

// -----

func.func @score_elements(%q: !rdtile.tile<128x64xbf16>, %k: !rdtile.tile<128x64xf16>, %first: i32) {
  // expected-error@+1 {{'rdtile.start_scores' op q and k must have the same columns and element type, got '!rdtile.tile<128x64xbf16>' and '!rdtile.tile<128x64xf16>'}}
  %0 = rdtile.start_scores %q rows(%first), %k : !rdtile.tile<128x64xbf16>, !rdtile.tile<128x64xf16> -> !rdtile.pending<128>
  return
}

// -----

// A warpgroup multiplies 64 rows.

func.func @score_rows(%q: !rdtile.tile<96x64xbf16>, %k: !rdtile.tile<128x64xbf16>, %first: i32) {
  // expected-error@+1 {{'rdtile.start_scores' op q's rows must be a multiple of 64, got 96}}
  %0 = rdtile.start_scores %q rows(%first), %k : !rdtile.tile<96x64xbf16>, !rdtile.tile<128x64xbf16> -> !rdtile.pending<128>
  return
}

// -----

func.func @score_result(%q: !rdtile.tile<128x64xbf16>, %k: !rdtile.tile<128x64xbf16>, %first: i32) {
  // expected-error@+1 {{'rdtile.start_scores' op result must have a column for each of k's 128 rows, got '!rdtile.pending<64>'}}
  %0 = rdtile.start_scores %q rows(%first), %k : !rdtile.tile<128x64xbf16>, !rdtile.tile<128x64xbf16> -> !rdtile.pending<64>
  return
}

// -----

func.func @output_depth(%p: !rdtile.operand<128xbf16>, %v: !rdtile.tile<64x64xbf16>) {
  // expected-error@+1 {{'rdtile.start_outputs' op p's columns must be v's rows, of one element type, got '!rdtile.operand<128xbf16>' and '!rdtile.tile<64x64xbf16>'}}
  %0 = rdtile.start_outputs %p, %v : !rdtile.operand<128xbf16>, !rdtile.tile<64x64xbf16> -> !rdtile.pending<64>
  return
}

// -----

func.func @output_elements(%p: !rdtile.operand<128xbf16>, %v: !rdtile.tile<128x64xf16>) {
  // expected-error@+1 {{'rdtile.start_outputs' op p's columns must be v's rows, of one element type, got '!rdtile.operand<128xbf16>' and '!rdtile.tile<128x64xf16>'}}
  %0 = rdtile.start_outputs %p, %v : !rdtile.operand<128xbf16>, !rdtile.tile<128x64xf16> -> !rdtile.pending<64>
  return
}

// -----

func.func @output_result(%p: !rdtile.operand<128xbf16>, %v: !rdtile.tile<128x64xbf16>) {
  // expected-error@+1 {{'rdtile.start_outputs' op result must have v's columns in whole eights, 64, got '!rdtile.pending<128>'}}
  %0 = rdtile.start_outputs %p, %v : !rdtile.operand<128xbf16>, !rdtile.tile<128x64xbf16> -> !rdtile.pending<128>
  return
}

// -----

func.func @output_eights(%p: !rdtile.operand<128xbf16>, %v: !rdtile.tile<128x36xbf16>) {
  // expected-error@+1 {{'rdtile.start_outputs' op result must have v's columns in whole eights, 40, got '!rdtile.pending<32>'}}
  %0 = rdtile.start_outputs %p, %v : !rdtile.operand<128xbf16>, !rdtile.tile<128x36xbf16> -> !rdtile.pending<32>
  return
}

// -----

func.func @output_initial(%p: !rdtile.operand<128xbf16>, %v: !rdtile.tile<128x64xbf16>, %o: !rdtile.accumulator<32>) {
  // expected-error@+1 {{'rdtile.start_outputs' op must be added to an accumulator of 64 columns, got '!rdtile.accumulator<32>'}}
  %0 = "rdtile.start_outputs"(%p, %v, %o) <{operandSegmentSizes = array<i32: 1, 1, 1>}> : (!rdtile.operand<128xbf16>, !rdtile.tile<128x64xbf16>, !rdtile.accumulator<32>) -> !rdtile.pending<64>
  return
}

// -----

func.func @negative(%s: !rdtile.pending<64>) {
  // expected-error@+1 {{'rdtile.wait_mma' op in_flight must be 0 to 7, got -1}}
  %0 = rdtile.wait_mma %s in_flight(-1) : !rdtile.pending<64>
  return
}

// -----

func.func @deep(%s: !rdtile.pending<64>) {
  // expected-error@+1 {{'rdtile.wait_mma' op in_flight must be 0 to 7, got 8}}
  %0 = rdtile.wait_mma %s in_flight(8) : !rdtile.pending<64>
  return
}

// -----

func.func @wait_result(%s: !rdtile.pending<64>) {
  // expected-error@+1 {{'rdtile.wait_mma' op must give the accumulator of '!rdtile.pending<64>', got '!rdtile.accumulator<32>'}}
  %0 = "rdtile.wait_mma"(%s) <{in_flight = 0 : i64}> : (!rdtile.pending<64>) -> !rdtile.accumulator<32>
  return
}

// -----

func.func @hold_tokens(%tokens: !rdtile.rows<i32>) {
  // expected-error@+1 {{'rdtile.hold_waits' op factors must be f32, but they are '!rdtile.rows<i32>'}}
  rdtile.hold_waits %tokens : !rdtile.rows<i32>
  return
}

// -----

func.func @several_scores(%q: !rdtile.tile<64x64xbf16>, %first: i32, %k: !rdtile.tile<32x64xbf16>) {
  // expected-error@+1 {{'rdtile.start_scores' op must have a result for each 64 of q's 64 rows that it multiplies, got 2 results}}
  %s:2 = rdtile.start_scores %q rows(%first), %k : !rdtile.tile<64x64xbf16>, !rdtile.tile<32x64xbf16> -> !rdtile.pending<32>, !rdtile.pending<32>
  return
}

// -----

func.func @several_outputs(%p: !rdtile.operand<32xbf16>, %v: !rdtile.tile<32x64xbf16>, %o: !rdtile.accumulator<64>) {
  // expected-error@+1 {{'rdtile.start_outputs' op must have a result, and one or no initial accumulator, for each p, got 2 p, 1 initial and 2 results}}
  %0:2 = "rdtile.start_outputs"(%p, %p, %v, %o) <{operandSegmentSizes = array<i32: 2, 1, 1>}> : (!rdtile.operand<32xbf16>, !rdtile.operand<32xbf16>, !rdtile.tile<32x64xbf16>, !rdtile.accumulator<64>) -> (!rdtile.pending<64>, !rdtile.pending<64>)
  return
}
