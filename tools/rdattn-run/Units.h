//===- Units.h - Numbers as people write them -------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_RUN_UNITS_H
#define RDATTN_TOOLS_RUN_UNITS_H

#include "llvm/ADT/StringRef.h"

#include <string>

namespace rdattn::run {

/// "3.42 GB", and "3.42 G" of what has no unit.
std::string quantity(double value, llvm::StringRef unit);

/// "3.42 ms"
std::string duration(double seconds);

} // namespace rdattn::run

#endif // RDATTN_TOOLS_RUN_UNITS_H
