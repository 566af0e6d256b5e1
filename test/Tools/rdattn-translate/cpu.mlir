// A module says which CPU it is for, and is refused by a CPU that is not it.

// RUN: %cc %source/examples/c/example.c %runtime -o %t.example
// RUN: rdattn-translate --rdattn-to-shared-library --cpu=x86-64 %s -o %t.any.so
// RUN: %t.example %t.any.so | FileCheck %s --check-prefix=RUNS
// RUNS: o[0] = -1.000000

// No CPU has both: the one is AMD's, the other Intel's.
// RUN: rdattn-translate --rdattn-to-llvmir --cpu=bdver4 %s > %t.ll
// RUN: FileCheck %s --check-prefix=FEATURES < %t.ll
// FEATURES: "target-features"="{{.*}}+avx2{{.*}}+fma4{{.*}}" "tune-cpu"="bdver4"
// RUN: rdattn-translate --rdattn-to-shared-library --cpu=knm %s -o %t.knm.so
// RUN: rdattn-translate --rdattn-to-shared-library --cpu=bdver4 %s -o %t.bdver4.so
// RUN: not %t.example %t.knm.so 2> %t.errors || not %t.example %t.bdver4.so 2> %t.errors
// RUN: FileCheck %s --check-prefix=REFUSED < %t.errors
// REFUSED: error: '{{.*}}.so' was compiled for {{.*}} with features that this CPU lacks:

// RUN: not rdattn-translate --rdattn-to-object --cpu=486er %s -o %t.none 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// UNKNOWN: for the --cpu option: unknown CPU '486er'; try host, x86-64-v4 (AVX-512) or x86-64-v3 (AVX2)
// RUN: not ls %t.none

func.func @attention(%q: tensor<1x16x2x32xf32>, %k: tensor<1x16x2x32xf32>,
                     %v: tensor<1x16x2x32xf32>) -> tensor<1x16x2x32xf32> {
  %o, %lse = rdattn.attention %q, %k, %v causal
      pattern [16] : tensor<1x16x2x32xf32>
  return %o : tensor<1x16x2x32xf32>
}
