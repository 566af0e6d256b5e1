// DEFINE: %{run} = rdattn-run %s --q %t-q.npy --k %t-k.npy --v %t-v.npy

// One module for every B, S, H and G; the scale is an argument.

// RUN: %python %S/../Inputs/inputs.py %t 1x48x2x16xf32
// RUN: %{run} --check=100 | FileCheck %s --check-prefix=FIRST
// RUN: %python %S/../Inputs/inputs.py %t 2x29x6x16xf32 --kv-heads 3
// RUN: %{run} --check=100 --scale=-0.5 | FileCheck %s --check-prefix=SECOND

// FIRST: 96 rows against the definition
// SECOND: 348 rows against the definition

// S2: what a static S is told when it is compiled, a dynamic one is told when
// it runs.

// RUN: %python %S/../Inputs/inputs.py %t 1x49x2x16xf32
// RUN: not %{run} --check 2>&1 | FileCheck %s --check-prefix=LONG

// LONG: error: {{.*}}S = 49 is longer than the pattern's 48 tokens; shorten the input, lengthen a segment, or let the branch `repeat`

func.func @attention(%q: tensor<?x?x?x16xf32>, %k: tensor<?x?x?x16xf32>, %v: tensor<?x?x?x16xf32>, %scale: f32)
    -> (tensor<?x?x?x16xf32>, tensor<?x?x?xf32>) {
  %o, %lse = rdattn.attention %q, %k, %v causal scale(%scale)
      pattern [16, 32 dilation 4] + [8 dilation 2 order hilbert] repeat : tensor<?x?x?x16xf32>
  return %o, %lse : tensor<?x?x?x16xf32>, tensor<?x?x?xf32>
}
