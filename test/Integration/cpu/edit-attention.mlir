// DEFINE: %{inputs} = --q %t-q.npy --k %t-k.npy --v %t-v.npy
// DEFINE: %{same} = %python %S/../Inputs/same.py

// What runs is what the IR says, at the attention level: another dilation is
// another attention, and the definition goes with it.

// RUN: %python %S/../Inputs/inputs.py %t 1x48x1x16xf32
// RUN: rdattn-run %s %{inputs} --o %t-unedited.npy --check=100
// RUN: rdattn-opt %s --rdattn-lower-to=level=attention -o %t.mlir
// RUN: sed 's/dilation 2/dilation 4/' %t.mlir > %t-edited.mlir
// RUN: rdattn-run %t-edited.mlir %{inputs} --o %t-edited.npy --check=100
// RUN: not %{same} %t-edited.npy %t-unedited.npy 2>&1 | FileCheck %s

// The first segment was not edited.

// CHECK: rows of these tokens differ: [16, 17, {{.*}}, 46, 47]

func.func @attention(%q: tensor<1x48x1x16xf32>, %k: tensor<1x48x1x16xf32>, %v: tensor<1x48x1x16xf32>) -> tensor<1x48x1x16xf32> {
  %o, %lse = rdattn.attention %q, %k, %v pattern [16, 32 dilation 2] : tensor<1x48x1x16xf32>
  return %o : tensor<1x48x1x16xf32>
}
