//===- DeviceKernels.h - Kernels for tests on a GPU -------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TEST_RUNTIME_CUDA_DEVICEKERNELS_H
#define RDATTN_TEST_RUNTIME_CUDA_DEVICEKERNELS_H

#include <string>

namespace rdattn::test {

/// `count` parameters of 64 bits called `name`0, `name`1, ...
inline std::string wordsOf(const char *name, int count) {
  std::string text;
  for (int i = 0; i < count; ++i)
    text += std::string("  .param .u64 ") + name + std::to_string(i) + ",\n";
  return text;
}

/// A kernel with parameters "ciqos", before them "m" where it takes maps. Its
/// blocks take the items one by one: item t writes word t of o, 16 bits, as the
/// sum of word t of q and the item's rows. First they wait for `scale`
/// nanoseconds; the last one sets the counter back.
inline std::string addRows(const char *name, bool takesMaps) {
  return ".visible .entry " + std::string(name) + "(\n" +
         (takesMaps ? "  .param .align 64 .b8 maps[2816],\n" : "") +
         wordsOf("c", 5) + wordsOf("i", 7) + wordsOf("q", 11) +
         wordsOf("o", 11) + R"(  .param .f32 scale
) {
  .reg .pred %p<4>;
  .reg .b16 %h<3>;
  .reg .b32 %r<8>;
  .reg .b64 %d<16>;
  .reg .f32 %f0;
  mov.u32 %r0, %tid.x;
  setp.ne.u32 %p0, %r0, 0;
  @%p0 bra DONE;
  ld.param.f32 %f0, [scale];
  cvt.rzi.u64.f32 %d0, %f0;
  mov.u64 %d1, %globaltimer;
  add.u64 %d2, %d1, %d0;
WAIT:
  mov.u64 %d1, %globaltimer;
  setp.lt.u64 %p1, %d1, %d2;
  @%p1 bra WAIT;
  ld.param.u64 %d3, [c1];
  ld.param.u64 %d4, [i1];
  ld.param.u64 %d5, [i3];
  ld.param.u64 %d6, [q1];
  ld.param.u64 %d7, [o1];
NEXT:
  atom.global.add.u32 %r1, [%d3], 1;
  cvt.u64.u32 %d8, %r1;
  setp.ge.u64 %p1, %d8, %d5;
  @%p1 bra END;
  mad.lo.u64 %d9, %d8, 36, %d4;
  ld.global.u32 %r2, [%d9+12];
  shl.b64 %d10, %d8, 1;
  add.u64 %d11, %d6, %d10;
  ld.global.u16 %h1, [%d11];
  cvt.u32.u16 %r3, %h1;
  add.u32 %r3, %r3, %r2;
  cvt.u16.u32 %h2, %r3;
  add.u64 %d12, %d7, %d10;
  st.global.u16 [%d12], %h2;
  bra NEXT;
END:
  membar.gl;
  atom.global.add.u32 %r4, [%d3+4], 1;
  mov.u32 %r5, %nctaid.x;
  sub.u32 %r5, %r5, 1;
  setp.ne.u32 %p2, %r4, %r5;
  @%p2 bra DONE;
  mov.u32 %r6, 0;
  st.global.u32 [%d3], %r6;
  st.global.u32 [%d3+4], %r6;
DONE:
  ret;
}
)";
}

/// A module of two such kernels.
inline std::string deviceKernels() {
  return ".version 7.0\n.target sm_80\n.address_size 64\n" +
         addRows("add_map", true) + addRows("add_elements", false);
}

} // namespace rdattn::test

#endif // RDATTN_TEST_RUNTIME_CUDA_DEVICEKERNELS_H
