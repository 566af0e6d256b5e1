//===- Units.cpp - Numbers as people write them ---------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-run/Units.h"

#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace rdattn::run {

/// Three digits.
static std::string digits(double value) {
  return value < 10    ? formatv("{0:f2}", value).str()
         : value < 100 ? formatv("{0:f1}", value).str()
                       : formatv("{0:f0}", value).str();
}

std::string quantity(double value, StringRef unit) {
  StringRef prefixes = "kMGTP";
  if (value < 1000)
    return StringRef(formatv("{0:f0} {1}", value, unit).str()).rtrim().str();
  while ((value /= 1000) >= 1000 && prefixes.size() > 1)
    prefixes = prefixes.drop_front();
  return formatv("{0} {1}{2}", digits(value), prefixes.front(), unit).str();
}

std::string duration(double seconds) {
  return seconds < 1e-3 ? digits(seconds * 1e6) + " us"
         : seconds < 1  ? digits(seconds * 1e3) + " ms"
                        : digits(seconds) + " s";
}

} // namespace rdattn::run
