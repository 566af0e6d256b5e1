//===- OutputFile.h - An output that appears whole or not at all -*- C++
//-*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_RUN_OUTPUTFILE_H
#define RDATTN_TOOLS_RUN_OUTPUTFILE_H

#include "tools/rdattn-run/Npy.h"

#include "llvm/Support/FileSystem.h"

#include <optional>

namespace rdattn::run {

/// A temporary file beside the target, which it replaces once it is complete.
/// It is removed where the program ends before that, by a signal as well.
class OutputFile {
public:
  OutputFile(OutputFile &&) = default;
  ~OutputFile();

  /// Fails at once where the target could not be written in the end.
  static llvm::Expected<OutputFile> create(llvm::StringRef path);

  llvm::Error write(const Array &array);

private:
  OutputFile(std::string path, llvm::sys::fs::TempFile file)
      : path(std::move(path)), file(std::move(file)) {}

  std::string path;
  std::optional<llvm::sys::fs::TempFile> file;
};

} // namespace rdattn::run

#endif // RDATTN_TOOLS_RUN_OUTPUTFILE_H
