//===- Library.h - The MPI plugin of the process ----------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_COMM_MPI_LIBRARY_H
#define RDATTN_RUNTIME_COMM_MPI_LIBRARY_H

#include "runtime/Error.h"
#include "runtime/comm/mpi/Plugin.h"

namespace rdattn::runtime::comm {

constexpr char kMpiPlugin[] = "librdattn_mpi.so";

/// Opens the plugin, which stays open: MPI cannot be begun twice.
MaybeFailure openMpiPlugin(const char *library, const MpiFunctions *&functions);

/// A sentence about a call of MPI's that failed: "`what`: ...".
Failure describe(const MpiFunctions &mpi, int code, const std::string &what);

} // namespace rdattn::runtime::comm

#endif // RDATTN_RUNTIME_COMM_MPI_LIBRARY_H
