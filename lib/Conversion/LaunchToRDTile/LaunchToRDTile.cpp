//===- LaunchToRDTile.cpp - Launches become kernels and a dispatch --------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/RDAttn.h"
#include "lib/Conversion/LaunchToRDTile/KernelModule.h"
#include "lib/Conversion/Passes.h"

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

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

/// What the schedule and the types of q and v say.
static KernelKey keyOf(ScheduleAttrInterface schedule, Value q, Value v) {
  auto qType = cast<MemRefType>(q.getType());
  KernelKey key = {};
  key.element = qType.getElementType();
  key.headDim = qType.getDimSize(3);
  key.valueDim = cast<MemRefType>(v.getType()).getDimSize(3);
  if (auto sm90 = dyn_cast<SM90ScheduleAttr>(schedule))
    setSchedule(key, sm90);
  else
    setSchedule(key, cast<SM80ScheduleAttr>(schedule));
  return key;
}

static KernelKey keyOf(LaunchOp launch) {
  KernelKey key = keyOf(launch.getSchedule(), launch.getQ(), launch.getV());
  key.causal = launch.getCausal();
  key.gathered = launch.getGathered();
  // A row that sees itself alone has a window of one.
  key.windowed = launch.getWindowed() || launch.getIsolated();
  key.merges = launch.getEpilogue() != Epilogue::Store;
  key.hasLse = bool(launch.getLse());
  return key;
}

/// The rows of any step may be listed.
static KernelKey keyOf(RingLaunchOp launch) {
  KernelKey key =
      keyOf(launch.getSchedule(), launch.getInputs()[0], launch.getInputs()[2]);
  key.causal = launch.getCausal();
  key.windowed = launch.getWindowed();
  key.listed = launch.getListed();
  key.gathered = key.ring = true;
  key.hasLse = bool(launch.getLse());
  return key;
}

namespace {
/// Lowers the launches of a module that are for GPUs.
class Lowerer {
public:
  explicit Lowerer(ModuleOp module) : module(module), symbols(module) {}

  LogicalResult run();

private:
  template <typename Op> LogicalResult lowerAll();
  LogicalResult lower(LaunchOp launch);
  LogicalResult lower(RingLaunchOp launch);
  LogicalResult lower(RingPostOp post);
  LogicalResult lower(RingFinishOp finish);
  KernelModule &kernelsOf(RingLaunchOp launch);
  KernelModule &packsOf(RingPostOp post, bool isSM90);
  bool isForSM90(RingDispatchOp step);

  ModuleOp module;
  SymbolTable symbols;
  /// Of launches of steps, which are alike: by all that makes up their key.
  llvm::MapVector<Attribute, std::unique_ptr<KernelModule>> stepKernels;
  /// Of the steps that are posted, in the same way.
  llvm::MapVector<Attribute, std::unique_ptr<KernelModule>> packKernels;
};
} // namespace

static bool isForGPU(Attribute schedule) {
  return isa<SM80ScheduleAttr, SM90ScheduleAttr>(schedule);
}

static LogicalResult needsMemrefs(Operation *op) {
  return op->emitOpError("must be on memrefs to become GPU kernels; bufferise "
                         "it first");
}

LogicalResult Lowerer::lower(LaunchOp launch) {
  if (!isForGPU(launch.getSchedule()))
    return success();
  if (!launch.hasBufferSemantics())
    return needsMemrefs(launch);
  ImplicitLocOpBuilder b(launch.getLoc(), launch);
  KernelKey key = keyOf(launch);
  KernelModule kernels(b, symbols, "attention_kernels",
                       isa<SM90ScheduleAttr>(launch.getSchedule()));
  kernels.addAttentions(key);
  if (key.merges)
    kernels.addMerge(key);
  DispatchOp::create(b, kernels.name(), b.getArrayAttr(kernels.kernels()),
                     launch.getQ(), launch.getK(), launch.getV(),
                     launch.getScale(), launch.getItems(), launch.getRows(),
                     launch.getPhases(), launch.getO(), launch.getLse(),
                     launch.getEpilogue(), key.queries, key.keys);
  launch.erase();
  return success();
}

KernelModule &Lowerer::kernelsOf(RingLaunchOp launch) {
  ImplicitLocOpBuilder b(launch.getLoc(), launch);
  KernelKey key = keyOf(launch);
  Attribute all = b.getArrayAttr(
      {launch.getSchedule(), TypeAttr::get(key.element),
       b.getDenseI64ArrayAttr({key.headDim, key.valueDim, key.causal,
                               key.windowed, key.listed, key.hasLse})});
  std::unique_ptr<KernelModule> &kernels = stepKernels[all];
  if (!kernels) {
    kernels = std::make_unique<KernelModule>(
        b, symbols, "step_kernels",
        isa<SM90ScheduleAttr>(launch.getSchedule()));
    kernels->addAttentions(key);
  }
  return *kernels;
}

