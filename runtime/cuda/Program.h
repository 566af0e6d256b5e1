//===- Program.h - A module's code on a device ------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_CUDA_PROGRAM_H
#define RDATTN_RUNTIME_CUDA_PROGRAM_H

#include "runtime/cuda/ProgramChecks.h"
#include "runtime/cuda/Resource.h"

#include <mutex>
#include <string>
#include <vector>

namespace rdattn::runtime::cuda {

/// A kernel of a program, loaded when it is first needed.
struct Kernel {
  bool takes(rdattn_kernel_role role) const {
    return roles.find(static_cast<char>(role)) != roles.npos;
  }

  std::string name, roles;
  unsigned threads = 0, sharedBytes = 0;
  std::atomic<bool> isLoaded{false};
  FunctionHandle function = nullptr;
  int64_t blocks = 0; ///< that a multiprocessor runs at once
};

/// A module's code on one device. Graphs keep it when the
/// module has gone: what they run is loaded then.
class Program {
public:
  /// Checks the program, and that it serves the device.
  static MaybeFailure create(Device &device, const rdattn_cuda_program &data,
                             std::shared_ptr<Program> &program);

  Program(Device &device, const rdattn_cuda_program &data);

  /// The kernel of a kind that is there. The status is
  /// RDATTN_UNSUPPORTED_DEVICE where another program may do. Thread-safe.
  MaybeFailure findKernel(int kind, const Kernel *&kernel);

  bool has(rdattn_kernel_kind kind) const { return kinds >> kind & 1; }
  /// Whether it has kernels of an attention.
  bool computes() const {
    return kinds & ((int64_t(1) << RDATTN_KERNEL_MERGE) - 1);
  }

  const int64_t dtype, headDim, valueDim;
  const int64_t epilogue;
  const int64_t queries, keys; ///< rows of a tile
  int64_t kinds = 0;           ///< bit k: there is a kernel of kind k
  int64_t mappers = 0;         ///< bit k: it takes tensor maps

private:
  MaybeFailure loadKernel(Kernel &kernel);
  MaybeFailure findModule(const Kernel &kernel, ModuleHandle &module);

  struct LoadedImage {
    const rdattn_cuda_image *image;
    ResourcePointer module;
  };

  Device &device;
  const rdattn_cuda_program &data;
  std::mutex mutex;
  std::vector<LoadedImage> images;
  Kernel kernels[kKernelKinds];
};

} // namespace rdattn::runtime::cuda

#endif // RDATTN_RUNTIME_CUDA_PROGRAM_H
