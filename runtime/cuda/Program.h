//===- Program.h - Kernels loaded on a device -------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_CUDA_PROGRAM_H
#define RDATTN_RUNTIME_CUDA_PROGRAM_H

#include "runtime/cuda/ImageLoading.h"
#include "runtime/cuda/ProgramChecks.h"

#include <atomic>
#include <mutex>
#include <string>

namespace rdattn::runtime::cuda {

/// A kernel of a variant.
struct Kernel {
  bool takes(rdattn_kernel_role role) const {
    return roles.find(static_cast<char>(role)) != roles.npos;
  }

  std::string name, roles; ///< no roles where the variant has no such kernel
  unsigned threads = 0, sharedBytes = 0;
  std::atomic<FunctionHandle> function{nullptr}; ///< set by Program::ready
  int64_t blocks = 0; ///< that the device runs at once
};

/// The best variant of a module's code for one device. What it says is its
/// own: graphs keep it when the module has gone.
class Program {
public:
  /// Checks the program, chooses a variant and loads its first kernel.
  static MaybeFailure load(Device &device, const rdattn_cuda_program &program,
                           std::shared_ptr<const Program> &loaded);

  explicit Program(const rdattn_cuda_program &program)
      : dtype(program.dtype), headDim(program.head_dim),
        valueDim(program.value_dim) {}

  const Kernel &kernel(int kind) const { return kernels[kind]; }
  bool merges() const { return kinds >> RDATTN_KERNEL_MERGE & 1; }

  /// Sees to it that the kernel can be launched: kernels are loaded when they
  /// are needed, since the driver may compile them then.
  MaybeFailure ready(Device &device, int kind) const;

  const int64_t dtype, headDim, valueDim;
  int64_t queries = 0, keys = 0; ///< rows of a tile
  int64_t kinds = 0;             ///< bit k: there is a kernel of kind k
  int64_t mappers = 0;           ///< bit k: it takes tensor maps

private:
  void describe(const rdattn_cuda_variant &chosen);
  MaybeFailure setUp(Device &device, Kernel &kernel) const;

  const rdattn_cuda_variant *variant = nullptr; ///< lives as long as calls do
  mutable std::mutex mutex; ///< guards what follows, but for ready functions
  mutable LoadedImages images;
  mutable Kernel kernels[kKernelKinds];
};

} // namespace rdattn::runtime::cuda

#endif // RDATTN_RUNTIME_CUDA_PROGRAM_H
