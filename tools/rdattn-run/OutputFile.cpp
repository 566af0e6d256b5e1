//===- OutputFile.cpp - An output that appears whole or not at all --------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-run/OutputFile.h"

#include "tools/rdattn-run/Failure.h"

#include "llvm/ADT/SmallString.h"

using namespace llvm;

namespace rdattn::run {

static Error cannotWrite(StringRef path, const Twine &reason) {
  return failure("cannot write '" + path + "': " + reason);
}

OutputFile::~OutputFile() {
  if (file)
    consumeError(file->discard());
}

/// What exists must be a file that may be replaced; a link stays a link.
static Error checkTarget(StringRef path, std::string &target) {
  target = path.str();
  if (!sys::fs::exists(path))
    return Error::success();
  if (sys::fs::is_directory(path))
    return cannotWrite(path, "it is a directory");
  if (!sys::fs::is_regular_file(path))
    return cannotWrite(path, "it is not a regular file");
  if (std::error_code error = sys::fs::access(path, sys::fs::AccessMode::Write))
    return cannotWrite(path, error.message());
  SmallString<128> resolved;
  if (!sys::fs::real_path(path, resolved))
    target = resolved.str().str();
  return Error::success();
}

Expected<OutputFile> OutputFile::create(StringRef path) {
  std::string target;
  if (Error error = checkTarget(path, target))
    return std::move(error);
  Expected<sys::fs::TempFile> file =
      sys::fs::TempFile::create(target + ".%%%%%%.tmp");
  if (!file)
    return cannotWrite(path, toString(file.takeError()));
  return OutputFile(std::move(target), std::move(*file));
}

Error OutputFile::write(const Array &array) {
  // Taken first: kept or not, the destructor has nothing left to do.
  sys::fs::TempFile temporary = std::move(*file);
  file.reset();
  raw_fd_ostream stream(temporary.FD, /*shouldClose=*/false);
  writeNpy(stream, array);
  stream.flush();
  if (std::error_code error = stream.error()) {
    stream.clear_error();
    consumeError(temporary.discard());
    return cannotWrite(path, error.message());
  }
  if (Error error = temporary.keep(path)) {
    return cannotWrite(path, toString(std::move(error)));
  }
  return Error::success();
}

} // namespace rdattn::run
