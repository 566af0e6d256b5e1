//===- Program.h - Kernels loaded on a device -------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_CUDA_PROGRAM_H
#define RDATTN_RUNTIME_CUDA_PROGRAM_H

#include "runtime/cuda/ProgramChecks.h"
#include "runtime/cuda/Resource.h"

#include <string>

namespace rdattn::runtime::cuda {

/// A kernel that can be launched.
struct Kernel {
  bool takes(rdattn_kernel_role role) const {
    return roles.find(static_cast<char>(role)) != roles.npos;
  }

  FunctionHandle function = nullptr; ///< null where the variant has none
  std::string name, roles;
  unsigned threads = 0, sharedBytes = 0;
  int64_t blocks = 0; ///< that the device runs at once
};

/// The best variant of a module's code for one device. What it says is its
/// own: graphs keep it when the module has gone.
class Program {
public:
  /// Checks the program, chooses a variant and an image of it, and loads it.
  static MaybeFailure load(Device &device, const rdattn_cuda_program &program,
                           std::shared_ptr<const Program> &loaded);

  explicit Program(const rdattn_cuda_program &program)
      : dtype(program.dtype), headDim(program.head_dim),
        valueDim(program.value_dim) {}

  const Kernel &kernel(int kind) const { return kernels[kind]; }
  bool merges() const { return kernels[RDATTN_KERNEL_MERGE].function; }

  const int64_t dtype, headDim, valueDim;
  int64_t queries = 0, keys = 0; ///< rows of a tile
  int64_t kinds = 0;             ///< bit k: there is a kernel of kind k
  int64_t mappers = 0;           ///< bit k: it takes tensor maps

private:
  MaybeFailure loadVariant(Device &device, const rdattn_cuda_variant &variant);
  MaybeFailure addKernel(Device &device, const rdattn_cuda_kernel &data);

  ResourcePointer module;
  Kernel kernels[kKernelKinds];
};

} // namespace rdattn::runtime::cuda

#endif // RDATTN_RUNTIME_CUDA_PROGRAM_H
