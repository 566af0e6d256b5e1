//===- LaunchToRDTile.cpp - Launches become kernels and a dispatch --------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/RDAttn.h"
#include "lib/Conversion/LaunchToRDTile/SM80Kernel.h"
#include "lib/Conversion/LaunchToRDTile/SM90Kernel.h"
#include "lib/Conversion/Passes.h"

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/SymbolTable.h"

namespace rdattn {
#define GEN_PASS_DEF_CONVERTLAUNCHTORDTILE
#include "lib/Conversion/Passes.h.inc"
} // namespace rdattn

using namespace mlir;
using namespace rdattn;
using namespace rdattn::rdtile;

static void setSchedule(KernelKey &key, SM90ScheduleAttr schedule) {
  key.queries = schedule.getQueries();
  key.keys = schedule.getKeys();
  key.stages = schedule.getStages();
  key.consumers = schedule.getConsumers();
  key.lanes = schedule.getLanes();
  key.pingpong = schedule.getPingpong();
  key.producers = key.fragments = 1;
}

static void setSchedule(KernelKey &key, SM80ScheduleAttr schedule) {
  key.queries = schedule.getQueries();
  key.keys = schedule.getKeys();
  key.stages = schedule.getStages();
  key.consumers = schedule.getWarpgroups();
  key.fragments = schedule.getFragments();
}

static KernelKey keyOf(LaunchOp launch, Access access) {
  auto q = cast<MemRefType>(launch.getQ().getType());
  auto v = cast<MemRefType>(launch.getV().getType());
  KernelKey key = {};
  key.element = q.getElementType();
  key.headDim = q.getDimSize(3);
  key.valueDim = v.getDimSize(3);
  if (auto schedule = dyn_cast<SM90ScheduleAttr>(launch.getSchedule()))
    setSchedule(key, schedule);
  else
    setSchedule(key, cast<SM80ScheduleAttr>(launch.getSchedule()));
  key.causal = launch.getCausal();
  key.gathered = launch.getGathered();
  // A row that sees itself alone has a window of one.
  key.windowed = launch.getWindowed() || launch.getIsolated();
  key.merges = launch.getEpilogue() != Epilogue::Store;
  key.hasLse = bool(launch.getLse());
  key.access = access;
  return key;
}

namespace {
/// Builds the kernels of one launch into a GPU module.
class KernelModule {
public:
  explicit KernelModule(LaunchOp launch)
      : launch(launch), b(launch.getLoc(), launch.getContext()),
        isSM90(isa<SM90ScheduleAttr>(launch.getSchedule())) {}

  void build(SymbolTable &symbols);
  StringRef name() { return module.getName(); }
  ArrayRef<Attribute> kernels() const { return attributes; }

private:
  void addAttention(StringRef name, Access access, KernelKind kind);
  template <typename Kernel>
  void add(StringRef name, const KernelKey &key, KernelKind kind);
  void addMerge();
  Attribute target();

  LaunchOp launch;
  I32Builder b;
  gpu::GPUModuleOp module;
  SmallVector<Attribute> attributes;
  bool isSM90;
};
} // namespace

template <typename Kernel>
void KernelModule::add(StringRef name, const KernelKey &key, KernelKind kind) {
  Kernel kernel(b, key);
  kernel.build(name);
  attributes.push_back(KernelAttr::get(b.getContext(), name, kind,
                                       kernel.roles(), key.threads(),
                                       kernel.sharedBytes()));
}

void KernelModule::addAttention(StringRef name, Access access,
                                KernelKind kind) {
  KernelKey key = keyOf(launch, access);
  if (isSM90)
    add<SM90Kernel>(name, key, kind);
  else
    add<SM80Kernel>(name, key, kind);
}

void KernelModule::addMerge() {
  std::string roles;
  buildMergeKernel(b, keyOf(launch, Access::Rows), "merge", roles);
  attributes.push_back(KernelAttr::get(b.getContext(), "merge",
                                       KernelKind::Merge, roles, kMergeThreads,
                                       /*shared=*/0));
}

/// sm_90a is Hopper alone. What is compiled for sm_80 runs on all later GPUs;
/// PTX 7.4 has all that its kernels use.
Attribute KernelModule::target() {
  return NVVM::NVVMTargetAttr::get(
      b.getContext(), /*optLevel=*/3, "nvptx64-nvidia-cuda",
      isSM90 ? "sm_90a" : "sm_80", isSM90 ? "+ptx80" : "+ptx74");
}

/// From the special to the general. With row lists the general kernel is also
/// the one that uses maps where an item allows it.
void KernelModule::build(SymbolTable &symbols) {
  module = gpu::GPUModuleOp::create(b, "attention_kernels",
                                    b.getArrayAttr(target()));
  symbols.insert(module);
  b.setInsertionPointToStart(module.getBody());
  if (isSM90 && !launch.getGathered())
    addAttention("attention_map", Access::Map, KernelKind::Map);
  KernelKey key = keyOf(launch, Access::Rows);
  if (isInVectors(key.headDim) && isInVectors(key.valueDim))
    addAttention("attention_rows", Access::Rows, KernelKind::Rows);
  addAttention("attention_elements", Access::Elements, KernelKind::Elements);
  if (launch.getEpilogue() != Epilogue::Store)
    addMerge();
}

static void lower(LaunchOp launch, SymbolTable &symbols) {
  KernelModule kernels(launch);
  kernels.build(symbols);
  KernelKey key = keyOf(launch, Access::Rows);
  OpBuilder b(launch);
  DispatchOp::create(
      b, launch.getLoc(), kernels.name(), b.getArrayAttr(kernels.kernels()),
      launch.getQ(), launch.getK(), launch.getV(), launch.getScale(),
      launch.getItems(), launch.getRows(), launch.getPhases(), launch.getO(),
      launch.getLse(), launch.getEpilogue(), key.queries, key.keys);
  launch.erase();
}

namespace {
struct ConvertLaunchToRDTile
    : rdattn::impl::ConvertLaunchToRDTileBase<ConvertLaunchToRDTile> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    SmallVector<LaunchOp> launches;
    getOperation()->walk([&](LaunchOp launch) { launches.push_back(launch); });
    for (LaunchOp launch : launches) {
      if (!isa<SM80ScheduleAttr, SM90ScheduleAttr>(launch.getSchedule()))
        continue;
      if (!launch.hasBufferSemantics()) {
        launch.emitOpError(
            "must be on memrefs to become GPU kernels; bufferise "
            "it first");
        return signalPassFailure();
      }
      lower(launch, symbols);
    }
  }
};
} // namespace
