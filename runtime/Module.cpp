//===- Module.cpp - Modules and their functions ---------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/Module.h"
#include "runtime/ModuleData.h"

#include "rdattn/module.h"

#include <cstring>

using namespace rdattn::runtime;

/// One function for each name. Those of one name follow each other: the data
/// was checked.
static void createFunctions(const rdattn_module_data &data,
                            rdattn_module &module) {
  const auto total = static_cast<size_t>(data.function_count);
  module.functions = std::make_unique<rdattn_function[]>(total);
  for (size_t first = 0, next; first < total; first = next) {
    const rdattn_function_data *codes = &data.functions[first];
    next = first + 1;
    while (next < total && !std::strcmp(data.functions[next].name, codes->name))
      ++next;
    rdattn_function &function = module.functions[module.count++];
    function.data = codes;
    if (next - first > 1)
      function.alternatives =
          std::make_unique<cuda::Alternatives>(codes, next - first);
  }
}

static MaybeFailure createModule(const std::string &subject, const void *data,
                                 Library library, rdattn_module **result) {
  const auto &contents = *static_cast<const rdattn_module_data *>(data);
  if (MaybeFailure failure = checkModuleData(subject, contents))
    return failure;
  auto module = std::make_unique<rdattn_module>();
  module->library = std::move(library);
  createFunctions(contents, *module);
  *result = module.release();
  return std::nullopt;
}

extern "C" rdattn_status rdattn_module_open(const char *path,
                                            rdattn_module **module) {
  return guarded([&]() -> MaybeFailure {
    if (!module)
      return invalid("module is NULL, but must point to where the module goes");
    *module = nullptr;
    if (!path)
      return invalid("path is NULL, but must name a module file");
    Library library(nullptr, nullptr);
    if (MaybeFailure failure = loadLibrary(path, library))
      return failure;
    const void *data = moduleDataOf(library);
    if (!data)
      return badModule("'", path, "' does not export rdattn_module_data");
    return createModule(sentence("'", path, "'"), data, std::move(library),
                        module);
  });
}

extern "C" rdattn_status rdattn_module_from_data(const void *data,
                                                 rdattn_module **module) {
  return rdattn_module_from_code(data, nullptr, nullptr, module);
}

extern "C" rdattn_status rdattn_module_from_code(const void *data, void *code,
                                                 void (*release)(void *),
                                                 rdattn_module **module) {
  return guarded([&]() -> MaybeFailure {
    Library library(code, release);
    if (!module)
      return invalid("module is NULL, but must point to where the module goes");
    *module = nullptr;
    if (!data)
      return invalid("data is NULL, but must be a module's rdattn_module_data");
    return createModule("the module", data, std::move(library), module);
  });
}

extern "C" void rdattn_module_close(rdattn_module *module) { delete module; }

extern "C" size_t rdattn_module_size(const rdattn_module *module) {
  return module ? module->count : 0;
}

extern "C" const rdattn_function *
rdattn_module_function(const rdattn_module *module, size_t index) {
  return index < rdattn_module_size(module) ? &module->functions[index]
                                            : nullptr;
}

/// The names of the functions, for a message.
static std::string namesOf(const rdattn_module &module) {
  std::string names;
  for (size_t i = 0; i < module.count; ++i)
    names += sentence(i ? ", '" : "'", module.functions[i].data->name, "'");
  return names;
}

extern "C" rdattn_status rdattn_module_find(const rdattn_module *module,
                                            const char *name,
                                            const rdattn_function **function) {
  return guarded([&]() -> MaybeFailure {
    if (!function)
      return invalid(
          "function is NULL, but must point to where the function goes");
    *function = nullptr;
    if (!module)
      return invalid("module is NULL, but must be an open module");
    if (!name && module->count != 1)
      return invalid("name is NULL, but the module has ", module->count,
                     " functions, so it must be one of ", namesOf(*module));
    for (size_t i = 0; i < module->count; ++i)
      if (!name || !std::strcmp(module->functions[i].data->name, name))
        *function = &module->functions[i];
    if (!*function)
      return invalid("the module has no function '", name, "', but has ",
                     namesOf(*module));
    return std::nullopt;
  });
}

bool rdattn_function::takes(rdattn_role role) const {
  return std::strchr(data->roles, role) != nullptr;
}

bool rdattn_function::takesRing() const {
  return takes(RDATTN_ROLE_RING) || takes(RDATTN_ROLE_SCHEDULE);
}

bool rdattn_function::takesPlan() const {
  return takes(RDATTN_ROLE_ITEMS) || takes(RDATTN_ROLE_SCHEDULE);
}

extern "C" void rdattn_function_signature(const rdattn_function *function,
                                          rdattn_signature *signature) {
  if (!function || !signature)
    return;
  const rdattn_function_data &data = *function->data;
  *signature = {data.name,
                static_cast<rdattn_dtype>(data.dtype),
                data.sizes[0],
                data.sizes[1],
                data.sizes[2],
                data.sizes[3],
                data.sizes[4],
                data.sizes[5],
                function->takes(RDATTN_ROLE_LSE),
                function->takes(RDATTN_ROLE_SCALE),
                function->takesPlan(),
                static_cast<int32_t>(data.target),
                data.definition,
                function->takesRing()};
}
