//===- Footer.h - The last bytes of a module file ---------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_FOOTER_H
#define RDATTN_RUNTIME_FOOTER_H

#include "runtime/Error.h"

#include <cstddef>

namespace rdattn::runtime {

/// Checks that the `fileSize` bytes at `file` are a shared object and its
/// footer, and sets `size` to the shared object's part. `path` is for messages.
MaybeFailure checkFooter(const char *path, const unsigned char *file,
                         size_t fileSize, size_t &size);

/// Both versions named; `subject` is the path or "the module".
Failure abiMismatch(const std::string &subject, uint64_t version);

} // namespace rdattn::runtime

#endif // RDATTN_RUNTIME_FOOTER_H
