//===- Library.cpp - The MPI plugin of the process ------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/comm/mpi/Library.h"

#include <dlfcn.h>

using namespace rdattn::runtime;
using namespace rdattn::runtime::comm;

static Failure unsupported(std::string message) {
  return {RDATTN_UNSUPPORTED_DEVICE, std::move(message)};
}

MaybeFailure comm::openMpiPlugin(const char *library,
                                 const MpiFunctions *&functions) {
  // Global: OpenMPI's components find its symbols in no other way.
  void *handle = dlopen(library, RTLD_NOW | RTLD_GLOBAL);
  if (!handle) {
    const char *error = dlerror();
    return unsupported(sentence("there is no MPI plugin (",
                                error ? error : "unknown error",
                                "): build rdattn where mpi.h is found"));
  }
  using Entry = const MpiFunctions *();
  auto *entry = reinterpret_cast<Entry *>(dlsym(handle, kMpiPluginSymbol));
  if (!entry)
    return unsupported(sentence("'", library, "' is not rdattn's MPI plugin"));
  functions = entry();
  if (functions->version != kMpiPluginVersion)
    return unsupported(sentence("'", library, "' is an MPI plugin of version ",
                                functions->version, ", but must be of version ",
                                kMpiPluginVersion, ", as this runtime's is"));
  return std::nullopt;
}

Failure comm::describe(const MpiFunctions &mpi, int code,
                       const std::string &what) {
  char text[512];
  mpi.explain(code, text, sizeof(text));
  return ringError(what, ": ", static_cast<const char *>(text));
}
