// Target cuda is every GPU from Ampere on: each function is scheduled once for
// Hopper, and once for all others. The other targets are for one of them.

// DEFINE: %{to} = rdattn-opt %s --rdattn-lower-to
// RUN: %{to}="level=launch target=cuda" | FileCheck %s --check-prefix=BOTH
// RUN: %{to}="level=launch target=cuda-sm90a" | FileCheck %s --check-prefix=SM90 --implicit-check-not=rdattn.architecture --implicit-check-not=_sm80
// RUN: %{to}="level=launch target=cuda-sm80" | FileCheck %s --check-prefix=SM80 --implicit-check-not=rdattn.architecture --implicit-check-not=_sm80

// BOTH-LABEL: func.func @attention(
// BOTH-SAME: rdattn.architecture = "sm_90a"
// BOTH: schedule(#rdattn.sm90<
// BOTH-LABEL: func.func @attention_sm80(
// BOTH-SAME: rdattn.alternative_of = "attention", rdattn.architecture = "sm_80"
// BOTH: schedule(#rdattn.sm80<
// BOTH-LABEL: func.func @exact(
// BOTH: schedule(#rdattn.sm80<
// BOTH-NOT: func.func

// SM90-LABEL: func.func @attention(
// SM90: schedule(#rdattn.sm90<
// SM90-LABEL: func.func @exact(
// SM90: schedule(#rdattn.sm80<

// SM80-LABEL: func.func @attention(
// SM80: schedule(#rdattn.sm80<
// SM80-LABEL: func.func @exact(
// SM80: schedule(#rdattn.sm80<

// What was added at the launch level stays on the way down: nothing is added
// twice, and the module holds one function for each name.

// RUN: %{to}="level=launch target=cuda" -o %t.launch
// RUN: rdattn-opt %t.launch --rdattn-lower-to="level=llvm kernels=ptx" -o %t.llvm
// RUN: %{to}="level=llvm kernels=ptx target=cuda" | diff %t.llvm -
// RUN: mlir-translate --mlir-to-llvmir %t.llvm | FileCheck %s --check-prefix=DATA
// DATA-DAG: @[[ATTENTION:rdattn_string[_0-9]*]] = internal constant [10 x i8] c"attention\00"
// DATA-DAG: @[[SM_90A:rdattn_string[_0-9]*]] = internal constant [7 x i8] c"sm_90a\00"
// DATA-DAG: @[[SM_80:rdattn_string[_0-9]*]] = internal constant [6 x i8] c"sm_80\00"
// DATA-DAG: @[[EXACT:rdattn_string[_0-9]*]] = internal constant [6 x i8] c"exact\00"
// DATA-DAG: @rdattn_functions = internal constant [3 x { {{.*}} }] [{{.*}} { ptr @[[ATTENTION]], ptr @rdattn_entry_attention, {{.*}}, i64 1, ptr @[[SM_90A]] }, {{.*}} { ptr @[[ATTENTION]], ptr @rdattn_entry_attention_sm80, {{.*}}, i64 1, ptr @[[SM_80]] }, {{.*}} { ptr @[[EXACT]], ptr @rdattn_entry_exact, {{.*}}, i64 1, ptr null }]

func.func @attention(%q: tensor<1x?x2x64xbf16>, %k: tensor<1x?x2x64xbf16>, %v: tensor<1x?x2x64xbf16>)
    -> tensor<1x?x2x64xbf16> {
  %o, %lse = rdattn.attention %q, %k, %v pattern [16] repeat : tensor<1x?x2x64xbf16>
  return %o : tensor<1x?x2x64xbf16>
}
func.func @exact(%q: tensor<1x?x2x64xf32>, %k: tensor<1x?x2x64xf32>, %v: tensor<1x?x2x64xf32>)
    -> tensor<1x?x2x64xf32> {
  %o, %lse = rdattn.attention %q, %k, %v pattern [16] repeat : tensor<1x?x2x64xf32>
  return %o : tensor<1x?x2x64xf32>
}
