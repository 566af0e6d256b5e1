// DEFINE: %{inputs} = --q %t-q.npy --k %t-k.npy --v %t-v.npy
// DEFINE: %{same} = %python %S/../Inputs/same.py

// What runs is what the IR says, at the expanded level: the classes.

// RUN: %python %S/../Inputs/inputs.py %t 1x48x1x16xf32
// RUN: rdattn-run %s %{inputs} --o %t-unedited.npy --check=100
// RUN: rdattn-opt %s --rdattn-lower-to=level=expanded -o %t.mlir
// RUN: rdattn-run %t.mlir %{inputs} --o %t-read.npy
// RUN: %{same} %t-read.npy %t-unedited.npy

// Another stride: what a dilation of 4 computes. It is not what was asked for,
// which the function still knows, so a check fails.

// RUN: sed 's/stride 2/stride 4/' %t.mlir > %t-stride.mlir
// RUN: rdattn-run %t-stride.mlir %{inputs} --o %t-stride.npy
// RUN: sed 's/dilation 2/dilation 4/' %s > %t-dilation-4.mlir
// RUN: rdattn-run %t-dilation-4.mlir %{inputs} --o %t-dilation-4.npy --check=100
// RUN: %{same} %t-stride.npy %t-dilation-4.npy
// RUN: not %{same} %t-stride.npy %t-unedited.npy
// RUN: not rdattn-run %t-stride.mlir %{inputs} --check=100 | FileCheck %s

// CHECK: check {{ *}}o {{.*}}: FAILED

// Another end: tokens 12 to 15 are in no class, so they are empty (S5), and the
// first segment is 12 tokens long.

// RUN: sed 's/contiguous 0 to 16/contiguous 0 to 12/' %t.mlir > %t-end.mlir
// RUN: rdattn-run %t-end.mlir %{inputs} --o %t-end.npy
// RUN: sed 's/\[16,/[12, 4,/' %s > %t-12.mlir
// RUN: rdattn-run %t-12.mlir %{inputs} --o %t-12.npy --check=100
// RUN: %{same} %t-end.npy %t-12.npy --empty 12:16

func.func @attention(%q: tensor<1x48x1x16xf32>, %k: tensor<1x48x1x16xf32>, %v: tensor<1x48x1x16xf32>) -> tensor<1x48x1x16xf32> {
  %o, %lse = rdattn.attention %q, %k, %v pattern [16, 32 dilation 2] : tensor<1x48x1x16xf32>
  return %o : tensor<1x48x1x16xf32>
}
