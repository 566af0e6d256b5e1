//===- ModuleData.cpp - Checks of what a module exports -------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/ModuleData.h"
#include "runtime/Footer.h"
#include "runtime/cpu/CpuFeatures.h"
#include "runtime/cuda/Architectures.h"

#include <cstring>

using namespace rdattn::runtime;

/// Roles that every function has, and all that there are.
static const char kRequired[] = {RDATTN_ROLE_Q, RDATTN_ROLE_K, RDATTN_ROLE_V,
                                 RDATTN_ROLE_O};
static const char kTables[] = {RDATTN_ROLE_ITEMS, RDATTN_ROLE_ROWS,
                               RDATTN_ROLE_PHASES};
static const char kRoles[] = {
    RDATTN_ROLE_Q,      RDATTN_ROLE_K,        RDATTN_ROLE_V,
    RDATTN_ROLE_SCALE,  RDATTN_ROLE_ITEMS,    RDATTN_ROLE_ROWS,
    RDATTN_ROLE_PHASES, RDATTN_ROLE_O,        RDATTN_ROLE_LSE,
    RDATTN_ROLE_RING,   RDATTN_ROLE_SCHEDULE, 0};

/// What is wrong with a function's roles, or nothing.
static std::string checkRoles(const std::string &roles) {
  for (size_t i = 0; i < roles.size(); ++i) {
    if (!std::strchr(kRoles, roles[i]))
      return sentence("has an unknown argument role '",
                      std::string(1, roles[i]), "'");
    if (roles.find(roles[i], i + 1) != roles.npos)
      return sentence("has the argument role '", std::string(1, roles[i]),
                      "' twice");
  }
  for (char role : kRequired)
    if (roles.find(role) == roles.npos)
      return sentence("has no argument '", std::string(1, role), "'");
  size_t tables = 0;
  for (char role : kTables)
    tables += roles.find(role) != roles.npos;
  if (tables != 0 && tables != std::size(kTables))
    return "takes some tables of a plan, but not all three";
  const bool takesRing = roles.find(RDATTN_ROLE_RING) != roles.npos;
  const bool takesSchedule = roles.find(RDATTN_ROLE_SCHEDULE) != roles.npos;
  if (takesRing + takesSchedule + (tables != 0) > 1)
    return "takes more than one of a ring, a schedule and a plan's tables";
  return {};
}

/// What is wrong with one function, or nothing.
static std::string checkFunction(const rdattn_function_data &function) {
  if (!function.entry)
    return "has no entry point";
  if (!function.roles)
    return "has no argument roles";
  if (function.dtype < RDATTN_FLOAT32 || function.dtype > RDATTN_BFLOAT16)
    return sentence("has an unknown dtype ", function.dtype);
  if (function.target != RDATTN_CPU && function.target != RDATTN_CUDA)
    return sentence("has an unknown target ", function.target);
  for (int64_t size : function.sizes)
    if (size < -1)
      return sentence("has a size of ", size);
  if (function.architecture && function.target != RDATTN_CUDA)
    return sentence("is for architecture '", function.architecture,
                    "', but not for CUDA");
  if (function.architecture && !cuda::isArchitecture(function.architecture))
    return sentence("is for architecture '", function.architecture,
                    "', but one is such as sm_90a or sm_80");
  return checkRoles(function.roles);
}

/// What is wrong with two functions of one name, or nothing.
static std::string checkNamesakes(const rdattn_function_data &one,
                                  const rdattn_function_data &other,
                                  bool areNeighbours) {
  if (!one.architecture || !other.architecture || !areNeighbours)
    return "holds two functions called";
  if (!std::strcmp(one.architecture, other.architecture))
    return sentence("holds code for ", one.architecture, " twice for function");
  const bool areAlike = one.dtype == other.dtype &&
                        one.target == other.target &&
                        !std::strcmp(one.roles, other.roles) &&
                        !std::memcmp(one.sizes, other.sizes, sizeof(one.sizes));
  return areAlike ? "" : "holds code for another signature of function";
}

/// The same of a function and all before it.
static std::string checkName(const rdattn_module_data &data, uint64_t index) {
  bool areNeighbours = true;
  for (uint64_t i = index; i-- > 0;) {
    const bool sameName =
        !std::strcmp(data.functions[i].name, data.functions[index].name);
    if (sameName)
      if (std::string wrong = checkNamesakes(
              data.functions[i], data.functions[index], areNeighbours);
          !wrong.empty())
        return wrong;
    areNeighbours &= sameName;
  }
  return {};
}

static MaybeFailure checkFunctions(const std::string &subject,
                                   const rdattn_module_data &data) {
  if (data.function_count == 0 || !data.functions)
    return badModule(subject, " holds no functions");
  for (uint64_t i = 0; i < data.function_count; ++i) {
    const rdattn_function_data &function = data.functions[i];
    if (!function.name)
      return badModule("function ", i, " of ", subject, " has no name");
    if (std::string wrong = checkFunction(function); !wrong.empty())
      return badModule("function '", function.name, "' of ", subject, " ",
                       wrong);
    if (std::string wrong = checkName(data, i); !wrong.empty())
      return badModule(subject, " ", wrong, " '", function.name, "'");
  }
  return std::nullopt;
}

MaybeFailure rdattn::runtime::checkModuleData(const std::string &subject,
                                              const rdattn_module_data &data) {
  if (data.magic != RDATTN_MODULE_MAGIC)
    return badModule(subject, " is not an rdattn module: its magic is wrong");
  // Nothing past this field is read of another version: it may lie elsewhere.
  if (data.abi_version != RDATTN_ABI_VERSION)
    return abiMismatch(subject, data.abi_version);
  std::string missing = missingFeatures(data.features ? data.features : "");
  if (!missing.empty())
    return Failure{RDATTN_UNSUPPORTED_CPU,
                   sentence(subject, " was compiled for ",
                            data.target ? data.target : "another CPU",
                            " with features that this CPU lacks: ", missing)};
  return checkFunctions(subject, data);
}
