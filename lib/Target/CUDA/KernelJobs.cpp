//===- KernelJobs.cpp - Kernels compiled in parallel ----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Target/CUDA/KernelJobs.h"

#include "mlir/IR/Threading.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;
using namespace rdattn;

Expected<KernelFormats> KernelFormats::parse(StringRef format,
                                             StringRef ptxas) {
  auto wanted = StringSwitch<std::optional<std::pair<bool, bool>>>(format)
                    .Case("ptx", std::pair(true, false))
                    .Case("cubin", std::pair(false, true))
                    .Cases({"both", "auto"}, std::pair(true, true))
                    .Default(std::nullopt);
  if (!wanted)
    return createStringError("unknown format '" + format +
                             "'; formats are ptx, cubin, both and auto");
  KernelFormats formats{wanted->first, std::nullopt};
  if (!wanted->second)
    return formats;
  Expected<Ptxas> found = ptxas.empty() ? Ptxas::find() : Ptxas::at(ptxas);
  if (found)
    formats.ptxas = *found;
  else if (format == "auto")
    consumeError(found.takeError());
  else
    return found.takeError();
  return formats;
}

bool rdattn::isKernel(mlir::Operation *op) {
  return op->hasAttr(mlir::NVVM::NVVMDialect::getKernelFuncAttrName());
}

/// The job's module without its other kernels.
static mlir::OwningOpRef<mlir::gpu::GPUModuleOp> extract(KernelJob &job) {
  mlir::OpBuilder b(job.module.getContext());
  mlir::OwningOpRef<mlir::gpu::GPUModuleOp> part =
      mlir::gpu::GPUModuleOp::create(b, job.module.getLoc(),
                                     job.module.getName());
  b.setInsertionPointToStart(part->getBody());
  for (mlir::Operation &op : *job.module.getBody())
    if (&op == job.kernel || !isKernel(&op))
      b.clone(op);
  return part;
}

static Error compile(KernelJob &job, const KernelFormats &formats) {
  mlir::OwningOpRef<mlir::gpu::GPUModuleOp> part = extract(job);
  auto code = DeviceCode::create(*part, job.target);
  if (!code)
    return code.takeError();
  if (Error error = code->emitPTX().moveInto(job.ptx))
    return error;
  if (!formats.ptxas)
    return Error::success();
  return formats.ptxas->assemble(job.ptx, job.target.getChip())
      .moveInto(job.cubin);
}

void rdattn::compileKernels(mlir::MLIRContext *context,
                            MutableArrayRef<KernelJob> jobs,
                            const KernelFormats &formats) {
  // The general kernels come last and take longest: they begin.
  mlir::parallelForEach(context, reverse(jobs), [&](KernelJob &job) {
    if (Error error = compile(job, formats))
      job.error = toString(std::move(error));
  });
}
