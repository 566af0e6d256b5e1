//===- Library.cpp - NCCL, opened at run time -----------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/comm/nccl/Library.h"

#include <dlfcn.h>

using namespace rdattn::runtime;
using namespace rdattn::runtime::comm;

static Failure unsupported(std::string message) {
  return {RDATTN_UNSUPPORTED_DEVICE, std::move(message)};
}

static std::string versionText(int version) {
  return sentence(version / 10000, ".", version % 10000 / 100, ".",
                  version % 100);
}

MaybeFailure comm::openNccl(const char *library, NcclApi &api) {
  void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    const char *error = dlerror();
    return unsupported(
        sentence("no NCCL was found: ", error ? error : "unknown error"));
  }
  // The version comes first: it says why an entry point is missing.
  auto *version =
      reinterpret_cast<NcclResult (*)(int *)>(dlsym(handle, "ncclGetVersion"));
  if (!version || version(&api.version) != NcclSuccess)
    return unsupported(
        sentence("'", library, "' is not NCCL: it does not tell its version"));
  if (api.version < kOldestNccl)
    return unsupported(sentence("NCCL is too old: it is ",
                                versionText(api.version), ", but must be ",
                                versionText(kOldestNccl), " or newer"));
  // NOLINTBEGIN(bugprone-macro-parentheses): a list of types takes none.
#define RDATTN_NCCL_LOAD(member, symbol, parameters)                           \
  api.member =                                                                 \
      reinterpret_cast<NcclResult(*) parameters>(dlsym(handle, #symbol));      \
  if (!api.member)                                                             \
    return unsupported(sentence("NCCL ", versionText(api.version),             \
                                " lacks the entry point " #symbol));
  RDATTN_NCCL_ENTRIES(RDATTN_NCCL_LOAD)
#undef RDATTN_NCCL_LOAD
  // NOLINTEND(bugprone-macro-parentheses)
  api.errorString = reinterpret_cast<const char *(*)(NcclResult)>(
      dlsym(handle, "ncclGetErrorString"));
  api.lastError = reinterpret_cast<const char *(*)(NcclHandle)>(
      dlsym(handle, "ncclGetLastError"));
  return std::nullopt;
}

std::string comm::explain(const NcclApi &api, NcclHandle handle,
                          NcclResult result) {
  std::string text = sentence(
      "NCCL: ", api.errorString ? api.errorString(result) : "an error");
  const char *last = api.lastError ? api.lastError(handle) : nullptr;
  return last && *last ? sentence(text, " (", last, ")") : text;
}

MaybeFailure comm::createNcclId(const char *library, NcclId &id) {
  NcclApi api;
  if (MaybeFailure failure = openNccl(library, api))
    return failure;
  const NcclResult result = api.uniqueId(&id);
  if (result != NcclSuccess)
    return ringError("no id of a ring can be made: ",
                     explain(api, nullptr, result));
  return std::nullopt;
}
