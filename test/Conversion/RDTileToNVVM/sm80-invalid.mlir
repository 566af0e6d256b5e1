// RUN: rdattn-opt %s --convert-rdtile-to-nvvm -split-input-file -verify-diagnostics

gpu.module @kernels [#nvvm.target<chip = "sm_80">] {
  gpu.func @fence() kernel {
    // expected-error@+1 {{'rdtile.fence_tiles' op needs a gpu.module whose target is sm_90a}}
    rdtile.fence_tiles
    gpu.return
  }
}

// -----

// Code for one of several targets must run on the others.
gpu.module @kernels [#nvvm.target<chip = "sm_90a">, #nvvm.target<chip = "sm_80">] {
  gpu.func @barriers() kernel {
    %full = rdtile.shared offset(0) : !rdtile.barriers<2>
    // expected-error@+1 {{'rdtile.init_barriers' op needs a gpu.module whose target is sm_90a}}
    rdtile.init_barriers %full arrivals(1) : !rdtile.barriers<2>
    gpu.return
  }
}
