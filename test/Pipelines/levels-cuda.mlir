// DEFINE: %{to} = rdattn-opt --rdattn-lower-to
// DEFINE: %{cuda} = target=cuda kernels=ptx

// As levels.mlir, for a GPU: each level from the source, and from the text of
// every level to itself and to the next, and to LLVM: the same to the letter.

// RUN: %{to}="level=expanded %{cuda}" %s -o %t.expanded
// RUN: %{to}="level=launch %{cuda}" %s -o %t.launch
// RUN: %{to}="level=bufferized %{cuda}" %s -o %t.bufferized
// RUN: %{to}="level=rdtile %{cuda}" %s -o %t.rdtile
// RUN: %{to}="level=nvvm %{cuda}" %s -o %t.nvvm
// RUN: %{to}="level=llvm %{cuda}" %s -o %t.llvm

// RUN: %{to}="level=launch %{cuda}" %t.expanded | diff - %t.launch
// RUN: %{to}="level=launch %{cuda}" %t.launch | diff - %t.launch
// RUN: %{to}="level=bufferized %{cuda}" %t.launch | diff - %t.bufferized
// RUN: %{to}="level=llvm %{cuda}" %t.launch | diff - %t.llvm
// RUN: %{to}="level=bufferized %{cuda}" %t.bufferized | diff - %t.bufferized
// RUN: %{to}="level=rdtile %{cuda}" %t.bufferized | diff - %t.rdtile
// RUN: %{to}="level=rdtile %{cuda}" %t.rdtile | diff - %t.rdtile
// RUN: %{to}="level=nvvm %{cuda}" %t.rdtile | diff - %t.nvvm
// RUN: %{to}="level=llvm %{cuda}" %t.rdtile | diff - %t.llvm
// RUN: %{to}="level=nvvm %{cuda}" %t.nvvm | diff - %t.nvvm
// RUN: %{to}="level=llvm %{cuda}" %t.nvvm | diff - %t.llvm
// RUN: %{to}="level=llvm %{cuda}" %t.llvm | diff - %t.llvm

func.func @branches(%q: tensor<1x24x4x8xbf16>, %k: tensor<1x24x2x8xbf16>, %v: tensor<1x24x2x4xbf16>)
    -> (tensor<1x24x4x4xbf16>, tensor<1x4x24xf32>) {
  %o, %lse = rdattn.attention %q, %k, %v causal
      pattern [8, 16 dilation 2 order hilbert] + [8 window 2] repeat
      : tensor<1x24x4x8xbf16>, tensor<1x24x2x8xbf16>, tensor<1x24x2x4xbf16>
  return %o, %lse : tensor<1x24x4x4xbf16>, tensor<1x4x24xf32>
}

func.func @dynamic(%q: tensor<?x?x?x8xf16>, %k: tensor<?x?x?x8xf16>, %v: tensor<?x?x?x8xf16>, %scale: f32)
    -> tensor<?x?x?x8xf16> {
  %o, %lse = rdattn.attention %q, %k, %v scale(%scale) pattern [8, 16 dilation 2] repeat
      : tensor<?x?x?x8xf16>
  return %o : tensor<?x?x?x8xf16>
}
