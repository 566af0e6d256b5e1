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
/// which is a pointer to a float, and what rings take.
typedef enum rdattn_role {
  RDATTN_ROLE_Q = 'q',
  RDATTN_ROLE_K = 'k',
  RDATTN_ROLE_V = 'v',
  RDATTN_ROLE_SCALE = 's',
  RDATTN_ROLE_ITEMS = 'i',  ///< memref<?x9xi32>: the work table
  RDATTN_ROLE_ROWS = 'r',   ///< memref<?xi32>: the row list
  RDATTN_ROLE_PHASES = 'p', ///< memref<?xi32>: the branches' item ranges
  RDATTN_ROLE_O = 'o',
  RDATTN_ROLE_LSE = 'l',
  /// A rdattn_ring_call *: the code plans with rdattn_ring_plan.
  RDATTN_ROLE_RING = 'g',
  /// A rdattn_schedule *, planned from rdattn_arguments.plan. A function takes
  /// a ring, a schedule, or the tables of a plan: one of them at most.
  RDATTN_ROLE_SCHEDULE = 'd'
} rdattn_role;

/// One entry point. 64-bit fields first, so that there is no padding. Functions
/// of one name that follow each other are one function's code for several
/// architectures of GPUs, the best first: they differ in the name of the
/// architecture, in the entry and in nothing else.
typedef struct rdattn_function_data {
  const char *name;
  void (*entry)(void **arguments); ///< one pointer per role, in order
  const char *roles;               ///< NUL-terminated rdattn_role letters
  const char *definition;          ///< JSON or NULL
  int64_t dtype;                   ///< rdattn_dtype
  int64_t sizes[6];                ///< B, S, H, G, D, Dv; -1 where dynamic
  int64_t target;                  ///< rdattn_target
  /// What the kernels are written for: "sm_90a", that capability alone, or
  /// "sm_80", it and all later ones. NULL where there is no choice.
  const char *architecture;
} rdattn_function_data;

typedef struct rdattn_module_data {
  uint64_t magic;
  uint64_t abi_version;
  const char *target;   ///< "x86_64-linux-gnu" for messages
  const char *features; ///< comma-separated, as LLVM names them: "avx2,fma"
  uint64_t function_count;
  const rdattn_function_data *functions;
} rdattn_module_data;

//===-- Code for CUDA devices ---------------------------------------------===//

/// Which calls a kernel serves, from the special to the general.
typedef enum rdattn_kernel_kind {
  RDATTN_KERNEL_MAP = 0,      ///< every class through a tensor map
  RDATTN_KERNEL_ROWS = 1,     ///< any class of tensors aligned to 16 bytes
  RDATTN_KERNEL_ELEMENTS = 2, ///< any class of any tensors
  RDATTN_KERNEL_MERGE = 3,    ///< the second launch: merges partial results
  RDATTN_KERNEL_FINISH = 4,   ///< of a ring, the last launch: divides by sums
  /// Of a ring's step: pack what it sends, of tensors aligned to 16 bytes whose
  /// rows are multiples of 16 bytes, and of any tensors.
  RDATTN_KERNEL_PACK_VECTORS = 5,
  RDATTN_KERNEL_PACK_ELEMENTS = 6
} rdattn_kernel_kind;

/// What a kernel takes, one rdattn_kernel_role letter for each group of
/// parameters, in order. Each word of a memref descriptor is a parameter.
typedef enum rdattn_kernel_role {
  RDATTN_KERNEL_ROLE_Q = 'q', ///< rank 4, as k, v and o are
  RDATTN_KERNEL_ROLE_K = 'k',
  RDATTN_KERNEL_ROLE_V = 'v',
  RDATTN_KERNEL_ROLE_O = 'o',
  RDATTN_KERNEL_ROLE_LSE = 'l',   ///< rank 3
  RDATTN_KERNEL_ROLE_SCALE = 's', ///< one f32
  /// memref<?x9xi32> on the device; of a ring's step memref<?x21xi32>, those
  /// items of it that this launch computes. Of what packs, memref<?x6xi32>:
  /// lib/Planner/RingPacking.h says what the columns mean.
  RDATTN_KERNEL_ROLE_ITEMS = 'i',
  RDATTN_KERNEL_ROLE_ROWS = 'r',   ///< memref<?xi32> on the device
  RDATTN_KERNEL_ROLE_PHASES = 'p', ///< memref<?xi32> on the device
  /// memref<2xi32>: zero at first, and the kernel leaves it zero.
  RDATTN_KERNEL_ROLE_COUNTER = 'c',
  RDATTN_KERNEL_ROLE_MAPS = 'm', ///< one rdattn_cuda_maps by value
  /// memref<[branches, B, S, H, Dv] x dtype>, dense: each branch's results.
  /// There is one branch less than there are phases in the table.
  RDATTN_KERNEL_ROLE_PARTIALS = 'P',
  /// memref<[2, branches, B, H, S] x f32>, dense: maxima and sums of the
  /// partial results. At rest -inf and 0, and the kernels leave it so.
  RDATTN_KERNEL_ROLE_STATISTICS = 'S',
  /// What rdattn_ring_partial gives: memref<[B, s, H, Dv] x f32>, dense, and
  /// memref<[B, H, s] x f32>, dense, twice.
  RDATTN_KERNEL_ROLE_RING_PARTIAL = 'A',
  RDATTN_KERNEL_ROLE_RING_MAXIMA = 'X',
  RDATTN_KERNEL_ROLE_RING_SUMS = 'Y',
  /// memref<[B, rows, 1, D]> and memref<[B, rows, 1, Dv]>, dense: where rows of
  /// k and of v are packed.
  RDATTN_KERNEL_ROLE_PACKED_K = 'K',
  RDATTN_KERNEL_ROLE_PACKED_V = 'V'
} rdattn_kernel_role;

