//===- ring.h - The ranks that share one sequence -----------------*- C -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A ring joins the ranks that hold the shards of one sequence. Each rank has a
// handle of its own and uses it from one thread at a time; rdattn_ring_abort
// may come from any thread.
//
// Faults. Where a rank fails, stalls or leaves, every other rank's next call
// that waits for it fails within the timeout with RDATTN_RING_ERROR; the
// message names the rank, the step and the peer. The ring is then of no more
// use: destroy its handles, and create a new one to go on. What follows from
// the transport:
//   threads  a fault wakes all ranks at once; on GPUs too
//   mpi      the rank that notices tells the others; those that wait fail at
//            once. OpenMPI cannot go on where a process has died: mpirun ends
//            the others
//   nccl     before a call's first step a rank that has left or given up is
//            noticed at once, as ranks then talk by TCP; in a step each rank
//            notices by its own timeout
//
// On GPUs a call puts its work on the caller's stream and returns; the host
// waits for other ranks, but not for the device. Rows move on streams of the
// ring's, which events order with the caller's. The ring keeps memory on the
// device for two steps and for partial results, and grows it where a call needs
// more; calls on several streams run one after another.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RING_H
#define RDATTN_RING_H

#include "rdattn/runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

#define RDATTN_NCCL_ID_BYTES 128
/// Seconds, as torch.distributed has.
#define RDATTN_RING_DEFAULT_TIMEOUT 600.0

/// A ring of `size` threads of this process; their tensors are in host memory.
/// rings[i] becomes the handle of rank i, for i below `size`. A call waits for
/// other ranks for at most `timeout_seconds`.
RDATTN_EXPORT rdattn_status rdattn_ring_threads_create(int32_t size,
                                                       double timeout_seconds,
                                                       rdattn_ring **rings);

/// The same with tensors on CUDA devices: those of rank i on devices[i], for i
/// below `size`. Ranks may share a device. Rows go from device to device by
/// their copy engines, which leaves the multiprocessors to the attention.
RDATTN_EXPORT rdattn_status
rdattn_ring_threads_create_on(int32_t size, const int32_t *devices,
                              double timeout_seconds, rdattn_ring **rings);

/// A ring of the processes of a communicator, all of which must call this.
/// `comm` points to the MPI_Comm; NULL means MPI_COMM_WORLD. MPI is initialised
/// where that is still to be done, and finalised then when the process exits.
/// It needs the plugin librdattn_mpi.so, which is built where MPI is found.
RDATTN_EXPORT rdattn_status rdattn_ring_mpi_create(const void *comm,
                                                   double timeout_seconds,
                                                   rdattn_ring **ring);

/// A new id for rdattn_ring_nccl_create: one rank makes it, and hands it to the
/// others. NCCL is the library libnccl.so.2 of the system.
RDATTN_EXPORT rdattn_status
rdattn_ring_nccl_unique_id(unsigned char id[RDATTN_NCCL_ID_BYTES]);

/// Joins, as `rank` of `size`, the ring that `id` names, with the tensors on
/// CUDA device `device`. Waits for the other ranks, which must reach the host
/// of rank 0 by TCP, on a port that its system chooses: what ranks agree on
/// goes that way, and rows by NCCL.
RDATTN_EXPORT rdattn_status rdattn_ring_nccl_create(
    const unsigned char id[RDATTN_NCCL_ID_BYTES], int32_t size, int32_t rank,
    int32_t device, double timeout_seconds, rdattn_ring **ring);

/// For measuring, a ring without other ranks: what calls of `rank` of `size`
/// take if nothing has to move. A step receives what it sends, once into each
/// place in memory, and later steps whatever is there: results are unspecified.
/// Tensors are on CUDA device `device`, or with -1 in host memory.
RDATTN_EXPORT rdattn_status rdattn_ring_loopback_create(int32_t size,
                                                        int32_t rank,
                                                        int32_t device,
                                                        rdattn_ring **ring);

RDATTN_EXPORT int32_t rdattn_ring_rank(const rdattn_ring *ring);
RDATTN_EXPORT int32_t rdattn_ring_size(const rdattn_ring *ring);

/// "threads", "mpi", "nccl" or "loopback".
RDATTN_EXPORT const char *rdattn_ring_transport(const rdattn_ring *ring);

/// The CUDA device of the tensors; -1 where they are in host memory.
RDATTN_EXPORT int32_t rdattn_ring_device(const rdattn_ring *ring);

/// Returns when all steps that were begun are done on the device, or with the
/// failure of one. On a GPU work goes on after the call that began it, so this
/// is how a fault of the last call is learnt; the results of a call are
/// unspecified after it. In host memory there is nothing left to wait for.
RDATTN_EXPORT rdattn_status rdattn_ring_synchronize(rdattn_ring *ring);

/// Makes the calls of all ranks on this ring fail; `reason` completes the
/// sentence that they get. Safe from any thread, while a call runs too.
RDATTN_EXPORT void rdattn_ring_abort(rdattn_ring *ring, const char *reason);

/// The sum of what all ranks give, which all must do. Fails where it does not
/// fit 64 bits. `stop` is polled while this rank waits for the others, as that
/// of rdattn_arguments is; it may be NULL.
RDATTN_EXPORT rdattn_status rdattn_ring_sum(rdattn_ring *ring, int64_t value,
                                            const volatile int *stop,
                                            int64_t *total);

/// Leaves the ring. Ranks that still need this one fail. NULL is fine.
RDATTN_EXPORT void rdattn_ring_destroy(rdattn_ring *ring);

//===-- Layouts -----------------------------------------------------------===//

/// Where the S tokens of a sequence live. Parts are as long as each other, but
/// for the first, which may have one token more; a shard may be empty.
typedef enum rdattn_ring_layout {
  RDATTN_RING_CONTIGUOUS = 0, ///< rank i holds part i of R
  RDATTN_RING_ZIGZAG = 1,     ///< rank i holds parts i and 2R-1-i of 2R
  RDATTN_RING_STRIPED = 2     ///< rank i holds the tokens t with t mod R = i
} rdattn_ring_layout;

/// Rows of the shard that `rank` of `size` holds of `tokens`; -1 where an
/// argument is wrong, which rdattn_last_error() then names.
RDATTN_EXPORT int64_t rdattn_ring_shard_length(rdattn_ring_layout layout,
                                               int64_t tokens, int32_t size,
                                               int32_t rank);

/// The token of each row of a shard: tokens_out[rdattn_ring_shard_length()].
RDATTN_EXPORT rdattn_status rdattn_ring_positions(rdattn_ring_layout layout,
                                                  int64_t tokens, int32_t size,
                                                  int32_t rank,
                                                  int64_t *tokens_out);

/// The layout that suits a pattern and its causal flag best: of those that
/// spread its work evenly one that moves few rows. It follows from the
/// arguments alone, so all ranks choose the same.
RDATTN_EXPORT rdattn_status
rdattn_ring_choose_layout(const rdattn_plan_spec *spec, int64_t tokens,
                          int32_t size, rdattn_ring_layout *layout);

#ifdef __cplusplus
}
#endif

#endif // RDATTN_RING_H
