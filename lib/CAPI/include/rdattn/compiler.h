//===- compiler.h - The C API of the rdattn compiler --------------*- C -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiles attention in this process: from MLIR text of any level, or from a
// pattern. Failures leave their message, with every diagnostic and its
// location, in rdattn_last_error() (runtime.h).
//
// Where the environment's RDATTN_DUMP_IR names a folder, every compilation
// writes its IR at each level there, as <number>-<name>.<level>.mlir, and the
// PTX of its GPU kernels.
//
// Kernels of patterns are kept on disk for other processes: in the folder that
// RDATTN_CACHE names, or the user's cache folder; "off" keeps none.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_COMPILER_H
#define RDATTN_COMPILER_H

#include "rdattn/runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Compiles MLIR text at any level and loads it. `target` is what attentions
/// are scheduled for: "cpu" (NULL too), code for this CPU; "cuda-sm90a", for
/// Hopper GPUs; "cuda-sm80", for Ampere and later; or "cuda", the one that
/// suits device 0, and Hopper where there is none. Launches that have a
/// schedule keep it. Compiling for CUDA needs no GPU. `name` is the file name
/// that diagnostics show. The module keeps the code alive; close it with
/// rdattn_module_close.
RDATTN_EXPORT rdattn_status rdattn_compile_text(const char *text, size_t size,
                                                const char *name,
                                                const char *target,
                                                rdattn_module **module);

/// A kernel for any sizes and any pattern with the same kernel key, and the
/// plan spec of one pattern.
typedef struct rdattn_kernel rdattn_kernel;

typedef struct rdattn_kernel_options {
  const char *pattern; ///< JSON, see docs/language.md
  rdattn_dtype dtype;
  int64_t head_dim;
  int64_t value_dim; ///< 0: head_dim
  int32_t causal;
  int32_t return_lse;
  const char *target; ///< as of rdattn_compile_text
  /// Fields of a CUDA kernel's schedule to set by hand, as a JSON object of
  /// keys, stages, consumers, lanes, group, pingpong and order, or of queries,
  /// keys, stages, warpgroups, group and order where the kernel is for sm_80,
  /// as all of float32 are; NULL: none.
  const char *schedule;
  /// How the sequence lies on a ring (ring.h): "contiguous", "zigzag" or
  /// "striped". The function then runs on a ring, and its code is one for
  /// every layout; the plan spec names the layout. NULL: on one device.
  const char *layout;
} rdattn_kernel_options;

/// Lowers the pattern to the launch level and compiles the kernel it needs, or
/// finds that kernel among those compiled earlier.
RDATTN_EXPORT rdattn_status rdattn_kernel_create(
    const rdattn_kernel_options *options, rdattn_kernel **kernel);
RDATTN_EXPORT void rdattn_kernel_destroy(rdattn_kernel *kernel);

/// Owned by the kernel.
RDATTN_EXPORT const rdattn_function *
rdattn_kernel_function(const rdattn_kernel *kernel);
RDATTN_EXPORT const rdattn_plan_spec *
rdattn_kernel_plan_spec(const rdattn_kernel *kernel);

/// The kernel's IR at `level`: "attention", "expanded", "scheduled", "launch",
/// "bufferized", "cpu" (of target cpu), "rdtile" or "nvvm" (of target cuda), or
/// "llvm". The text is valid until the kernel is destroyed.
RDATTN_EXPORT rdattn_status rdattn_kernel_ir(rdattn_kernel *kernel,
                                             const char *level,
                                             const char **text);

/// How many kernels were compiled to machine code in this process; those that
/// were found on disk are not counted.
RDATTN_EXPORT uint64_t rdattn_compile_count(void);

/// What a call of the kernel costs for these sizes (JSON, see docs/runtime.md),
/// cut into the work items of its schedule. Nothing is compiled. The text is
/// valid until the thread's next call.
RDATTN_EXPORT rdattn_status rdattn_explain(const rdattn_kernel_options *options,
                                           int64_t batch, int64_t tokens,
                                           int64_t heads, int64_t kv_heads,
                                           const char **json);

/// A pattern on a ring, with the sizes of the whole sequence.
typedef struct rdattn_ring_case {
  const char *pattern; ///< JSON
  int32_t causal;
  const char *layout; ///< as in rdattn_kernel_options; NULL: the one that
                      ///< rdattn_ring_choose_layout chooses
  int32_t ranks;
  int64_t batch, tokens, heads, kv_heads;
  double row_seconds;  ///< for a rank to receive k and v of a row and head
  double pair_seconds; ///< for it to compute an allowed pair of a head
} rdattn_ring_case;

/// What every rank of a ring receives and computes in each step, counted
/// exactly, and when it does at these rates and without latencies (JSON, see
/// docs/runtime.md). Nothing is compiled. Time and text grow with the square of
/// the ranks. The text is valid until the thread's next call.
RDATTN_EXPORT rdattn_status rdattn_explain_ring(const rdattn_ring_case *asked,
                                                const char **json);

/// The plan spec of a pattern (JSON) without a kernel, for whoever asks about
/// the pattern alone, as rdattn_ring_choose_layout does. The caller destroys
/// it.
RDATTN_EXPORT rdattn_status rdattn_pattern_plan_spec(const char *pattern,
                                                     int32_t causal,
                                                     rdattn_plan_spec **spec);

/// Checks a pattern (JSON) and returns it normalised, as the compiler reads it.
RDATTN_EXPORT rdattn_status rdattn_pattern_check(const char *pattern,
                                                 const char **json);

#ifdef __cplusplus
}
#endif

#endif // RDATTN_COMPILER_H
