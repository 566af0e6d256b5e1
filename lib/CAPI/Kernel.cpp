//===- Kernel.cpp - Kernels for any pattern of one key --------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/CAPI/Counters.h"
#include "lib/CAPI/KernelCache.h"
#include "lib/CAPI/KernelLaunch.h"
#include "lib/CAPI/KernelOptions.h"
#include "lib/Target/JIT/JIT.h"

#include "llvm/ADT/StringMap.h"

#include "rdattn/compiler.h"
#include "rdattn/module.h"

#include <memory>
#include <mutex>

using namespace mlir;
using namespace rdattn;

/// One kernel of a pattern: code it shares with all patterns of its key, and
/// the spec that the runtime plans.
struct rdattn_kernel {
  explicit rdattn_kernel(LoweringOptions lowering)
      : lowering(std::move(lowering)) {}

  const LoweringOptions lowering;
  std::string source; ///< the attention level
  std::shared_ptr<rdattn_module> module;
  rdattn_plan_spec *spec = nullptr;
  std::mutex mutex;                    ///< guards levels
  llvm::StringMap<std::string> levels; ///< IR that was asked for

  ~rdattn_kernel() { rdattn_plan_spec_destroy(spec); }
};

/// The module's object file, compiled here. `reported` is whether the session
/// knows what went wrong.
static llvm::Expected<llvm::SmallVector<char, 0>>
compile(capi::Session &session, ModuleOp module,
        const LoweringOptions &lowering, bool &reported) {
  if (failed(session.lower(module, Level::LLVM, lowering))) {
    reported = true;
    return llvm::createStringError("");
  }
  return compileModule(module);
}

/// The module, which prints as `key`, from the cache or compiled.
static llvm::Expected<rdattn_module *>
findOrCompile(capi::Session &session, ModuleOp module, llvm::StringRef key,
              const LoweringOptions &lowering, bool &reported) {
  capi::KernelCache cache(key);
  // Who wants to see the IR wants it made.
  if (!session.isDumped())
    if (auto object = cache.find())
      return loadObject(object->getBuffer());
  auto object = compile(session, module, lowering, reported);
  if (!object)
    return object.takeError();
  auto loaded = loadObject({object->data(), object->size()});
  if (!loaded)
    return loaded.takeError();
  capi::countCompilation();
  cache.store(*object);
  return loaded;
}

/// The code of every key used so far.
static llvm::Expected<std::shared_ptr<rdattn_module>>
compileOnce(capi::Session &session, ModuleOp module,
            const LoweringOptions &lowering, bool &reported) {
  static std::mutex mutex;
  static auto &compiled = *new llvm::StringMap<std::shared_ptr<rdattn_module>>;
  std::string key = capi::print(module);
  std::lock_guard<std::mutex> guard(mutex);
  std::shared_ptr<rdattn_module> &entry = compiled[key];
  if (entry)
    return entry;
  auto loaded = findOrCompile(session, module, key, lowering, reported);
  if (!loaded)
    return loaded.takeError();
  entry.reset(*loaded, rdattn_module_close);
  return entry;
}

static rdattn_status create(const rdattn_kernel_options &options,
                            const capi::KernelRequest &request,
                            rdattn_kernel &kernel) {
  capi::Session session("attention");
  capi::KernelLaunch launch;
  if (rdattn_status status =
          capi::lowerToLaunch(session, options, request, launch))
    return status;
  kernel.source = std::move(launch.source);
  bool reported = false;
  auto code = compileOnce(session, *launch.module, kernel.lowering, reported);
  if (!code) {
    rdattn_status status = capi::fail(RDATTN_COMPILE_ERROR, code.takeError());
    return reported ? session.fail() : status;
  }
  kernel.module = *code;
  return rdattn_plan_spec_create(launch.planWords.data(),
                                 launch.planWords.size(), &kernel.spec);
}

extern "C" rdattn_status
rdattn_kernel_create(const rdattn_kernel_options *options,
                     rdattn_kernel **kernel) {
  if (!options || !kernel)
    return rdattn_fail(RDATTN_INVALID_ARGUMENT,
                       "options and kernel must not be NULL");
  *kernel = nullptr;
  llvm::Expected<capi::KernelRequest> request = capi::readRequest(*options);
  if (!request)
    return capi::fail(RDATTN_INVALID_ARGUMENT, request.takeError());
  auto result = std::make_unique<rdattn_kernel>(request->lowering);
  if (rdattn_status status = create(*options, *request, *result))
    return status;
  *kernel = result.release();
  return RDATTN_OK;
}

extern "C" void rdattn_kernel_destroy(rdattn_kernel *kernel) { delete kernel; }

extern "C" const rdattn_function *
rdattn_kernel_function(const rdattn_kernel *kernel) {
  return rdattn_module_function(kernel->module.get(), 0);
}

extern "C" const rdattn_plan_spec *
rdattn_kernel_plan_spec(const rdattn_kernel *kernel) {
  return kernel->spec;
}

extern "C" rdattn_status
rdattn_kernel_ir(rdattn_kernel *kernel, const char *level, const char **text) {
  if (!kernel || !level || !text)
    return rdattn_fail(RDATTN_INVALID_ARGUMENT,
                       "kernel, level and text must not be NULL");
  llvm::Expected<Level> wanted = parseLevel(level, kernel->lowering.target);
  if (!wanted)
    return capi::fail(RDATTN_INVALID_ARGUMENT, wanted.takeError());
  std::lock_guard<std::mutex> guard(kernel->mutex);
  std::string &ir = kernel->levels[level];
  if (ir.empty()) {
    capi::Session session;
    auto module = session.parse(kernel->source, "attention");
    if (!module || failed(session.lower(*module, *wanted, kernel->lowering)))
      return session.fail();
    ir = capi::print(*module);
  }
  *text = ir.c_str();
  return RDATTN_OK;
}
