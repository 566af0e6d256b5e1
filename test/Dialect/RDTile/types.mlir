// RUN: rdattn-opt %s | FileCheck %s
// RUN: rdattn-opt %s | rdattn-opt | FileCheck %s
// RUN: rdattn-opt %s -emit-bytecode | rdattn-opt | FileCheck %s

// Any number of columns up to 256: the panel's last ones are padding.

// CHECK: @tiles(!rdtile.tile<128x128xbf16>, !rdtile.tile<8x1xf16>, !rdtile.tile<176x40xbf16>, !rdtile.tile<64x256xf16>)
func.func private @tiles(!rdtile.tile<128x128xbf16>, !rdtile.tile<8x1xf16>, !rdtile.tile<176x40xbf16>,
                         !rdtile.tile<64x256xf16>)

// CHECK: @rings(!rdtile.ring<2, 128x64xbf16>, !rdtile.ring<1, 192x96xf16>)
func.func private @rings(!rdtile.ring<2, 128x64xbf16>, !rdtile.ring<1, 192x96xf16>)

// CHECK: @barriers(!rdtile.barriers<1>, !rdtile.barriers<8>)
func.func private @barriers(!rdtile.barriers<1>, !rdtile.barriers<8>)

// CHECK: @fragments(!rdtile.accumulator<8>, !rdtile.accumulator<256>, !rdtile.pending<176>, !rdtile.operand<16xf16>, !rdtile.operand<256xbf16>)
func.func private @fragments(!rdtile.accumulator<8>, !rdtile.accumulator<256>, !rdtile.pending<176>,
                             !rdtile.operand<16xf16>, !rdtile.operand<256xbf16>)

// CHECK: @rows(!rdtile.rows<f32>, !rdtile.rows<i32>, !rdtile.rows<i1>)
func.func private @rows(!rdtile.rows<f32>, !rdtile.rows<i32>, !rdtile.rows<i1>)

// CHECK: @tokens(!rdtile.tokens<128, threads = 128, lanes = 8>, !rdtile.tokens<80, threads = 64, lanes = 1>)
func.func private @tokens(!rdtile.tokens<128, threads = 128, lanes = 8>, !rdtile.tokens<80, lanes = 1, threads = 64>)

// CHECK: @maps(!rdtile.maps)
func.func private @maps(!rdtile.maps)
