//===- Library.h - NCCL, opened at run time ---------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_COMM_NCCL_LIBRARY_H
#define RDATTN_RUNTIME_COMM_NCCL_LIBRARY_H

#include "runtime/Error.h"
#include "runtime/comm/nccl/Api.h"

namespace rdattn::runtime::comm {

constexpr char kNcclLibrary[] = "libnccl.so.2";

/// Opens the library, which stays open: threads of its own outlive main. One
/// that the process has loaded already, as torch has, serves.
MaybeFailure openNccl(const char *library, NcclApi &api);

/// What NCCL says of a result: "unhandled system error (Call to connect ...)".
/// `handle` may be null.
std::string explain(const NcclApi &api, NcclHandle handle, NcclResult result);

/// A new id of a ring.
MaybeFailure createNcclId(const char *library, NcclId &id);

} // namespace rdattn::runtime::comm

#endif // RDATTN_RUNTIME_COMM_NCCL_LIBRARY_H
