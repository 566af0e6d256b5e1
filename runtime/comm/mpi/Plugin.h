//===- Plugin.h - What the MPI plugin offers --------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// librdattn_mpi.so alone links MPI. It gives MPI's functions without MPI's
// types, which differ between implementations, and holds no other logic than
// how MPI is begun and ended.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_COMM_MPI_PLUGIN_H
#define RDATTN_RUNTIME_COMM_MPI_PLUGIN_H

#include <cstddef>
#include <cstdint>

namespace rdattn::runtime::comm {

/// Of another version the plugin is refused.
constexpr uint32_t kMpiPluginVersion = 1;

/// Each function returns 0 or an error code of MPI's. A request is freed by the
/// call that finds it done.
struct MpiFunctions {
  uint32_t version; ///< kMpiPluginVersion

  /// Initialises MPI where that is still to be done. Tells whether any thread
  /// may call it, one at a time.
  int (*initialize)(int *anyThread);
  /// True after MPI_Finalize: nothing else may be called then.
  int (*isFinalized)();
  /// Writes what an error code means, at most `size` bytes with the NUL.
  void (*explain)(int code, char *text, size_t size);

  /// The calling process in `*comm` (an MPI_Comm; NULL: the world).
  int (*identify)(const void *comm, int *rank, int *size);
  /// Begins to copy `*comm`. The copy serves once the request is done.
  int (*duplicate)(const void *comm, void **copy, void **request);
  /// Makes errors on the copy be returned, as below: the handler that it has
  /// from `*comm` may end the process.
  int (*returnErrors)(void *copy);
  /// Frees a copy on which nothing is under way.
  int (*release)(void *copy);
  /// Where MPI was initialised here, it is finalised at the process's end.
  /// After this call only if all processes come to their end within seconds.
  void (*noteFault)();

  int (*send)(void *copy, const void *data, size_t bytes, int peer, int tag,
              void **request);
  int (*receive)(void *copy, void *data, size_t bytes, int peer, int tag,
                 void **request);
  /// `bytes` are those received, where it was a receive and is done.
  int (*test)(void *request, int *isDone, size_t *bytes);
  int (*cancel)(void *request);

  /// Takes a message of any peer that has come already.
  int (*take)(void *copy, int tag, void *data, size_t size, int *found);
};

/// The plugin's only symbol: `const MpiFunctions *rdattn_mpi_functions()`.
constexpr char kMpiPluginSymbol[] = "rdattn_mpi_functions";

/// What one send or receive may move at most: MPI counts with an int.
constexpr size_t kMostMpiBytes = size_t(1) << 30;

} // namespace rdattn::runtime::comm

#endif // RDATTN_RUNTIME_COMM_MPI_PLUGIN_H
