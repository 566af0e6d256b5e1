//===- Workspaces.h - Memory of launches in flight --------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_CUDA_WORKSPACES_H
#define RDATTN_RUNTIME_CUDA_WORKSPACES_H

#include "rdattn/module.h"
#include "runtime/Error.h"
#include "runtime/cuda/LaunchStream.h"
#include "runtime/cuda/Resource.h"

#include <list>
#include <mutex>

namespace rdattn::runtime::cuda {

/// The shape of partial results, and the bytes of one of their elements.
struct PartialShape {
  int64_t branches, batch, tokens, heads, valueDim, elementBytes;
};

/// What one launch in flight writes besides its results. Launches of one
/// stream follow each other, so they share one.
class Workspace {
public:
  /// Makes the counter, zero at first, where there is none.
  MaybeFailure prepareCounter(Device &device, const LaunchStream &stream);

  /// Makes room for partial results of this shape, with statistics at rest.
  MaybeFailure preparePartials(Device &device, const LaunchStream &stream,
                               const PartialShape &shape);

  rdattn_table1 counterTable() const;
  Address partials() const { return results->memory; }
  Address statistics() const { return sums->memory; }

  std::mutex mutex; ///< held while a launch that uses it is put on a stream
  bool isStreamKnown = false;

private:
  MaybeFailure reserve(Device &device, size_t bytes, const char *what,
                       ResourcePointer &memory);

  ResourcePointer counter, results, sums;
  int64_t rowsAtRest = 0; ///< for which the statistics are laid out
};

/// The workspaces of eager launches, by stream. Thread-safe.
class Workspaces {
public:
  static constexpr size_t kStreams = 32;

  /// The workspace of the stream with this id.
  std::shared_ptr<Workspace> find(unsigned long long stream);

  void clear() noexcept;

private:
  struct Entry {
    unsigned long long stream;
    std::shared_ptr<Workspace> workspace;
  };
  std::mutex mutex;
  std::list<Entry> entries; ///< most recently used first
};

} // namespace rdattn::runtime::cuda

#endif // RDATTN_RUNTIME_CUDA_WORKSPACES_H
