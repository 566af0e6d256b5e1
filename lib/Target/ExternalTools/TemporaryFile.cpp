//===- TemporaryFile.cpp - A file for another program to read -------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Target/ExternalTools/TemporaryFile.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace rdattn;

TemporaryFile::TemporaryFile(StringRef name)
    : name(name), remover(std::make_unique<FileRemover>(name)) {
  sys::RemoveFileOnSignal(name);
}

Expected<TemporaryFile> TemporaryFile::create(StringRef suffix,
                                              ArrayRef<char> bytes) {
  int descriptor;
  SmallString<128> name;
  if (std::error_code code =
          sys::fs::createTemporaryFile("rdattn", suffix, descriptor, name))
    return createFileError(name.empty() ? "a temporary file" : name.str(),
                           code);
  TemporaryFile file(name);
  raw_fd_ostream stream(descriptor, /*shouldClose=*/true);
  stream.write(bytes.data(), bytes.size());
  stream.close();
  std::error_code code = stream.error();
  stream.clear_error();
  if (code)
    return createFileError(name, code);
  return file;
}

Expected<std::string> TemporaryFile::read() const {
  auto buffer = MemoryBuffer::getFile(name);
  if (!buffer)
    return createFileError(name, buffer.getError());
  return (*buffer)->getBuffer().str();
}
