//===- NpyDictionary.h - The dictionary in an .npy header -------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_RUN_NPYDICTIONARY_H
#define RDATTN_TOOLS_RUN_NPYDICTIONARY_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace rdattn::run {

struct NpyDictionary {
  std::string descr;
  bool fortranOrder = false;
  std::vector<int64_t> shape;
};

/// Reads the Python literal that NumPy writes: three keys, each once, in any
/// order. Structured types are refused by name.
llvm::Expected<NpyDictionary> parseNpyDictionary(llvm::StringRef text);

} // namespace rdattn::run

#endif // RDATTN_TOOLS_RUN_NPYDICTIONARY_H
