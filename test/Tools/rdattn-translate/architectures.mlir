// What a module for GPUs holds, by target.

// DEFINE: %{module} = rdattn-translate --rdattn-to-llvmir --kernels=ptx %s
// RUN: %{module} --target=cuda | FileCheck %s --check-prefixes=SM90,SM80
// RUN: %{module} --target=cuda-sm90a | FileCheck %s --check-prefix=SM90 --implicit-check-not=sm_80 --implicit-check-not=compute_80
// RUN: %{module} --target=cuda-sm80 | FileCheck %s --check-prefix=SM80 --implicit-check-not=sm_90 --implicit-check-not=compute_90
// RUN: sed s/bf16/f32/g %s | rdattn-translate --rdattn-to-llvmir --kernels=ptx --target=cuda | FileCheck %s --check-prefix=SM80 --implicit-check-not=compute_90
// SM90-DAG: c"compute_90a\00"
// SM80-DAG: c"compute_80\00"

// One kernel of one target; --target=cuda has modules of both.
// RUN: rdattn-translate --rdattn-to-ptx --target=cuda-sm80 --kernel=attention_rows %s > %t.sm80
// RUN: FileCheck %s --check-prefix=PTX --input-file=%t.sm80
// PTX: .target sm_80
// RUN: rdattn-translate --rdattn-to-ptx --target=cuda --kernel=attention_kernels_0.attention_rows %s | diff %t.sm80 -
// RUN: not rdattn-translate --rdattn-to-ptx --target=cuda %s 2>&1 | FileCheck %s --check-prefix=SEVERAL
// SEVERAL: choose one with --kernel: attention_kernels.attention_map, attention_kernels.attention_rows, attention_kernels.attention_elements, attention_kernels_0.attention_rows, attention_kernels_0.attention_elements

func.func @attention(%q: tensor<1x256x2x64xbf16>, %k: tensor<1x256x2x64xbf16>,
                     %v: tensor<1x256x2x64xbf16>) -> tensor<1x256x2x64xbf16> {
  %o, %lse = rdattn.attention %q, %k, %v causal pattern [256] : tensor<1x256x2x64xbf16>
  return %o : tensor<1x256x2x64xbf16>
}
