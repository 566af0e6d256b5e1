//===- KernelJobs.cpp - Kernels compiled in parallel ----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Target/CUDA/KernelJobs.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/ThreadPool.h"

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

static Error compile(KernelJob &job, const KernelFormats &formats) {
  if (Error error = job.code.emitPTX().moveInto(job.ptx))
    return error;
  if (!formats.ptxas)
    return Error::success();
  return formats.ptxas->assemble(job.ptx, job.chip).moveInto(job.cubin);
}

void rdattn::compileKernels(MutableArrayRef<KernelJob> jobs,
                            const KernelFormats &formats) {
  DefaultThreadPool threads(hardware_concurrency(jobs.size()));
  for (KernelJob &job : jobs)
    threads.async([&job, &formats] {
      if (Error error = compile(job, formats))
        job.error = toString(std::move(error));
    });
  threads.wait();
}
