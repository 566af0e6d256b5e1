//===- Linker.h - The linker of this machine --------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TARGET_SHAREDLIBRARY_LINKER_H
#define RDATTN_TARGET_SHAREDLIBRARY_LINKER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace rdattn {

/// LLVM's ld.lld, or else the C compiler's linker.
class Linker {
public:
  /// An error says what to install.
  static llvm::Expected<Linker> find();

  /// The shared library of the object files and shared libraries `inputs`.
  /// Every library is named as needed, and symbols may stay undefined. `name`
  /// is what a program that needs the library calls it; empty for none.
  llvm::Expected<std::string> linkShared(llvm::ArrayRef<llvm::StringRef> inputs,
                                         llvm::StringRef name) const;

private:
  Linker(std::string program, bool isCompiler)
      : program(std::move(program)), isCompiler(isCompiler) {}

  std::string program;
  bool isCompiler;
};

} // namespace rdattn

#endif // RDATTN_TARGET_SHAREDLIBRARY_LINKER_H
