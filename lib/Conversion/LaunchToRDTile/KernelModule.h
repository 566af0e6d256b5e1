//===- KernelModule.h - The kernels of a launch -----------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_CONVERSION_LAUNCHTORDTILE_KERNELMODULE_H
#define RDATTN_CONVERSION_LAUNCHTORDTILE_KERNELMODULE_H

#include "dialect/RDAttn.h"
#include "lib/Conversion/LaunchToRDTile/Kernel.h"

#include "mlir/IR/SymbolTable.h"

namespace rdattn::rdtile {

/// Builds kernels into a GPU module of their own.
class KernelModule {
public:
  KernelModule(mlir::ImplicitLocOpBuilder &at, mlir::SymbolTable &symbols,
               llvm::StringRef name, bool isSM90);

  /// The kernels of one launch, from the special to the general.
  void addAttentions(const KernelKey &key);
  void addMerge(const KernelKey &key);
  void addFinish(const KernelKey &key);
  void addPacks(const KernelKey &key);

  llvm::StringRef name() { return module.getName(); }
  llvm::ArrayRef<mlir::Attribute> kernels() const { return attributes; }

private:
  void addAttention(llvm::StringRef name, KernelKey key, Access access,
                    KernelKind kind);
  template <typename Kernel>
  void add(llvm::StringRef name, const KernelKey &key, KernelKind kind);
  void addRows(llvm::StringRef name, KernelKind kind, llvm::StringRef roles);
  mlir::Attribute target();

  I32Builder b;
  mlir::gpu::GPUModuleOp module;
  llvm::SmallVector<mlir::Attribute> attributes;
  bool isSM90;
};

} // namespace rdattn::rdtile

#endif // RDATTN_CONVERSION_LAUNCHTORDTILE_KERNELMODULE_H
