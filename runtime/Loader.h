//===- Loader.h - Maps a module file ----------------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_LOADER_H
#define RDATTN_RUNTIME_LOADER_H

#include "runtime/Error.h"

#include <memory>

namespace rdattn::runtime {

/// What keeps a module's code alive, and how it is let go.
using Library = std::unique_ptr<void, void (*)(void *)>;

/// Reads and checks the module file at `path`, then maps exactly the bytes
/// that were checked.
MaybeFailure loadLibrary(const char *path, Library &library);

/// The library's module data, or NULL.
const void *moduleDataOf(const Library &library);

} // namespace rdattn::runtime

#endif // RDATTN_RUNTIME_LOADER_H
