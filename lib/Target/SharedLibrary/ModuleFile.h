//===- ModuleFile.h - Shared libraries that the runtime opens ---*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TARGET_SHAREDLIBRARY_MODULEFILE_H
#define RDATTN_TARGET_SHAREDLIBRARY_MODULEFILE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace rdattn {

/// The bytes of a module file (rdattn/module.h): `object` as a shared library
/// that needs the runtime, OpenMP and the C library by name, and a footer that
/// tells the runtime whether the file is whole. The same object gives the same
/// bytes on every machine with the same linker.
llvm::Expected<std::string> linkModuleFile(llvm::ArrayRef<char> object);

} // namespace rdattn

#endif // RDATTN_TARGET_SHAREDLIBRARY_MODULEFILE_H
