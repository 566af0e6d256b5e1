//===- DumpIR.cpp - The IR of every level, in a folder --------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/CAPI/DumpIR.h"

#include "dialect/RDAttn.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <atomic>

using namespace mlir;
using namespace rdattn;
using namespace rdattn::capi;

std::optional<DumpIR> DumpIR::fromEnvironment(StringRef name) {
  const char *folder = std::getenv("RDATTN_DUMP_IR");
  if (!folder || !*folder)
    return std::nullopt;
  static std::atomic<int> number{0};
  // Where the folder cannot be made, no file can: writing one says so.
  std::error_code ignored = llvm::sys::fs::create_directories(folder);
  (void)ignored;
  StringRef stem = llvm::sys::path::stem(name);
  return DumpIR((Twine(folder) + "/" + Twine(number++) + "-" + stem).str());
}

LogicalResult DumpIR::write(ModuleOp module, const Twine &suffix,
                            function_ref<void(raw_ostream &)> print) {
  std::string path = (prefix + suffix).str();
  std::error_code code;
  llvm::raw_fd_ostream stream(path, code);
  if (!code) {
    print(stream);
    stream.close();
    code = stream.error();
    stream.clear_error();
  }
  if (!code)
    return success();
  return emitError(module.getLoc())
         << "RDATTN_DUMP_IR: cannot write '" << path << "': " << code.message();
}

/// On the way to LLVM a module passes through the levels of both targets.
static bool says(ModuleOp module, Level level) {
  auto stop = [](LaunchOp) { return WalkResult::interrupt(); };
  bool hasKernels = !module.getOps<gpu::GPUModuleOp>().empty();
  if (level == Level::CPU)
    return !hasKernels && !module.walk(stop).wasInterrupted();
  return hasKernels || (level != Level::RDTile && level != Level::NVVM);
}

LogicalResult DumpIR::atLevel(Level level, ModuleOp module) {
  if (last && level <= *last)
    return success();
  if (!says(module, level))
    return success();
  last = level;
  return write(module, "." + nameOf(level) + ".mlir",
               [&](raw_ostream &stream) { stream << module << "\n"; });
}

static StringRef kernelOf(gpu::ObjectAttr object) {
  DictionaryAttr properties = object.getProperties();
  auto kernel = properties ? properties.getAs<StringAttr>("kernel") : nullptr;
  return kernel ? kernel.getValue() : "kernels";
}

LogicalResult DumpIR::atKernels(ModuleOp module) {
  for (auto binary : module.getOps<gpu::BinaryOp>())
    for (auto object : binary.getObjects().getAsRange<gpu::ObjectAttr>()) {
      if (object.getFormat() != gpu::CompilationTarget::Assembly)
        continue;
      auto print = [&](raw_ostream &stream) {
        stream << object.getObject().getValue();
      };
      if (failed(write(module,
                       "." + binary.getName() + "." + kernelOf(object) + ".ptx",
                       print)))
        return failure();
    }
  return success();
}
