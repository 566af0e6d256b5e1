// DEFINE: %{inputs} = --q %t-q.npy --k %t-k.npy --v %t-v.npy
// DEFINE: %{same} = %python %S/../Inputs/same.py

// What runs is what the IR says, at the launch level: table and schedule.

// RUN: %python %S/../Inputs/inputs.py %t 1x48x1x16xf32
// RUN: rdattn-run %s %{inputs} --o %t-unedited.npy --check=100
// RUN: rdattn-opt %s --rdattn-lower-to=level=launch -o %t.mlir
// RUN: rdattn-run %t.mlir %{inputs} --o %t-read.npy
// RUN: %{same} %t-read.npy %t-unedited.npy

// One row of the table less: the class of tokens 17, 19, ... is not computed,
// and nobody writes its rows.

// RUN: sed -e 's/, \[0, 0, 0, 16, 17, 2, -1, 1, 0\]\]/]/' -e 's/3x9/2x9/g' -e 's/\[0, 3\]/[0, 2]/' %t.mlir > %t-dropped.mlir
// RUN: rdattn-run %t-dropped.mlir %{inputs} --o %t-dropped.npy
// RUN: %{same} %t-dropped.npy %t-unedited.npy --but 17:48:2
// RUN: not rdattn-run %t-dropped.mlir %{inputs} --check=100 | FileCheck %s --check-prefix=DROPPED

// DROPPED: check {{ *}}o {{ *}}max error INF{{.*}}: FAILED

// A table that contradicts itself is refused.

// RUN: sed 's/\[0, 3\]/[0, 2]/' %t.mlir | not rdattn-run - %{inputs} --check 2>&1 | FileCheck %s --check-prefix=PHASES

// PHASES: error: 'rdattn.launch' op phases must end at the number of items 3, got 2

// Another schedule: the same values from other tiles, in another order of sums.

// RUN: sed 's/#rdattn.cpu<[^>]*>/#rdattn.cpu<queries = 64, keys = 4, lanes = 4, vectors = 2, rows = 2, order = plain>/' %t.mlir > %t-tiles.mlir
// RUN: rdattn-run %t-tiles.mlir %{inputs} --o %t-tiles.npy --check=100
// RUN: %{same} %t-tiles.npy %t-unedited.npy --near
// RUN: not %{same} %t-tiles.npy %t-unedited.npy
// RUN: rdattn-opt %t-tiles.mlir --rdattn-lower-to=level=cpu | FileCheck %s --check-prefix=TILES --implicit-check-not="vector<16x"

// TILES: vector.fma {{.*}} : vector<8xf32>

// With items of 8 rows in a table that was cut for more, the others are not
// computed: each class has 16 rows, of which 8 are.

// RUN: sed 's/#rdattn.cpu<[^>]*>/#rdattn.cpu<queries = 8, keys = 4, lanes = 4, vectors = 2, rows = 2, order = plain>/' %t.mlir > %t-short.mlir
// RUN: rdattn-run %t-short.mlir %{inputs} --o %t-short.npy
// RUN: %{same} %t-short.npy %t-tiles.npy --only 0:8
// RUN: %{same} %t-short.npy %t-tiles.npy --only 16:32
// RUN: not %{same} %t-short.npy %t-tiles.npy 2>&1 | FileCheck %s --check-prefix=SHORT

// SHORT: rows of these tokens differ: [8, 9, 10, 11, 12, 13, 14, 15, 32, {{.*}}, 47]

func.func @attention(%q: tensor<1x48x1x16xf32>, %k: tensor<1x48x1x16xf32>, %v: tensor<1x48x1x16xf32>) -> tensor<1x48x1x16xf32> {
  %o, %lse = rdattn.attention %q, %k, %v pattern [16, 32 dilation 2] : tensor<1x48x1x16xf32>
  return %o : tensor<1x48x1x16xf32>
}
