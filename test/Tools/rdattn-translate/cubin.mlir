// REQUIRES: ptxas
// RUN: rdattn-translate --rdattn-to-cubin --kernel=attention_elements %s -o %t.cubin
// RUN: llvm-readelf -sW %t.cubin | FileCheck %s
// CHECK: FUNC GLOBAL {{.*}} attention_elements
// CHECK-NOT: FUNC GLOBAL

// A module takes both, for drivers that are older than the cubin.
// RUN: rdattn-translate --rdattn-to-llvmir --target=cuda %s | FileCheck %s --check-prefix=BOTH
// BOTH-DAG: c"sm_90a\00"
// BOTH-DAG: c"compute_90a\00"
// BOTH-DAG: c"sm_80\00"
// BOTH-DAG: c"compute_80\00"
func.func @attention(%q: tensor<1x256x2x64xbf16>, %k: tensor<1x256x2x64xbf16>,
                     %v: tensor<1x256x2x64xbf16>) -> tensor<1x256x2x64xbf16> {
  %o, %lse = rdattn.attention %q, %k, %v causal pattern [256] : tensor<1x256x2x64xbf16>
  return %o : tensor<1x256x2x64xbf16>
}