/// How an attention kernel writes its results.
typedef enum rdattn_epilogue {
  RDATTN_EPILOGUE_STORE = 0, ///< straight to o and lse
  RDATTN_EPILOGUE_FILL = 1,  ///< partial results, as rows may be in no class
  RDATTN_EPILOGUE_MERGE = 2, ///< partial results of several branches
  RDATTN_EPILOGUE_RING = 3   ///< partial results of a ring's steps
} rdattn_epilogue;

#define RDATTN_CUDA_MAPS 7 /* distinct token strides that have tensor maps */

/// The tensor maps of one launch: maps[0][m] reads rows of q that are
/// strides[m] apart and all below limits[m]; maps[1][m] and maps[2][m] read
/// those of k and v that are key_strides[m] apart and below key_limits[m].
/// A stride is 0 where there is no such map. On one device the two lists are
/// equal.
typedef struct rdattn_cuda_maps {
  uint64_t maps[3][RDATTN_CUDA_MAPS][16]; ///< CUtensorMap
  int32_t strides[RDATTN_CUDA_MAPS];
  int32_t limits[RDATTN_CUDA_MAPS];
  int32_t key_strides[RDATTN_CUDA_MAPS];
  int32_t key_limits[RDATTN_CUDA_MAPS];
  int32_t unused[4];
}
#if defined(__GNUC__)
__attribute__((aligned(64)))
#endif
rdattn_cuda_maps;

typedef struct rdattn_cuda_kernel {
  const char *name;
  const char *roles;    ///< NUL-terminated rdattn_kernel_role letters
  int64_t kind;         ///< rdattn_kernel_kind
  int64_t threads;      ///< of a block
  int64_t shared_bytes; ///< dynamic shared memory of a block
} rdattn_cuda_kernel;

/// Code for one kind of device.
typedef struct rdattn_cuda_image {
  const char *target; ///< "sm_90a": a cubin; "compute_90a": PTX text
  const void *data;   ///< PTX ends with a NUL
  uint64_t size;
  const char *kernel; ///< the kernel in it; NULL: all kernels
} rdattn_cuda_image;

/// The kernels of one schedule.
typedef struct rdattn_cuda_program {
  int64_t dtype, head_dim, value_dim;
  int64_t epilogue; ///< rdattn_epilogue
  uint64_t image_count;
  const rdattn_cuda_image *images; ///< the closest to the device runs
  uint64_t kernel_count;
  const rdattn_cuda_kernel *kernels;
  int64_t queries, keys; ///< rows of a tile of q, and of k and v
} rdattn_cuda_program;

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

//===-- Called by compiled code that runs on a ring -----------------------===//
//
// In this order: plan; ask for the partial results; post step 1; compute step
// 0, whose keys and values are the local ones; then for each further step: wait
// for it, post the next one, compute it.
//
// On a ring of GPUs tensors, buffers and partial results are in device memory,
// tables in host memory. What is posted runs after the work that is on the
// call's stream, and that stream waits for a step, not the host.
//
// A failure is the call's, and whatever is called after it does nothing: there
// is one step, its tables are empty, and buffers have no rows.

/// What the caller of rdattn_run gave.
typedef struct rdattn_ring_call {
  rdattn_ring *ring;
  int64_t tokens; ///< S of the whole sequence
} rdattn_ring_call;

/// What one rank does in one call.
typedef struct rdattn_schedule rdattn_schedule;

/// Fails the call, on every rank, where the code was compiled for a ring of
/// another size or for another number of tokens; -1 is any.
RDATTN_EXPORT void rdattn_ring_check(void *call, const rdattn_ring_call *ring,
                                     int64_t size, int64_t tokens);

