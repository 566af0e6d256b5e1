//===- KernelModule.cpp - The kernels of a launch -------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/LaunchToRDTile/KernelModule.h"
#include "lib/Conversion/LaunchToRDTile/SM80Kernel.h"
#include "lib/Conversion/LaunchToRDTile/SM90Kernel.h"

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using namespace rdattn;
using namespace rdattn::rdtile;

KernelModule::KernelModule(ImplicitLocOpBuilder &at, SymbolTable &symbols,
                           StringRef name, bool isSM90)
    : b(at.getLoc(), at.getContext()), isSM90(isSM90) {
  module = gpu::GPUModuleOp::create(b, name, b.getArrayAttr(target()));
  symbols.insert(module);
  b.setInsertionPointToStart(module.getBody());
}

template <typename Kernel>
void KernelModule::add(StringRef name, const KernelKey &key, KernelKind kind) {
  Kernel kernel(b, key);
  kernel.build(name);
  attributes.push_back(KernelAttr::get(b.getContext(), name, kind,
                                       kernel.roles(), key.threads(),
                                       kernel.sharedBytes()));
}

void KernelModule::addAttention(StringRef name, KernelKey key, Access access,
                                KernelKind kind) {
  key.access = access;
  if (isSM90)
    add<SM90Kernel>(name, key, kind);
  else
    add<SM80Kernel>(name, key, kind);
}

void KernelModule::addRows(StringRef name, KernelKind kind, StringRef roles) {
  attributes.push_back(KernelAttr::get(b.getContext(), name, kind, roles,
                                       kMergeThreads, /*shared=*/0));
}

void KernelModule::addMerge(const KernelKey &key) {
  std::string roles;
  buildMergeKernel(b, key, "merge", roles);
  addRows("merge", KernelKind::Merge, roles);
}

void KernelModule::addFinish(const KernelKey &key) {
  std::string roles;
  buildFinishKernel(b, key, "finish", roles);
  addRows("finish", KernelKind::Finish, roles);
}

/// Whether rows of so many columns are a multiple of a vector.
static bool arePackedInVectors(const KernelKey &key) {
  const int64_t columns =
      kPackVectorBytes * 8 / key.element.getIntOrFloatBitWidth();
  return key.headDim % columns == 0 && key.valueDim % columns == 0;
}

void KernelModule::addPacks(const KernelKey &key) {
  auto addPack = [&](StringRef name, KernelKind kind, bool inVectors) {
    buildPackKernel(b, key, name, inVectors);
    addRows(name, kind, kPackRoles);
  };
  if (arePackedInVectors(key))
    addPack("pack_vectors", KernelKind::PackVectors, true);
  addPack("pack_elements", KernelKind::PackElements, false);
}

/// sm_90a is Hopper alone. What is compiled for sm_80 runs on all later GPUs;
/// PTX 7.4 has all that its kernels use.
Attribute KernelModule::target() {
  return NVVM::NVVMTargetAttr::get(
      b.getContext(), /*optLevel=*/3, "nvptx64-nvidia-cuda",
      isSM90 ? "sm_90a" : "sm_80", isSM90 ? "+ptx80" : "+ptx74");
}

/// With row lists the general kernel is also the one that uses maps where an
/// item allows it. On a ring a step may have none.
void KernelModule::addAttentions(const KernelKey &key) {
  if (isSM90 && (!key.gathered || key.ring)) {
    KernelKey mapped = key;
    mapped.gathered = false;
    addAttention("attention_map", mapped, Access::Map, KernelKind::Map);
  }
  if (isInVectors(key.headDim) && isInVectors(key.valueDim))
    addAttention("attention_rows", key, Access::Rows, KernelKind::Rows);
  addAttention("attention_elements", key, Access::Elements,
               KernelKind::Elements);
}
