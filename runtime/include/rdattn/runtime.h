//===- runtime.h - The C ABI of compiled rdattn modules -----------*- C -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Loads a compiled attention and runs it on the caller's tensors. Every
// function that can fail returns a status; rdattn_last_error() then holds one
// sentence that names what was wrong. Handles may be shared by threads.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_H
#define RDATTN_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define RDATTN_EXPORT __attribute__((visibility("default")))
#else
#define RDATTN_EXPORT
#endif

#ifdef __cplusplus
extern "C" {
#endif

/// Modules of another version are refused: their layout may differ.
#define RDATTN_ABI_VERSION 7u

typedef enum rdattn_status {
  RDATTN_OK = 0,
  RDATTN_INVALID_ARGUMENT = 1, ///< a tensor, size or option does not fit
  RDATTN_BAD_MODULE = 2,       ///< not a module, truncated or corrupt
  RDATTN_ABI_MISMATCH = 3,     ///< compiled for another ABI version
  RDATTN_UNSUPPORTED_CPU = 4,  ///< compiled for features this CPU lacks
  RDATTN_OUT_OF_MEMORY = 5,
  RDATTN_INTERRUPTED = 6, ///< the caller's stop flag was set
  RDATTN_IO_ERROR = 7,    ///< a file could not be read or written
  RDATTN_COMPILE_ERROR = 8,
  RDATTN_UNSUPPORTED_DEVICE = 9, ///< no GPU, driver or code that would serve
  RDATTN_CUDA_ERROR = 10, ///< the driver failed; its name is in the error
  RDATTN_RING_ERROR = 11  ///< a rank of the ring failed, stalled or disagrees
} rdattn_status;

typedef enum rdattn_dtype {
  RDATTN_FLOAT32 = 0,
  RDATTN_FLOAT16 = 1,
  RDATTN_BFLOAT16 = 2
} rdattn_dtype;

/// Where a function runs.
typedef enum rdattn_target { RDATTN_CPU = 0, RDATTN_CUDA = 1 } rdattn_target;

/// A strided view of memory that the caller owns. Sizes and strides count
/// elements; the last dimension has stride 1.
typedef struct rdattn_tensor {
  void *data;
  rdattn_dtype dtype;
  int32_t rank;
  const int64_t *sizes;
  const int64_t *strides;
} rdattn_tensor;

typedef struct rdattn_module rdattn_module;
typedef struct rdattn_function rdattn_function;
typedef struct rdattn_plan_spec rdattn_plan_spec;
typedef struct rdattn_ring rdattn_ring; ///< see ring.h

/// What a function takes and returns. A size of -1 is taken from the call.
/// q: [B,S,H,D], k: [B,S,G,D], v: [B,S,G,Dv] -> o: [B,S,H,Dv], lse: [B,H,S]
/// f32. With a ring these are one rank's shard, and S is its length.
typedef struct rdattn_signature {
  const char *name;
  rdattn_dtype dtype;
  int64_t batch, tokens, heads, kv_heads, head_dim, value_dim;
  int32_t has_lse;    ///< writes lse as well as o
  int32_t has_scale;  ///< takes the scale at run time
  int32_t needs_plan; ///< takes any pattern: rdattn_arguments.plan is required
  int32_t target;     ///< rdattn_target: where the tensors must be
  /// The attention as JSON {"pattern", "causal", "scale"}, or NULL where the
  /// module was compiled from a level that no longer says it.
  const char *definition;
  int32_t has_ring; ///< runs on a ring: rdattn_arguments.ring is required
} rdattn_signature;

/// How an attention ran on a GPU: the kernel that was chosen, and the device.
typedef struct rdattn_cuda_report {
  char device[64], kernel[64];
  int32_t major, minor; ///< compute capability
  int32_t multiprocessors;
  int32_t clock_khz;
  int64_t memory_bytes_per_second; ///< at most
  int32_t queries, keys;           ///< rows of a tile of q, and of k and v
  int32_t blocks, threads;         ///< that were launched; of a block
  int32_t blocks_per_multiprocessor;
  int32_t registers;    ///< of a thread
  int64_t local_bytes;  ///< of a thread: the stack, spills in it
  int64_t shared_bytes; ///< of a block
} rdattn_cuda_report;

/// One call. `lse` must be NULL where the function has none and may be NULL
/// nowhere else; `scale` NULL means 1/sqrt(D). A CPU function ignores `device`
/// and `stream`, a CUDA function `threads`. With a ring every rank makes the
/// call, with its own shard and handle, and waits for the others in it.
typedef struct rdattn_arguments {
  const rdattn_tensor *q, *k, *v, *o, *lse;
  const float *scale;
  const rdattn_plan_spec *plan;
  int32_t threads;          ///< 0: as many as OpenMP chooses
  const volatile int *stop; ///< polled once per tile; nonzero ends the call
  int32_t device; ///< CUDA ordinal of the device that holds the tensors
  void *stream;   ///< CUstream to run on; NULL: the legacy default stream
  /// Written by a CUDA function that launches something; NULL: not wanted.
  rdattn_cuda_report *report;
  rdattn_ring *ring;   ///< where the function runs on one, else NULL
  int64_t ring_tokens; ///< S of the whole sequence, which the ring shares
} rdattn_arguments;

RDATTN_EXPORT uint32_t rdattn_abi_version(void);

/// The calling thread's last failure: one sentence, never NULL, valid until
/// the thread's next failing call.
RDATTN_EXPORT const char *rdattn_last_error(void);

//===-- Modules -----------------------------------------------------------===//

/// Opens a shared object written by rdattn-translate. Its checksum and ABI
/// version are checked before it is mapped, its CPU features before any of its
/// code runs.
RDATTN_EXPORT rdattn_status rdattn_module_open(const char *path,
                                               rdattn_module **module);

/// The module of an object file linked into the program: pass
/// &rdattn_module_data.
RDATTN_EXPORT rdattn_status rdattn_module_from_data(const void *data,
                                                    rdattn_module **module);

RDATTN_EXPORT void rdattn_module_close(rdattn_module *module);

RDATTN_EXPORT size_t rdattn_module_size(const rdattn_module *module);

/// The function at `index` in the module; NULL past the last.
RDATTN_EXPORT const rdattn_function *
rdattn_module_function(const rdattn_module *module, size_t index);

/// The function called `name`, or the only one where `name` is NULL.
RDATTN_EXPORT rdattn_status
rdattn_module_find(const rdattn_module *module, const char *name,
                   const rdattn_function **function);

RDATTN_EXPORT void rdattn_function_signature(const rdattn_function *function,
                                             rdattn_signature *signature);

//===-- Running -----------------------------------------------------------===//

/// Checks every argument against the signature, then runs: to the end on the
/// CPU, while on a GPU the work is put on the stream. o and lse are unspecified
/// after a failure. Thread-safe.
RDATTN_EXPORT rdattn_status rdattn_run(const rdattn_function *function,
                                       const rdattn_arguments *arguments);

//===-- Plans for functions that take any pattern -------------------------===//

/// A copy of the `count` words that the compiler wrote for a pattern. Plans
/// are made once per shape and kept with the spec.
RDATTN_EXPORT rdattn_status rdattn_plan_spec_create(const int64_t *words,
                                                    size_t count,
                                                    rdattn_plan_spec **spec);
RDATTN_EXPORT void rdattn_plan_spec_destroy(rdattn_plan_spec *spec);

/// How many plans were made in this process: a repeated shape adds none.
RDATTN_EXPORT uint64_t rdattn_plan_count(void);

//===-- CUDA for programs without it --------------------------------------===//

/// How many devices there are: 0 where there is no driver.
RDATTN_EXPORT rdattn_status rdattn_cuda_device_count(int32_t *count);

/// What to compile for so that code suits the device: "cuda-sm90a" or
/// "cuda-sm80". The environment's RDATTN_CUDA_ARCHITECTURE can ask for one of
/// sm_90a and sm_80, here and of modules that have both.
RDATTN_EXPORT rdattn_status rdattn_cuda_target(int32_t device,
                                               const char **target);

/// `bytes` of memory on the device; NULL where that is 0.
RDATTN_EXPORT rdattn_status rdattn_cuda_allocate(int32_t device, size_t bytes,
                                                 void **data);

/// Frees what rdattn_cuda_allocate gave; the caller sees to it that no work
/// still uses it. NULL is fine.
RDATTN_EXPORT rdattn_status rdattn_cuda_free(int32_t device, void *data);

/// Copies between host and device in any direction, and returns when it is
/// done.
RDATTN_EXPORT rdattn_status rdattn_cuda_copy(int32_t device, void *to,
                                             const void *from, size_t bytes);

/// Returns when all work on the stream is done.
RDATTN_EXPORT rdattn_status rdattn_cuda_synchronize(int32_t device,
                                                    void *stream);

/// How many plans were copied to a device in this process: a repeated shape
/// adds none.
RDATTN_EXPORT uint64_t rdattn_cuda_upload_count(void);

#ifdef __cplusplus
}
#endif

#endif // RDATTN_RUNTIME_H