/// Plans the spec for these sizes, or finds the schedule made earlier, and
/// compares it with the other ranks', which all must call this. `rows` is the
/// length of the local shard. The schedule lives as long as the call; it is
/// NULL where the call has failed, which the functions below take too.
RDATTN_EXPORT rdattn_schedule *
rdattn_ring_plan(void *call, const rdattn_ring_call *ring, const int64_t *words,
                 int64_t count, int64_t batch, int64_t rows, int64_t heads,
                 int64_t kv_heads);

/// How many steps there are, with step 0.
RDATTN_EXPORT int64_t rdattn_ring_steps(const rdattn_schedule *schedule);

/// This rank, for code that holds the tables of all ranks of a ring of `size`;
/// or `size` where the call has failed. Such tables name the rows of a step in
/// the order in which the runtime of this RDATTN_ABI_VERSION moves them.
RDATTN_EXPORT int64_t rdattn_schedule_rank(const rdattn_schedule *schedule,
                                           int64_t size);

/// The memory that the steps add their results to, as dense descriptors:
/// memref<[B, s, H, Dv] x f32>, and of rank 3 the rows' maxima and sums,
/// memref<[B, H, s] x f32>. A row's part of `o` is its result times its sum,
/// its maximum that of the scaled scores times log2(e). Its sum is 0 while it
/// has seen no key, as code writes there at first; the rest is anything then,
/// which it is of a row whose sum is -1, too: o and lse have that row already.
/// The ring keeps the memory between calls, and grows it.
RDATTN_EXPORT void rdattn_ring_partial(rdattn_schedule *schedule, void *o,
                                       void *maxima, void *sums);

/// The table of a step: items memref<?x21xi32> (lib/Planner/RingItems.h says
/// what the columns mean), lists and the branches' item ranges memref<?xi32>.
RDATTN_EXPORT void rdattn_ring_table(const rdattn_schedule *schedule,
                                     int64_t step, rdattn_table2 *items,
                                     rdattn_table1 *lists,
                                     rdattn_table1 *phases);

/// Begins to send and to receive the rows of a step; past the last step it does
/// nothing. `k` and `v` are the memref descriptors of the local tensors, of
/// rank 4, in host memory.
RDATTN_EXPORT void rdattn_ring_post(rdattn_schedule *schedule, int64_t step,
                                    const void *k, const void *v);

/// The same on a ring of GPUs: rows that do not lie in the tensors as they are
/// sent are packed first, by one launch of `program`, which has a kernel of
/// kind RDATTN_KERNEL_PACK_ELEMENTS.
RDATTN_EXPORT void rdattn_cuda_ring_post(rdattn_schedule *schedule,
                                         int64_t step,
                                         const rdattn_cuda_program *program,
                                         const void *k, const void *v);

/// Returns when the step's rows are there, or will be for what is put on the
/// call's stream from now on. `k` and `v` become the descriptors
/// of its buffers, dense [B, rows, 1, D] and [B, rows, 1, Dv], which are valid
/// until step + 2 is posted.
RDATTN_EXPORT void rdattn_ring_wait(rdattn_schedule *schedule, int64_t step,
                                    void *k, void *v);

//===-- Called by compiled code that runs on GPUs -------------------------===//

/// Puts the attention on the call's stream. The tensors are memref descriptors
/// {allocated, aligned, offset, sizes[rank], strides[rank]}; `lse` may be NULL.
/// The tables are in host memory: constants of the module, or a plan's.
RDATTN_EXPORT void
rdattn_cuda_launch(void *call, const rdattn_cuda_program *program, float scale,
                   const void *q, const void *k, const void *v,
                   const rdattn_table2 *items, const rdattn_table1 *rows,
                   const rdattn_table1 *phases, const void *o, const void *lse);

/// Puts one step of a ring on the call's stream: a launch for each phase that
/// has items, one after another. `po`, `pm` and `ps` are what
/// rdattn_ring_partial gave; `lse` may be NULL. Where `initial` is not 0 the
/// sums become 0 first, unless items of the plan write them all before any
/// reads them. The launches leave `room` multiprocessors to the ring's
/// transport.
RDATTN_EXPORT void rdattn_cuda_ring_launch(
    void *call, const rdattn_cuda_program *program, float scale, const void *q,
    const void *k, const void *v, const rdattn_table2 *items,
    const rdattn_table1 *lists, const rdattn_table1 *phases, const void *po,
    const void *pm, const void *ps, const void *o, const void *lse,
    int64_t initial, int64_t room);

/// After the last step: writes the rows of o and lse that no step wrote, if
/// there are any. `program` has a kernel of kind RDATTN_KERNEL_FINISH; `lse`
/// may be NULL.
RDATTN_EXPORT void rdattn_cuda_ring_finish(void *call,
                                           const rdattn_cuda_program *program,
                                           const void *po, const void *pm,
                                           const void *ps, const void *o,
                                           const void *lse);

#ifdef __cplusplus
}
#endif

#endif // RDATTN_MODULE_H
