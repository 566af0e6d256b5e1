// RUN: rdattn-opt %s --convert-rdtile-to-nvvm -split-input-file -verify-diagnostics

// The fast instructions are for f32 alone.

gpu.module @exp2 {
  gpu.func @exp2(%x: f64) kernel {
    // expected-error@+1 {{failed to legalize operation 'math.exp2' that was explicitly marked illegal}}
    %e = math.exp2 %x : f64
    gpu.return
  }
}

// -----

gpu.module @log2 {
  gpu.func @log2(%x: vector<4xf32>) kernel {
    // expected-error@+1 {{failed to legalize operation 'math.log2' that was explicitly marked illegal}}
    %l = math.log2 %x : vector<4xf32>
    gpu.return
  }
}
