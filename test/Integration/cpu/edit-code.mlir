// DEFINE: %{inputs} = --q %t-q.npy --k %t-k.npy --v %t-v.npy
// DEFINE: %{same} = %python %S/../Inputs/same.py

// What runs is what the IR says, at the CPU and the LLVM level: a constant of
// the kernel, the scale.

// RUN: %python %S/../Inputs/inputs.py %t 1x48x1x16xf32
// RUN: rdattn-run %s %{inputs} --o %t-unedited.npy --check=100
// RUN: rdattn-opt %s --rdattn-lower-to=level=cpu -o %t.mlir
// RUN: rdattn-opt %s --rdattn-lower-to=level=llvm -o %t-llvm.mlir
// RUN: rdattn-run %t.mlir %{inputs} --o %t-cpu.npy
// RUN: %{same} %t-cpu.npy %t-unedited.npy
// RUN: rdattn-run %t-llvm.mlir %{inputs} --o %t-llvm.npy
// RUN: %{same} %t-llvm.npy %t-unedited.npy

// RUN: sed 's/pattern/scale(0.5) pattern/' %s > %t-scaled.mlir
// RUN: rdattn-run %t-scaled.mlir %{inputs} --o %t-scaled.npy --check=100
// RUN: sed 's/2.500000e-01/5.000000e-01/' %t.mlir > %t-cpu-edited.mlir
// RUN: rdattn-run %t-cpu-edited.mlir %{inputs} --o %t-cpu-edited.npy
// RUN: %{same} %t-cpu-edited.npy %t-scaled.npy
// RUN: sed 's/2.500000e-01/5.000000e-01/' %t-llvm.mlir > %t-llvm-edited.mlir
// RUN: rdattn-run %t-llvm-edited.mlir %{inputs} --o %t-llvm-edited.npy
// RUN: %{same} %t-llvm-edited.npy %t-scaled.npy

func.func @attention(%q: tensor<1x48x1x16xf32>, %k: tensor<1x48x1x16xf32>, %v: tensor<1x48x1x16xf32>) -> tensor<1x48x1x16xf32> {
  %o, %lse = rdattn.attention %q, %k, %v pattern [16, 32 dilation 2] : tensor<1x48x1x16xf32>
  return %o : tensor<1x48x1x16xf32>
}
