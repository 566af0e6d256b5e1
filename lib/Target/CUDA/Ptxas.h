//===- Ptxas.h - NVIDIA's assembler -----------------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TARGET_CUDA_PTXAS_H
#define RDATTN_TARGET_CUDA_PTXAS_H

#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace rdattn {

/// What a kernel takes, as ptxas reports it; bytes per thread but for `shared`,
/// which is per block and static.
struct KernelResources {
  int64_t registers = 0, stack = 0, spillStores = 0, spillLoads = 0;
  int64_t shared = 0;
};

struct Cubin {
  std::string bytes;
  KernelResources resources;
  std::vector<std::string> warnings; ///< lost performance among them
};

/// The ptxas of this machine.
class Ptxas {
public:
  /// On the PATH, in $CUDA_HOME/bin or in /usr/local/cuda/bin; an error says
  /// what to install.
  static llvm::Expected<Ptxas> find();
  /// The program at `path`.
  static llvm::Expected<Ptxas> at(llvm::StringRef path);

  /// Assembles one kernel. `chip` is LLVM's name of the GPU: sm_90a.
  llvm::Expected<Cubin> assemble(llvm::StringRef ptx,
                                 llvm::StringRef chip) const;

private:
  explicit Ptxas(std::string program) : program(std::move(program)) {}

  std::string program;
};

/// Reads the report that `ptxas -v` prints.
void parsePtxasReport(llvm::StringRef report, Cubin &cubin);

} // namespace rdattn

#endif // RDATTN_TARGET_CUDA_PTXAS_H
