// DEFINE: %{inputs} = --q %t-q.npy --k %t-k.npy --v %t-v.npy
// DEFINE: %{same} = %python %S/../Inputs/same.py

// What runs is what the IR says, at the CPU and the LLVM level: the rows of the
// table, of which two classes lose their second half.

// RUN: %python %S/../Inputs/inputs.py %t 1x48x1x16xf32
// RUN: rdattn-run %s %{inputs} --o %t-unedited.npy --check=100
// RUN: rdattn-opt %s --rdattn-lower-to=level=cpu -o %t.mlir
// RUN: rdattn-opt %s --rdattn-lower-to=level=llvm -o %t-llvm.mlir
// RUN: rdattn-run %t.mlir %{inputs} --o %t-cpu.npy
// RUN: %{same} %t-cpu.npy %t-unedited.npy
// RUN: rdattn-run %t-llvm.mlir %{inputs} --o %t-llvm.npy
// RUN: %{same} %t-llvm.npy %t-unedited.npy

// RUN: sed 's/32 dilation 2/16 dilation 2, 16/' %s > %t-expected.mlir
// RUN: rdattn-run %t-expected.mlir %{inputs} --o %t-expected.npy --check=100
// RUN: sed 's/\[0, 0, 0, 16, \(1[67]\), 2,/[0, 0, 0, 8, \1, 2,/g' %t.mlir > %t-cpu-edited.mlir
// RUN: rdattn-run %t-cpu-edited.mlir %{inputs} --o %t-cpu-edited.npy
// RUN: %{same} %t-cpu-edited.npy %t-expected.npy --but 32:48
// RUN: sed 's/\[0, 0, 0, 16, \(1[67]\), 2,/[0, 0, 0, 8, \1, 2,/g' %t-llvm.mlir > %t-llvm-edited.mlir
// RUN: rdattn-run %t-llvm-edited.mlir %{inputs} --o %t-llvm-edited.npy
// RUN: %{same} %t-llvm-edited.npy %t-expected.npy --but 32:48

func.func @attention(%q: tensor<1x48x1x16xf32>, %k: tensor<1x48x1x16xf32>, %v: tensor<1x48x1x16xf32>) -> tensor<1x48x1x16xf32> {
  %o, %lse = rdattn.attention %q, %k, %v pattern [16, 32 dilation 2] : tensor<1x48x1x16xf32>
  return %o : tensor<1x48x1x16xf32>
}
