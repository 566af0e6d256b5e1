//===- TemporaryFile.h - A file for another program to read -----*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TARGET_EXTERNALTOOLS_TEMPORARYFILE_H
#define RDATTN_TARGET_EXTERNALTOOLS_TEMPORARYFILE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/FileUtilities.h"

#include <memory>
#include <string>

namespace rdattn {

/// Removed with this object, and when the process is interrupted.
class TemporaryFile {
public:
  static llvm::Expected<TemporaryFile> create(llvm::StringRef suffix,
                                              llvm::ArrayRef<char> bytes = {});

  llvm::StringRef path() const { return name; }
  llvm::Expected<std::string> read() const;

private:
  explicit TemporaryFile(llvm::StringRef name);

  std::string name;
  std::unique_ptr<llvm::FileRemover> remover;
};

} // namespace rdattn

#endif // RDATTN_TARGET_EXTERNALTOOLS_TEMPORARYFILE_H
