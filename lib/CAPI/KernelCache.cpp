//===- KernelCache.cpp - Compiled kernels on disk -------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/CAPI/KernelCache.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Object/BuildID.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/CachePruning.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"
#include "llvm/TargetParser/Host.h"

#include <dlfcn.h>

using namespace llvm;
using namespace rdattn::capi;

static constexpr uint64_t kMostBytes = uint64_t(1) << 30;

static std::string chooseFolder() {
  SmallString<128> folder;
  if (const char *named = std::getenv("RDATTN_CACHE"))
    return StringRef(named) == "off" ? "" : named;
  if (!sys::path::cache_directory(folder))
    return "";
  sys::path::append(folder, "rdattn");
  return std::string(folder);
}

/// The linker's hash of this library; empty where it made none.
static std::string identifyLibrary() {
  Dl_info library;
  if (!dladdr(reinterpret_cast<void *>(&identifyLibrary), &library))
    return "";
  auto file = object::ObjectFile::createObjectFile(library.dli_fname);
  if (!file) {
    consumeError(file.takeError());
    return "";
  }
  return toHex(object::getBuildID(file->getBinary()));
}

static std::string identifyHost() {
  std::string text = sys::getHostCPUName().str();
  auto features = sys::getHostCPUFeatures();
  SmallVector<StringRef> present;
  for (const auto &feature : features)
    if (feature.second)
      present.push_back(feature.first());
  sort(present);
  return text + "," + join(present, ",");
}

KernelCache::KernelCache(StringRef source) : folder(chooseFolder()) {
  static const std::string library = identifyLibrary(), host = identifyHost();
  if (folder.empty() || library.empty())
    return;
  SHA256 hash;
  for (StringRef part : {StringRef(library), StringRef(host), source}) {
    hash.update(part);
    hash.update(StringRef("\0", 1));
  }
  // Pruning knows files by the beginning of their names.
  SmallString<128> file(folder);
  sys::path::append(file, "llvmcache-" + toHex(hash.final(), true) + ".o");
  path = std::string(file);
}

using Trailer = support::ulittle64_t; ///< the hash of what precedes it

std::unique_ptr<MemoryBuffer> KernelCache::find() const {
  if (path.empty())
    return nullptr;
  auto file = MemoryBuffer::getFile(path, /*IsText=*/false,
                                    /*RequiresNullTerminator=*/false);
  if (!file || (*file)->getBufferSize() < sizeof(Trailer))
    return nullptr;
  StringRef object = (*file)->getBuffer().drop_back(sizeof(Trailer));
  if (support::endian::read64le(object.end()) !=
      xxh3_64bits(arrayRefFromStringRef(object)))
    return nullptr;
  return MemoryBuffer::getMemBufferCopy(object, "rdattn");
}

/// A month of no use, or more than a gigabyte in all, removes files; it is
/// looked for every twenty minutes.
static void prune(StringRef folder) {
  CachePruningPolicy policy;
  policy.Expiration = std::chrono::hours(24 * 30);
  policy.MaxSizeBytes = kMostBytes;
  (void)pruneCache(folder, policy);
}

void KernelCache::store(ArrayRef<char> object) const {
  if (path.empty() || sys::fs::create_directories(
                          folder, /*IgnoreExisting=*/true, sys::fs::owner_all))
    return;
  // Under a name of its own first, so that no process finds a part of it.
  consumeError(writeToOutput(path, [&](raw_ostream &stream) {
    Trailer trailer(xxh3_64bits(ArrayRef(
        reinterpret_cast<const uint8_t *>(object.data()), object.size())));
    stream.write(object.data(), object.size());
    stream.write(reinterpret_cast<const char *>(&trailer), sizeof(trailer));
    return Error::success();
  }));
  prune(folder);
}
