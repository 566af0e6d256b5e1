//===- Footer.cpp - The last bytes of a module file -----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/Footer.h"
#include "rdattn/module.h"
#include "runtime/Hash.h"

#include <cstring>

using namespace rdattn::runtime;

Failure rdattn::runtime::abiMismatch(const std::string &subject,
                                     uint64_t version) {
  return {RDATTN_ABI_MISMATCH,
          sentence(subject, " was compiled for ABI version ", version,
                   ", but this runtime has ABI version ", RDATTN_ABI_VERSION,
                   "; compile it again")};
}

MaybeFailure rdattn::runtime::checkFooter(const char *path,
                                          const unsigned char *file,
                                          size_t fileSize, size_t &size) {
  rdattn_module_footer footer;
  if (fileSize < sizeof footer)
    return badModule("'", path, "' has ", fileSize,
                     " bytes, which is too short for a module");
  size = fileSize - sizeof footer;
  std::memcpy(&footer, file + size, sizeof footer);
  if (footer.magic != RDATTN_MODULE_MAGIC)
    return badModule("'", path,
                     "' is not an rdattn module, or is truncated: it does not "
                     "end in a module footer");
  // Before the hash: another version may hash otherwise.
  if (footer.abi_version != RDATTN_ABI_VERSION)
    return abiMismatch(sentence("'", path, "'"), footer.abi_version);
  if (footer.size != size)
    return badModule("'", path, "' is damaged: its footer names ", footer.size,
                     " bytes of code, but the file holds ", size);
  if (footer.hash != hashBytes(file, size))
    return badModule("'", path,
                     "' is damaged: its checksum does not match its contents");
  return std::nullopt;
}
