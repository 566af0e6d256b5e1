// DEFINE: %{to} = rdattn-opt --rdattn-lower-to
// DEFINE: %{cpu} = cpu=x86-64-v3

// Each level in one go from the source, and then from the text of every level
// to itself and to every later one: the same to the letter.

// RUN: %{to}="level=attention %{cpu}" %s -o %t.attention
// RUN: %{to}="level=expanded %{cpu}" %s -o %t.expanded
// RUN: %{to}="level=launch %{cpu}" %s -o %t.launch
// RUN: %{to}="level=bufferized %{cpu}" %s -o %t.bufferized
// RUN: %{to}="level=cpu %{cpu}" %s -o %t.cpu
// RUN: %{to}="level=llvm %{cpu}" %s -o %t.llvm

// RUN: %{to}="level=attention %{cpu}" %t.attention | diff - %t.attention
// RUN: %{to}="level=expanded %{cpu}" %t.attention | diff - %t.expanded
// RUN: %{to}="level=launch %{cpu}" %t.attention | diff - %t.launch
// RUN: %{to}="level=bufferized %{cpu}" %t.attention | diff - %t.bufferized
// RUN: %{to}="level=cpu %{cpu}" %t.attention | diff - %t.cpu
// RUN: %{to}="level=llvm %{cpu}" %t.attention | diff - %t.llvm
// RUN: %{to}="level=expanded %{cpu}" %t.expanded | diff - %t.expanded
// RUN: %{to}="level=launch %{cpu}" %t.expanded | diff - %t.launch
// RUN: %{to}="level=bufferized %{cpu}" %t.expanded | diff - %t.bufferized
// RUN: %{to}="level=cpu %{cpu}" %t.expanded | diff - %t.cpu
// RUN: %{to}="level=llvm %{cpu}" %t.expanded | diff - %t.llvm
// RUN: %{to}="level=launch %{cpu}" %t.launch | diff - %t.launch
// RUN: %{to}="level=bufferized %{cpu}" %t.launch | diff - %t.bufferized
// RUN: %{to}="level=cpu %{cpu}" %t.launch | diff - %t.cpu
// RUN: %{to}="level=llvm %{cpu}" %t.launch | diff - %t.llvm
// RUN: %{to}="level=bufferized %{cpu}" %t.bufferized | diff - %t.bufferized
// RUN: %{to}="level=cpu %{cpu}" %t.bufferized | diff - %t.cpu
// RUN: %{to}="level=llvm %{cpu}" %t.bufferized | diff - %t.llvm
// RUN: %{to}="level=cpu %{cpu}" %t.cpu | diff - %t.cpu
// RUN: %{to}="level=llvm %{cpu}" %t.cpu | diff - %t.llvm
// RUN: %{to}="level=llvm %{cpu}" %t.llvm | diff - %t.llvm

// Several branches with a list of rows and a window; sizes that are planned for
// at run time; and one attention on the result of another.

func.func @attention(%q: tensor<1x24x4x8xf32>, %k: tensor<1x24x2x8xf32>, %v: tensor<1x24x2x4xf32>)
    -> (tensor<1x24x4x4xf32>, tensor<1x4x24xf32>) {
  %o, %lse = rdattn.attention %q, %k, %v causal
      pattern [8, 16 dilation 2 order hilbert] + [8 window 2] repeat
      : tensor<1x24x4x8xf32>, tensor<1x24x2x8xf32>, tensor<1x24x2x4xf32>
  return %o, %lse : tensor<1x24x4x4xf32>, tensor<1x4x24xf32>
}

func.func @dynamic(%q: tensor<?x?x?x8xbf16>, %k: tensor<?x?x?x8xbf16>, %v: tensor<?x?x?x8xbf16>, %scale: f32)
    -> tensor<?x?x?x8xbf16> {
  %o, %lse = rdattn.attention %q, %k, %v scale(%scale) pattern [8, 16 dilation 2] repeat per_head
      : tensor<?x?x?x8xbf16>
  return %o : tensor<?x?x?x8xbf16>
}

func.func @chain(%q: tensor<1x24x4x8xf16>, %k: tensor<1x24x4x8xf16>, %v: tensor<1x24x4x8xf16>)
    -> tensor<1x24x4x8xf16> {
  %o0, %lse0 = rdattn.attention %q, %k, %v pattern [8] repeat : tensor<1x24x4x8xf16>
  %o1, %lse1 = rdattn.attention %o0, %k, %v pattern [24 dilation 3] : tensor<1x24x4x8xf16>
  return %o1 : tensor<1x24x4x8xf16>
}
