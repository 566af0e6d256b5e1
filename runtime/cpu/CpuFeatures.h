//===- CpuFeatures.h - Whether this CPU runs a module -----------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_CPU_CPUFEATURES_H
#define RDATTN_RUNTIME_CPU_CPUFEATURES_H

#include <string>
#include <string_view>

namespace rdattn::runtime {

/// True where this CPU and its operating system have `feature`, as LLVM names
/// it; false for a name that this table does not know.
bool cpuHas(std::string_view feature);

/// The names in the comma-separated `features` that `has` denies, separated by
/// ", "; empty where the CPU has them all.
std::string missingFeatures(std::string_view features,
                            bool (*has)(std::string_view) = cpuHas);

} // namespace rdattn::runtime

#endif // RDATTN_RUNTIME_CPU_CPUFEATURES_H
