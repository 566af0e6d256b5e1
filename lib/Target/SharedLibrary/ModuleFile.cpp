//===- ModuleFile.cpp - Shared libraries that the runtime opens -----------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Target/SharedLibrary/ModuleFile.h"

#include "lib/Target/CPU/MachineCode.h"
#include "lib/Target/ExternalTools/TemporaryFile.h"
#include "lib/Target/SharedLibrary/Linker.h"
#include "runtime/Hash.h"

#include "rdattn/module.h"

using namespace llvm;
using namespace rdattn;

/// What a module's code calls into, by the names that loaders look for.
static constexpr StringLiteral kNeeded[] = {
    "librdattn_runtime.so.7", "libomp.so.5", "libm.so.6", "libc.so.6"};

/// Empty libraries with the names of those that are needed. Linking against
/// them writes the names and nothing of this machine: no path, and no version
/// of its C library.
static Expected<std::vector<TemporaryFile>> standIns(const Linker &linker) {
  LLVMContext context;
  Module empty("empty", context);
  auto object = emitObject(empty);
  if (!object)
    return object.takeError();
  auto input = TemporaryFile::create("o", *object);
  if (!input)
    return input.takeError();
  std::vector<TemporaryFile> files;
  for (StringRef name : kNeeded) {
    auto library = linker.linkShared({input->path()}, name);
    if (!library)
      return library.takeError();
    auto file = TemporaryFile::create("so", *library);
    if (!file)
      return file.takeError();
    files.push_back(std::move(*file));
  }
  return files;
}

static void appendFooter(std::string &library) {
  rdattn_module_footer footer{
      library.size(), runtime::hashBytes(library.data(), library.size()),
      RDATTN_ABI_VERSION, RDATTN_MODULE_MAGIC};
  library.append(reinterpret_cast<const char *>(&footer), sizeof footer);
}

Expected<std::string> rdattn::linkModuleFile(ArrayRef<char> object) {
  auto linker = Linker::find();
  if (!linker)
    return linker.takeError();
  auto libraries = standIns(*linker);
  if (!libraries)
    return libraries.takeError();
  auto input = TemporaryFile::create("o", object);
  if (!input)
    return input.takeError();
  SmallVector<StringRef> inputs{input->path()};
  for (const TemporaryFile &library : *libraries)
    inputs.push_back(library.path());
  auto library = linker->linkShared(inputs, /*name=*/"");
  if (library)
    appendFooter(*library);
  return library;
}
