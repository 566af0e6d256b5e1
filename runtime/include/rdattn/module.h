//===- module.h - What a compiled module looks like ---------------*- C -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The compiler's side of the ABI: the data a module exports as
// `rdattn_module_data`, and the runtime's functions that its code calls. A
// user of the runtime needs runtime.h alone.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_MODULE_H
#define RDATTN_MODULE_H

#include "rdattn/runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

#define RDATTN_MODULE_MAGIC 0x4e54544144520000ull /* "\0\0RDATTN" */

/// What one argument of an entry point is. Pointers to memref descriptors
/// {allocated, aligned, offset, sizes[rank], strides[rank]}, but for the scale,
/// which is a pointer to a float.
typedef enum rdattn_role {
  RDATTN_ROLE_Q = 'q',
  RDATTN_ROLE_K = 'k',
  RDATTN_ROLE_V = 'v',
  RDATTN_ROLE_SCALE = 's',
  RDATTN_ROLE_ITEMS = 'i',  ///< memref<?x9xi32>: the work table
  RDATTN_ROLE_ROWS = 'r',   ///< memref<?xi32>: the row list
  RDATTN_ROLE_PHASES = 'p', ///< memref<?xi32>: the branches' item ranges
  RDATTN_ROLE_O = 'o',
  RDATTN_ROLE_LSE = 'l'
} rdattn_role;

/// One entry point. 64-bit fields first, so that there is no padding.
typedef struct rdattn_function_data {
  const char *name;
  void (*entry)(void **arguments); ///< one pointer per role, in order
  const char *roles;               ///< NUL-terminated rdattn_role letters
  const char *definition;          ///< JSON or NULL
  int64_t dtype;                   ///< rdattn_dtype
  int64_t sizes[6];                ///< B, S, H, G, D, Dv; -1 where dynamic
} rdattn_function_data;

typedef struct rdattn_module_data {
  uint64_t magic;
  uint64_t abi_version;
  const char *target;   ///< "x86_64-linux-gnu" for messages
  const char *features; ///< comma-separated, as LLVM names them: "avx2,fma"
  uint64_t function_count;
  const rdattn_function_data *functions;
} rdattn_module_data;

/// Tensor maps of one call. For each of the token strides r: a map of each of
/// q, k and v with dimensions {column, step, residue, head, batch}, which
/// covers tokens below `limit`. A stride of 0 says that there is no map.
#define RDATTN_MAP_STRIDES 7
typedef struct rdattn_cuda_map {
  uint64_t words[16]; ///< CUDA's CUtensorMap
} rdattn_cuda_map;
typedef struct rdattn_cuda_maps {
  rdattn_cuda_map maps[3][RDATTN_MAP_STRIDES];
  int32_t strides[RDATTN_MAP_STRIDES];
  int32_t limits[RDATTN_MAP_STRIDES];
  int32_t padding[2]; ///< to a multiple of 64 bytes
} rdattn_cuda_maps;

/// The last bytes of a module file: what precedes it is a shared object of
/// `size` bytes whose FNV-1a hash (64-bit) is `hash`.
typedef struct rdattn_module_footer {
  uint64_t size;
  uint64_t hash;
  uint64_t abi_version;
  uint64_t magic;
} rdattn_module_footer;

//===-- Called by the compiler's library ----------------------------------===//

/// The module of `data`, in code that `release(code)` frees: at once where the
/// module is refused, else when it is closed. `code` may be NULL.
RDATTN_EXPORT rdattn_status rdattn_module_from_code(const void *data,
                                                    void *code,
                                                    void (*release)(void *),
                                                    rdattn_module **module);

/// Keeps `message` as the thread's last error and returns `status`.
RDATTN_EXPORT rdattn_status rdattn_fail(rdattn_status status,
                                        const char *message);

//===-- Called by compiled code -------------------------------------------===//

/// The call that the host thread is running, handed to its workers; NULL
/// outside rdattn_run.
RDATTN_EXPORT void *rdattn_current_call(void);

/// Scratch of the calling thread, 64-byte aligned, kept and grown between
/// calls. NULL where memory ran out: the call then fails with that error.
RDATTN_EXPORT void *rdattn_scratch(void *call, int64_t bytes);

/// Memory shared by the workers of one call, freed when rdattn_run returns;
/// NULL where memory ran out.
RDATTN_EXPORT void *rdattn_shared_scratch(void *call, int64_t bytes);

/// Nonzero once the call was stopped or failed; polled once per work item.
RDATTN_EXPORT int32_t rdattn_should_stop(void *call);

/// A table of a plan, as a rank-2 or rank-1 memref descriptor.
typedef struct rdattn_table2 {
  int32_t *allocated, *aligned;
  int64_t offset, sizes[2], strides[2];
} rdattn_table2;
typedef struct rdattn_table1 {
  int32_t *allocated, *aligned;
  int64_t offset, sizes[1], strides[1];
} rdattn_table1;

/// Plans the module's spec (words as written by the compiler) for these sizes,
/// or finds the plan made earlier. Where the sizes do not fit the pattern the
/// call fails and the tables are empty.
RDATTN_EXPORT void rdattn_plan(void *call, const int64_t *words, int64_t count,
                               int64_t batch, int64_t tokens, int64_t heads,
                               int64_t kv_heads, rdattn_table2 *items,
                               rdattn_table1 *rows, rdattn_table1 *phases);

#ifdef __cplusplus
}
#endif

#endif // RDATTN_MODULE_H
