//===- Compiled.cpp - A module and the function to run --------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-run/Compiled.h"

#include "tools/rdattn-run/Failure.h"

#include "rdattn/compiler.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

namespace rdattn::run {

Error toError(rdattn_status status) {
  return status == RDATTN_OK ? Error::success() : failure(rdattn_last_error());
}

static bool isSharedObject(StringRef path, StringRef bytes) {
  return path.ends_with(".so") || bytes.starts_with("\x7f"
                                                    "ELF");
}

/// Where there is no such device, running says so.
static std::string targetFor(int device, const std::string &target) {
  const char *name = nullptr;
  if (target != "cuda" || rdattn_cuda_target(device, &name) != RDATTN_OK)
    return target;
  return name;
}

Expected<ModulePtr> loadModule(StringRef path, const std::string &target,
                               int device) {
  if (path != "-" && sys::fs::is_directory(path))
    return failure("cannot read '" + path + "': it is a directory");
  auto file = MemoryBuffer::getFileOrSTDIN(path);
  if (!file)
    return failure("cannot read '" + path + "': " + file.getError().message());
  StringRef bytes = (*file)->getBuffer();
  rdattn_module *module = nullptr;
  rdattn_status status =
      isSharedObject(path, bytes)
          ? rdattn_module_open(path.str().c_str(), &module)
          : rdattn_compile_text(bytes.data(), bytes.size(),
                                (path == "-" ? "<stdin>" : path.str()).c_str(),
                                targetFor(device, target).c_str(), &module);
  if (Error error = toError(status))
    return std::move(error);
  return ModulePtr(module);
}

static std::string listFunctions(const ModulePtr &module) {
  std::string names;
  for (size_t i = 0; i < rdattn_module_size(module.get()); ++i) {
    rdattn_signature signature;
    rdattn_function_signature(rdattn_module_function(module.get(), i),
                              &signature);
    names += (names.empty() ? "" : ", ") + std::string(signature.name);
  }
  return names;
}

Expected<const rdattn_function *> findFunction(const ModulePtr &module,
                                               const std::string &name) {
  if (name.empty() && rdattn_module_size(module.get()) > 1)
    return failure("the module has several functions; choose one with "
                   "--function: " +
                   listFunctions(module));
  const rdattn_function *function = nullptr;
  const char *wanted = name.empty() ? nullptr : name.c_str();
  if (Error error =
          toError(rdattn_module_find(module.get(), wanted, &function)))
    return std::move(error);
  return function;
}

} // namespace rdattn::run