LogicalResult Lowerer::lower(RingLaunchOp launch) {
  if (!isForGPU(launch.getSchedule()))
    return success();
  if (launch->getNumResults() > 0)
    return needsMemrefs(launch);
  KernelModule &kernels = kernelsOf(launch);
  KernelKey key = keyOf(launch);
  ImplicitLocOpBuilder b(launch.getLoc(), launch);
  OperandRange inputs = launch.getInputs();
  RingDispatchOp::create(b, kernels.name(), b.getArrayAttr(kernels.kernels()),
                         inputs[0], inputs[1], inputs[2], launch.getScale(),
                         launch.getItems(), launch.getLists(),
                         launch.getPhases(), launch.getPartial(), launch.getO(),
                         launch.getLse(), launch.getInitial(), key.queries,
                         key.keys, launch.getRoom().value_or(0));
  launch.erase();
  return success();
}

bool Lowerer::isForSM90(RingDispatchOp step) {
  auto steps = symbols.lookup<gpu::GPUModuleOp>(step.getModule());
  auto target = cast<NVVM::NVVMTargetAttr>(steps.getTargetsAttr()[0]);
  return target.getChip() == "sm_90a";
}

KernelModule &Lowerer::packsOf(RingPostOp post, bool isSM90) {
  ImplicitLocOpBuilder b(post.getLoc(), post);
  auto k = cast<MemRefType>(post.getK().getType());
  KernelKey key = {};
  key.element = k.getElementType();
  key.headDim = k.getDimSize(3);
  key.valueDim = cast<MemRefType>(post.getV().getType()).getDimSize(3);
  Attribute all = b.getArrayAttr(
      {TypeAttr::get(key.element),
       b.getDenseI64ArrayAttr({key.headDim, key.valueDim, isSM90})});
  std::unique_ptr<KernelModule> &kernels = packKernels[all];
  if (!kernels) {
    kernels =
        std::make_unique<KernelModule>(b, symbols, "pack_kernels", isSM90);
    kernels->addPacks(key);
  }
  return *kernels;
}

/// Which target it is for the launches of its function tell.
static RingDispatchOp stepOf(RingPostOp post) {
  RingDispatchOp found;
  post->getParentOfType<FunctionOpInterface>()->walk([&](RingDispatchOp step) {
    found = step;
    return WalkResult::interrupt();
  });
  return found;
}

LogicalResult Lowerer::lower(RingPostOp post) {
  if (!isa<MemRefType>(post.getK().getType()))
    return success(); // of no step that was lowered
  RingDispatchOp step = stepOf(post);
  if (!step)
    return success();
  KernelModule &kernels = packsOf(post, isForSM90(step));
  ImplicitLocOpBuilder b(post.getLoc(), post);
  auto dispatch = RingPostDispatchOp::create(
      b, post.getType(), kernels.name(), b.getArrayAttr(kernels.kernels()),
      post.getSchedule(), post.getStep(), post.getK(), post.getV());
  post.replaceAllUsesWith(dispatch.getResult());
  post.erase();
  return success();
}

/// Which target it is for the launches before it tell.
static RingDispatchOp stepBefore(RingFinishOp finish) {
  for (Operation *user : finish.getPartial().front().getUsers())
    if (auto dispatch = dyn_cast<RingDispatchOp>(user))
      return dispatch;
  return {};
}

LogicalResult Lowerer::lower(RingFinishOp finish) {
  if (finish->getNumResults() > 0)
    return success(); // of no step that was lowered
  RingDispatchOp step = stepBefore(finish);
  if (!step)
    return success();
  ImplicitLocOpBuilder b(finish.getLoc(), finish);
  KernelKey key = {};
  key.element = step.getQ().getType().getElementType();
  key.valueDim = step.getV().getType().getDimSize(3);
  key.hasLse = bool(finish.getLse());
  KernelModule kernels(b, symbols, "finish_kernels", isForSM90(step));
  kernels.addFinish(key);
  RingFinishDispatchOp::create(
      b, kernels.name(), cast<KernelAttr>(kernels.kernels().front()),
      finish.getPartial(), finish.getO(), finish.getLse());
  finish.erase();
  return success();
}

template <typename Op> LogicalResult Lowerer::lowerAll() {
  SmallVector<Op> ops;
  module.walk([&](Op op) { ops.push_back(op); });
  for (Op op : ops)
    if (failed(lower(op)))
      return failure();
  return success();
}

LogicalResult Lowerer::run() {
  return success(
      succeeded(lowerAll<LaunchOp>()) && succeeded(lowerAll<RingLaunchOp>()) &&
      succeeded(lowerAll<RingPostOp>()) && succeeded(lowerAll<RingFinishOp>()));
}

namespace {
struct ConvertLaunchToRDTile
    : rdattn::impl::ConvertLaunchToRDTileBase<ConvertLaunchToRDTile> {
  void runOnOperation() override {
    if (failed(Lowerer(getOperation()).run()))
      signalPassFailure();
  }
};
} // namespace
