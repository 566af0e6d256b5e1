//===- SerializeKernels.cpp - GPU modules become PTX and cubins -----------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Target/CUDA/DeviceCode.h"
#include "lib/Target/CUDA/Ptxas.h"
#include "lib/Transforms/Passes.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/ThreadPool.h"

namespace rdattn {
#define GEN_PASS_DEF_SERIALIZEKERNELS
#include "lib/Transforms/Passes.h.inc"
} // namespace rdattn

using namespace mlir;
using namespace rdattn;

namespace {
/// What to make of each GPU module.
struct Formats {
  bool ptx = true;
  std::optional<Ptxas> ptxas; ///< where a cubin is wanted
};

/// One GPU module for one target.
struct Job {
  gpu::GPUModuleOp module;
  NVVM::NVVMTargetAttr target;
  DeviceCode code;
  std::string ptx, error;
  std::optional<Cubin> cubin;
};
} // namespace

static llvm::Expected<Formats> parseFormats(StringRef format, StringRef path) {
  auto wanted = llvm::StringSwitch<std::optional<std::pair<bool, bool>>>(format)
                    .Case("ptx", std::pair(true, false))
                    .Case("cubin", std::pair(false, true))
                    .Cases({"both", "auto"}, std::pair(true, true))
                    .Default(std::nullopt);
  if (!wanted)
    return llvm::createStringError("unknown format '" + format +
                                   "'; formats are ptx, cubin, both and auto");
  Formats formats{wanted->first, std::nullopt};
  if (!wanted->second)
    return formats;
  llvm::Expected<Ptxas> found = path.empty() ? Ptxas::find() : Ptxas::at(path);
  if (found)
    formats.ptxas = *found;
  else if (format == "auto")
    consumeError(found.takeError());
  else
    return found.takeError();
  return formats;
}

/// Runs without MLIR, so that jobs may run in parallel.
static void compile(Job &job, const Formats &formats) {
  auto ptx = job.code.emitPTX();
  if (!ptx) {
    job.error = llvm::toString(ptx.takeError());
    return;
  }
  job.ptx = std::move(*ptx);
  if (!formats.ptxas)
    return;
  auto cubin = formats.ptxas->assemble(job.ptx, job.target.getChip());
  if (cubin)
    job.cubin = std::move(*cubin);
  else
    job.error = llvm::toString(cubin.takeError());
}

static void compileAll(MutableArrayRef<Job> jobs, const Formats &formats) {
  if (jobs.size() == 1)
    return compile(jobs.front(), formats);
  llvm::DefaultThreadPool threads(llvm::hardware_concurrency(jobs.size()));
  for (Job &job : jobs)
    threads.async([&job, &formats] { compile(job, formats); });
  threads.wait();
}

/// ptxas's report, by kernel.
static DictionaryAttr resourcesOf(const Cubin &cubin, MLIRContext *context) {
  Builder b(context);
  SmallVector<NamedAttribute> kernels;
  for (const KernelResources &kernel : cubin.kernels) {
    std::pair<StringRef, int64_t> figures[] = {
        {"registers", kernel.registers},
        {"shared", kernel.shared},
        {"spill_loads", kernel.spillLoads},
        {"spill_stores", kernel.spillStores},
        {"stack", kernel.stack}};
    SmallVector<NamedAttribute> values;
    for (auto [name, figure] : figures)
      values.push_back(b.getNamedAttr(name, b.getI64IntegerAttr(figure)));
    kernels.push_back(
        b.getNamedAttr(kernel.kernel, b.getDictionaryAttr(values)));
  }
  return b.getDictionaryAttr(kernels);
}

/// The device's own code first.
static void appendObjects(Job &job, const Formats &formats,
                          SmallVectorImpl<Attribute> &objects) {
  MLIRContext *context = job.target.getContext();
  auto bytes = [&](StringRef text) { return StringAttr::get(context, text); };
  if (job.cubin) {
    for (const std::string &warning : job.cubin->warnings)
      emitWarning(job.module.getLoc()) << warning;
    objects.push_back(gpu::ObjectAttr::get(
        job.target, gpu::CompilationTarget::Binary, bytes(job.cubin->bytes),
        resourcesOf(*job.cubin, context)));
  }
  if (formats.ptx)
    objects.push_back(gpu::ObjectAttr::get(
        job.target, gpu::CompilationTarget::Assembly, bytes(job.ptx)));
}

/// An error without the module's text, which is long.
static LogicalResult fail(gpu::GPUModuleOp module, const llvm::Twine &message) {
  return emitError(module.getLoc())
         << "gpu.module @" << module.getName() << ": " << message;
}

/// One job for each target of `module`.
static LogicalResult addJobs(gpu::GPUModuleOp module, std::vector<Job> &jobs) {
  if (!module.getTargetsAttr() || module.getTargetsAttr().empty())
    return fail(module, "names no GPU; give it targets such as "
                        "[#nvvm.target<chip = \"sm_90a\">]");
  // No other GPU's dialect is registered.
  for (auto target :
       module.getTargetsAttr().getAsRange<NVVM::NVVMTargetAttr>()) {
    auto code = DeviceCode::create(module, target);
    if (!code)
      return fail(module, llvm::toString(code.takeError()));
    jobs.push_back({module, target, std::move(*code), {}, {}, {}});
  }
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
    auto modules = llvm::to_vector(getOperation().getOps<gpu::GPUModuleOp>());
    if (modules.empty())
      return;
    llvm::Expected<Formats> formats = parseFormats(format, ptxas);
    if (!formats) {
      getOperation().emitError(llvm::toString(formats.takeError()));
      return signalPassFailure();
    }
    std::vector<Job> jobs;
    for (gpu::GPUModuleOp module : modules)
      if (failed(addJobs(module, jobs)))
        return signalPassFailure();
    compileAll(jobs, *formats);
    if (failed(replaceModules(jobs, *formats)))
      signalPassFailure();
  }

private:
  LogicalResult replaceModules(MutableArrayRef<Job> jobs,
                               const Formats &formats);
};
} // namespace

/// Jobs of one module are neighbours.
LogicalResult SerializeKernels::replaceModules(MutableArrayRef<Job> jobs,
                                               const Formats &formats) {
  while (!jobs.empty()) {
    gpu::GPUModuleOp module = jobs.front().module;
    SmallVector<Attribute> objects;
    for (; !jobs.empty() && jobs.front().module == module;
         jobs = jobs.drop_front()) {
      if (!jobs.front().error.empty())
        return fail(module, jobs.front().error);
      appendObjects(jobs.front(), formats, objects);
    }
    OpBuilder b(module);
    gpu::BinaryOp::create(b, module.getLoc(), module.getName(),
                          /*offloadingHandler=*/Attribute(), objects);
    module.erase();
  }
  return success();
}
