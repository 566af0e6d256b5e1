//===- KernelCache.h - Compiled kernels on disk -----------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CAPI_KERNELCACHE_H
#define RDATTN_CAPI_KERNELCACHE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/MemoryBuffer.h"

#include <memory>
#include <string>

namespace rdattn::capi {

/// The object file of one kernel in the folder where processes leave what they
/// compiled. Any number of them may use it at once. What cannot be read is
/// compiled, and what cannot be written is not kept: neither is an error.
class KernelCache {
public:
  /// The file of a kernel that this library compiles from `source` for this
  /// machine. The folder is what RDATTN_CACHE names, or rdattn in the user's
  /// cache folder; there is none where it is "off".
  explicit KernelCache(llvm::StringRef source);

  /// The object, or null where there is none that is whole.
  std::unique_ptr<llvm::MemoryBuffer> find() const;

  /// Leaves the object, and removes the oldest files where there are many.
  void store(llvm::ArrayRef<char> object) const;

private:
  std::string folder, path; ///< empty where nothing is kept
};

} // namespace rdattn::capi

#endif // RDATTN_CAPI_KERNELCACHE_H
