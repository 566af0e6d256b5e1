//===- Api.h - The entry points of NCCL -------------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What of NCCL's C ABI the runtime uses, declared here so that it builds where
// no NCCL is installed.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_COMM_NCCL_API_H
#define RDATTN_RUNTIME_COMM_NCCL_API_H

#include "runtime/cuda/Api.h"

#include <climits>

namespace rdattn::runtime::comm {

using NcclHandle = struct ncclComm *; // ncclComm_t
using cuda::StreamHandle;

enum NcclResult : int { NcclSuccess = 0, NcclInProgress = 7 }; // ncclResult_t

enum : int { NcclBytes = 1 }; // ncclDataType_t: ncclUint8

struct NcclId { // ncclUniqueId
  char bytes[128];
};

/// 2.17, the first whose configuration has these fields.
constexpr int kOldestNccl = 21700;

/// ncclConfig_t of that version; later ones keep it as their beginning and take
/// the size from it.
struct NcclConfig {
  size_t size = sizeof(NcclConfig);
  unsigned magic = 0xcafebeef;
  unsigned version = kOldestNccl;
  int blocking = 0;
  int cgaClusterSize = INT_MIN; ///< left to NCCL, as the others
  int minCTAs = INT_MIN, maxCTAs = INT_MIN;
  const char *netName = nullptr;
};

/// ENTRY(member, symbol, parameters).
#define RDATTN_NCCL_ENTRIES(ENTRY)                                             \
  ENTRY(uniqueId, ncclGetUniqueId, (NcclId * id))                              \
  ENTRY(initialize, ncclCommInitRankConfig,                                    \
        (NcclHandle * handle, int size, NcclId id, int rank,                   \
         NcclConfig *config))                                                  \
  ENTRY(asyncError, ncclCommGetAsyncError,                                     \
        (NcclHandle handle, NcclResult * result))                              \
  ENTRY(finalize, ncclCommFinalize, (NcclHandle handle))                       \
  ENTRY(destroy, ncclCommDestroy, (NcclHandle handle))                         \
  ENTRY(abort, ncclCommAbort, (NcclHandle handle))                             \
  ENTRY(groupStart, ncclGroupStart, ())                                        \
  ENTRY(groupEnd, ncclGroupEnd, ())                                            \
  ENTRY(send, ncclSend,                                                        \
        (const void *data, size_t count, int type, int peer,                   \
         NcclHandle handle, StreamHandle stream))                              \
  ENTRY(receive, ncclRecv,                                                     \
        (void *data, size_t count, int type, int peer, NcclHandle handle,      \
         StreamHandle stream))                                                 \
  ENTRY(allGather, ncclAllGather,                                              \
        (const void *mine, void *all, size_t count, int type,                  \
         NcclHandle handle, StreamHandle stream))

struct NcclApi {
#define RDATTN_NCCL_MEMBER(member, symbol, parameters)                         \
  NcclResult(*member) parameters;
  RDATTN_NCCL_ENTRIES(RDATTN_NCCL_MEMBER)
#undef RDATTN_NCCL_MEMBER
  const char *(*errorString)(NcclResult result);
  const char *(*lastError)(NcclHandle handle);
  int version;
};

} // namespace rdattn::runtime::comm

#endif // RDATTN_RUNTIME_COMM_NCCL_API_H
