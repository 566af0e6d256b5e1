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

/// An error without the module's text, which is long.
static LogicalResult fail(gpu::GPUModuleOp module, const Twine &message) {
  return emitError(module.getLoc())
         << "gpu.module @" << module.getName() << ": " << message;
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
  void appendObjects(const KernelJob &job, bool keepPTX);

  gpu::GPUModuleOp module;
  size_t first = 0, count = 0; ///< of its jobs among all
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
  for (auto kernel : module.getOps<LLVM::LLVMFuncOp>())
    if (isKernel(kernel))
      for (NVVM::NVVMTargetAttr target : targets)
        jobs.push_back({module, kernel, target, {}, {}, {}});
  count = jobs.size() - first;
  if (count == 0)
    return fail(module, "has no kernel in the LLVM dialect; lower it to the "
                        "nvvm level first");
  return success();
}

/// The device's own code first.
void ModuleJobs::appendObjects(const KernelJob &job, bool keepPTX) {
  auto append = [&](gpu::CompilationTarget format, StringRef bytes,
                    DictionaryAttr properties) {
    auto data = StringAttr::get(module.getContext(), bytes);
    objects.push_back(
        gpu::ObjectAttr::get(job.target, format, data, properties));
  };
  StringAttr kernel = SymbolTable::getSymbolName(job.kernel);
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
  for (const KernelJob &job : jobs.slice(first, count)) {
    if (!job.error.empty())
      return fail(module, job.error);
    appendObjects(job, keepPTX);
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
  compileKernels(&getContext(), jobs, *formats);
  for (ModuleJobs &module : modules)
    if (failed(module.replaceModule(jobs, formats->ptx)))
      return failure();
  return success();
}
