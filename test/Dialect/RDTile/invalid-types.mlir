// RUN: rdattn-opt %s -split-input-file -verify-diagnostics

// expected-error@+1 {{element type must be bf16, f16 or f32, got 'f64'}}
func.func private @element(!rdtile.tile<128x128xf64>)

// -----

// expected-error@+1 {{rows must be a multiple of 8, the height of the swizzle's pattern, got 100}}
func.func private @rows(!rdtile.tile<100x128xbf16>)

// -----

// expected-error@+1 {{rows must be a multiple of 8, the height of the swizzle's pattern, got 0}}
func.func private @no_rows(!rdtile.tile<0x128xbf16>)

// -----

// expected-error@+1 {{columns must be 1 to 256, got 0}}
func.func private @no_columns(!rdtile.tile<128x0xbf16>)

// -----

// expected-error@+1 {{columns must be 1 to 256, got 257}}
func.func private @wide(!rdtile.tile<128x257xbf16>)

// -----

// expected-error@+1 {{expected 2 dimensions, got 1}}
func.func private @shape(!rdtile.tile<128xbf16>)

// -----

// expected-error@+1 {{expected 2 dimensions, got 3}}
func.func private @deep(!rdtile.tile<2x128x128xbf16>)

// -----

// expected-error@+1 {{expected static shape}}
func.func private @dynamic(!rdtile.tile<?x128xbf16>)

// -----

// expected-error@+1 {{a ring must have at least 1 stage, got 0}}
func.func private @stages(!rdtile.ring<0, 128x128xbf16>)

// -----

// expected-error@+1 {{element type must be bf16, f16 or f32, got 'i16'}}
func.func private @ring_element(!rdtile.ring<2, 128x128xi16>)

// -----

// expected-error@+1 {{rows must be a multiple of 8, the height of the swizzle's pattern, got 12}}
func.func private @ring_rows(!rdtile.ring<2, 12x128xbf16>)

// -----

// expected-error@+1 {{expected 2 dimensions, got 3}}
func.func private @ring_shape(!rdtile.ring<2, 2x128x128xbf16>)

// -----

// expected-error@+1 {{count must be at least 1, got 0}}
func.func private @count(!rdtile.barriers<0>)

// -----

// expected-error@+1 {{columns must be a multiple of 8 up to 256, got 12}}
func.func private @accumulator(!rdtile.accumulator<12>)

// -----

// expected-error@+1 {{columns must be a multiple of 8 up to 256, got 0}}
func.func private @no_accumulator(!rdtile.accumulator<0>)

// -----

// expected-error@+1 {{columns must be a multiple of 8 up to 256, got 264}}
func.func private @wide_accumulator(!rdtile.accumulator<264>)

// -----

// expected-error@+1 {{columns must be a multiple of 8 up to 256, got 100}}
func.func private @pending(!rdtile.pending<100>)

// -----

// One wgmma multiplies 16 columns of its left operand.

// expected-error@+1 {{columns must be a multiple of 16 up to 256, got 24}}
func.func private @operand(!rdtile.operand<24xbf16>)

// -----

// expected-error@+1 {{element type must be bf16, f16 or f32, got 'f64'}}
func.func private @operand_element(!rdtile.operand<32xf64>)

// -----

// expected-error@+1 {{expected 1 dimension, got 2}}
func.func private @operand_shape(!rdtile.operand<64x32xbf16>)

// -----

// expected-error@+1 {{rows must hold f32, i32 or i1, got 'bf16'}}
func.func private @rows_of_floats(!rdtile.rows<bf16>)

// -----

// expected-error@+1 {{rows must hold f32, i32 or i1, got 'i64'}}
func.func private @rows_of_words(!rdtile.rows<i64>)

// -----

// expected-error@+1 {{lanes must be 1, 2, 4 or 8, the 16-byte parts of a panel's row, got 3}}
func.func private @lanes(!rdtile.tokens<128, threads = 128, lanes = 3>)

// -----

// expected-error@+1 {{lanes must be 1, 2, 4 or 8, the 16-byte parts of a panel's row, got 16}}
func.func private @many_lanes(!rdtile.tokens<128, threads = 128, lanes = 16>)

// -----

// expected-error@+1 {{threads must be a multiple of 32 up to 1024, got 48}}
func.func private @threads(!rdtile.tokens<128, threads = 48, lanes = 8>)

// -----

// expected-error@+1 {{threads must be a multiple of 32 up to 1024, got 2048}}
func.func private @many_threads(!rdtile.tokens<2048, threads = 2048, lanes = 1>)

// -----

// expected-error@+1 {{rows must be at least 1, got 0}}
func.func private @no_tokens(!rdtile.tokens<0, threads = 128, lanes = 4>)
