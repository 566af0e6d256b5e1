//===- SerializeKernels.cpp - GPU modules become PTX and cubins -----------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Target/CUDA/KernelJobs.h"
#include "lib/Transforms/Passes.h"

namespace rdattn {
#define GEN_PASS_DEF_SERIALIZEKERNELS
#include "lib/Transforms/Passes.h.inc"
} // namespace rdattn

using namespace mlir;
using namespace rdattn;

static bool isKernel(Operation *op) {
  return op->hasAttr(NVVM::NVVMDialect::getKernelFuncAttrName());
}

/// An error without the module's text, which is long.
static LogicalResult fail(gpu::GPUModuleOp module, const Twine &message) {
  return emitError(module.getLoc())
         << "gpu.module @" << module.getName() << ": " << message;
}

/// `module` without its other kernels.
static OwningOpRef<gpu::GPUModuleOp> extract(gpu::GPUModuleOp module,
                                             LLVM::LLVMFuncOp kernel) {
  OpBuilder b(module.getContext());
  OwningOpRef<gpu::GPUModuleOp> part =
      gpu::GPUModuleOp::create(b, module.getLoc(), module.getName());
  b.setInsertionPointToStart(part->getBody());
  for (Operation &op : *module.getBody())
    if (&op == kernel || !isKernel(&op))
      b.clone(op);
  return part;
}

/// The kernel's name, and for a cubin ptxas's report on it.
static DictionaryAttr propertiesOf(StringAttr kernel,
                                   const std::optional<Cubin> &cubin) {
  Builder b(kernel.getContext());
  NamedAttrList properties;
  properties.set("kernel", kernel);
  if (cubin) {
    const KernelResources &used = cubin->resources;
    std::pair<StringRef, int64_t> figures[] = {
        {"registers", used.registers},
        {"shared", used.shared},
        {"spill_loads", used.spillLoads},
        {"spill_stores", used.spillStores},
        {"stack", used.stack}};
    for (auto [name, figure] : figures)
      properties.set(name, b.getI64IntegerAttr(figure));
  }
  return properties.getDictionary(b.getContext());
}

namespace {
/// The jobs of one GPU module, and the binary that they make.
class ModuleJobs {
public:
  explicit ModuleJobs(gpu::GPUModuleOp module) : module(module) {}

  /// One for each kernel and each of the module's targets.
  LogicalResult addTo(std::vector<KernelJob> &jobs);
  LogicalResult replaceModule(ArrayRef<KernelJob> jobs, bool keepPTX);

private:
  void appendObjects(const KernelJob &job, StringAttr kernel,
                     NVVM::NVVMTargetAttr target, bool keepPTX);

  gpu::GPUModuleOp module;
  /// What the jobs from `first` on are for.
  SmallVector<std::pair<StringAttr, NVVM::NVVMTargetAttr>> parts;
  size_t first = 0;
  SmallVector<Attribute> objects;
};
} // namespace

LogicalResult ModuleJobs::addTo(std::vector<KernelJob> &jobs) {
  if (!module.getTargetsAttr() || module.getTargetsAttr().empty())
    return fail(module, "names no GPU; give it targets such as [#nvvm.target<"
                        "chip = \"sm_90a\">]");
  first = jobs.size();
  // No other GPU's dialect is registered.
  auto targets = module.getTargetsAttr().getAsRange<NVVM::NVVMTargetAttr>();
  for (auto kernel : module.getOps<LLVM::LLVMFuncOp>()) {
    if (!isKernel(kernel))
      continue;
    OwningOpRef<gpu::GPUModuleOp> part = extract(module, kernel);
    for (NVVM::NVVMTargetAttr target : targets) {
      auto code = DeviceCode::create(*part, target);
      if (!code)
        return fail(module, llvm::toString(code.takeError()));
      jobs.push_back({std::move(*code), target.getChip().str(), {}, {}, {}});
      parts.emplace_back(kernel.getNameAttr(), target);
    }
  }
  if (parts.empty())
    return fail(module, "has no kernel in the LLVM dialect; lower it to the "
                        "nvvm level first");
  return success();
}

/// The device's own code first.
void ModuleJobs::appendObjects(const KernelJob &job, StringAttr kernel,
                               NVVM::NVVMTargetAttr target, bool keepPTX) {
  auto append = [&](gpu::CompilationTarget format, StringRef bytes,
                    DictionaryAttr properties) {
    auto data = StringAttr::get(module.getContext(), bytes);
    objects.push_back(gpu::ObjectAttr::get(target, format, data, properties));
  };
  if (job.cubin) {
    for (const std::string &warning : job.cubin->warnings)
      emitWarning(module.getLoc()) << warning;
    append(gpu::CompilationTarget::Binary, job.cubin->bytes,
           propertiesOf(kernel, job.cubin));
  }
  if (keepPTX)
    append(gpu::CompilationTarget::Assembly, job.ptx,
           propertiesOf(kernel, std::nullopt));
}

LogicalResult ModuleJobs::replaceModule(ArrayRef<KernelJob> jobs,
                                        bool keepPTX) {
  jobs = jobs.slice(first, parts.size());
  for (auto [job, part] : llvm::zip(jobs, parts)) {
    if (!job.error.empty())
      return fail(module, job.error);
    appendObjects(job, part.first, part.second, keepPTX);
  }
  OpBuilder b(module);
  gpu::BinaryOp::create(b, module.getLoc(), module.getName(),
                        /*offloadingHandler=*/Attribute(), objects);
  module.erase();
  return success();
}

namespace {
struct SerializeKernels : rdattn::impl::SerializeKernelsBase<SerializeKernels> {
  using SerializeKernelsBase::SerializeKernelsBase;

  void getDependentDialects(DialectRegistry &registry) const override {
    SerializeKernelsBase::getDependentDialects(registry);
    registerDeviceTranslations(registry);
  }

  void runOnOperation() override {
    SmallVector<ModuleJobs> modules;
    for (auto module : getOperation().getOps<gpu::GPUModuleOp>())
      modules.emplace_back(module);
    if (!modules.empty() && failed(serialize(modules)))
      signalPassFailure();
  }

private:
  LogicalResult serialize(MutableArrayRef<ModuleJobs> modules);
};
} // namespace

LogicalResult SerializeKernels::serialize(MutableArrayRef<ModuleJobs> modules) {
  auto formats = KernelFormats::parse(format, ptxas);
  if (!formats)
    return getOperation().emitError(llvm::toString(formats.takeError()));
  std::vector<KernelJob> jobs;
  for (ModuleJobs &module : modules)
    if (failed(module.addTo(jobs)))
      return failure();
  compileKernels(jobs, *formats);
  for (ModuleJobs &module : modules)
    if (failed(module.replaceModule(jobs, formats->ptx)))
      return failure();
  return success();
}
