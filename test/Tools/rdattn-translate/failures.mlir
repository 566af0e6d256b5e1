// A translation that fails says why in one sentence and leaves no file.

// RUN: rm -f %t.out
// RUN: echo 'func.func @f(%%x: f32) -> f32 { return %%x : f32 }' > %t.mlir
// RUN: not rdattn-translate --rdattn-to-shared-library %t.mlir -o %t.out 2>&1 | FileCheck %s --check-prefix=NOTHING
// RUN: not rdattn-translate --rdattn-to-object %t.mlir -o %t.out 2>&1 | FileCheck %s --check-prefix=NOTHING
// RUN: not rdattn-translate --rdattn-to-llvmir %t.mlir -o %t.out 2>&1 | FileCheck %s --check-prefix=NOTHING
// NOTHING: .mlir:1:1: error: no public function takes (q, k, v[, scale]) and returns (o[, lse]) as tensors [batch, tokens, heads, head_dim], so there is nothing to compile

// RUN: env PATH=/nonexistent not %tools/rdattn-translate --rdattn-to-shared-library %s -o %t.out 2>&1 | FileCheck %s --check-prefix=NO-LINKER
// NO-LINKER: failures.mlir:1:1: error: no linker was found: install lld, or put ld.lld or cc on the PATH; or write an object file and link it elsewhere

// RUN: rm -rf %t.bin && mkdir %t.bin && ln -s /bin/false %t.bin/ld.lld
// RUN: env PATH=%t.bin %tools/rdattn-translate --rdattn-to-object %s -o %t.o
// RUN: not env PATH=%t.bin %tools/rdattn-translate --rdattn-to-shared-library %s -o %t.out 2>&1 | FileCheck %s --check-prefix=LINKER
// LINKER: error: '{{.*}}/ld.lld' could not link the module

// RUN: not env TMPDIR=/nonexistent rdattn-translate --rdattn-to-shared-library %s -o %t.out 2>&1 | FileCheck %s --check-prefix=TMPDIR
// TMPDIR: error: {{.*}}: No such file or directory

// RUN: not ls %t.out

func.func @attention(%q: tensor<1x16x2x32xf32>, %k: tensor<1x16x2x32xf32>,
                     %v: tensor<1x16x2x32xf32>) -> tensor<1x16x2x32xf32> {
  %o, %lse = rdattn.attention %q, %k, %v pattern [16] : tensor<1x16x2x32xf32>
  return %o : tensor<1x16x2x32xf32>
}
