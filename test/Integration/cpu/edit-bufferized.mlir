// DEFINE: %{inputs} = --q %t-q.npy --k %t-k.npy --v %t-v.npy
// DEFINE: %{same} = %python %S/../Inputs/same.py

// What runs is what the IR says, at the bufferised level: the tables, which are
// constants of the module now, and the schedule.

// RUN: %python %S/../Inputs/inputs.py %t 1x48x1x16xf32
// RUN: rdattn-run %s %{inputs} --o %t-unedited.npy --check=100
// RUN: rdattn-opt %s --rdattn-lower-to=level=bufferized -o %t.mlir
// RUN: rdattn-run %t.mlir %{inputs} --o %t-read.npy
// RUN: %{same} %t-read.npy %t-unedited.npy

// Classes of 8 rows instead of 16: tokens 16 to 31 see each other alone, and
// nobody writes the rest.

// RUN: sed 's/\[0, 0, 0, 16, \(1[67]\), 2,/[0, 0, 0, 8, \1, 2,/g' %t.mlir > %t-rows.mlir
// RUN: rdattn-run %t-rows.mlir %{inputs} --o %t-rows.npy
// RUN: sed 's/32 dilation 2/16 dilation 2, 16/' %s > %t-expected.mlir
// RUN: rdattn-run %t-expected.mlir %{inputs} --o %t-expected.npy --check=100
// RUN: %{same} %t-rows.npy %t-expected.npy --but 32:48

// Another schedule: the same values from other tiles.

// RUN: sed 's/#rdattn.cpu<[^>]*>/#rdattn.cpu<queries = 64, keys = 4, lanes = 4, vectors = 2, rows = 2, order = plain>/' %t.mlir > %t-tiles.mlir
// RUN: rdattn-run %t-tiles.mlir %{inputs} --o %t-tiles.npy --check=100
// RUN: %{same} %t-tiles.npy %t-unedited.npy --near
// RUN: not %{same} %t-tiles.npy %t-unedited.npy

func.func @attention(%q: tensor<1x48x1x16xf32>, %k: tensor<1x48x1x16xf32>, %v: tensor<1x48x1x16xf32>) -> tensor<1x48x1x16xf32> {
  %o, %lse = rdattn.attention %q, %k, %v pattern [16, 32 dilation 2] : tensor<1x48x1x16xf32>
  return %o : tensor<1x48x1x16xf32>
}
