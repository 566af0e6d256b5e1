//===- Ptxas.cpp - NVIDIA's assembler -------------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Target/CUDA/Ptxas.h"

#include "lib/Target/ExternalTools/Program.h"
#include "lib/Target/ExternalTools/TemporaryFile.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/Regex.h"

using namespace llvm;
using namespace rdattn;

Expected<Ptxas> Ptxas::find() {
  if (auto path = sys::findProgramByName("ptxas"))
    return Ptxas(*path);
  std::vector<std::string> folders{"/usr/local/cuda/bin"};
  if (const char *home = std::getenv("CUDA_HOME"))
    folders.insert(folders.begin(), std::string(home) + "/bin");
  for (const std::string &folder : folders)
    if (sys::fs::can_execute(folder + "/ptxas"))
      return Ptxas(folder + "/ptxas");
  return createStringError(
      "ptxas was not found on the PATH, in $CUDA_HOME/bin "
      "or in /usr/local/cuda/bin: install the CUDA "
      "toolkit, or ask for PTX, which the driver compiles");
}

Expected<Ptxas> Ptxas::at(StringRef path) {
  if (sys::fs::can_execute(path))
    return Ptxas(path.str());
  return createStringError("'" + path +
                           "' is not a program, but must be ptxas");
}

/// The integer in front of or behind `text` that the pattern's group holds.
static void read(StringRef line, StringRef pattern, int64_t &value) {
  SmallVector<StringRef> groups;
  if (Regex(pattern).match(line, &groups))
    groups[1].getAsInteger(10, value);
}

void rdattn::parsePtxasReport(StringRef report, Cubin &cubin) {
  KernelResources &used = cubin.resources;
  SmallVector<StringRef> lines;
  report.split(lines, '\n', -1, /*KeepEmpty=*/false);
  for (StringRef line : lines) {
    if (line.contains("warning") || line.contains("Performance Loss"))
      cubin.warnings.push_back(line.trim().str());
    read(line, "Used ([0-9]+) registers", used.registers);
    read(line, "([0-9]+) bytes stack frame", used.stack);
    read(line, "([0-9]+) bytes spill stores", used.spillStores);
    read(line, "([0-9]+) bytes spill loads", used.spillLoads);
    read(line, "([0-9]+) bytes smem", used.shared);
  }
}

Expected<Cubin> Ptxas::assemble(StringRef ptx, StringRef chip) const {
  auto input = TemporaryFile::create("ptx", ArrayRef(ptx.data(), ptx.size()));
  if (!input)
    return input.takeError();
  auto output = TemporaryFile::create("cubin");
  if (!output)
    return output.takeError();
  auto report = runProgram({program, "-v", "-O3", ("-arch=" + chip).str(),
                            input->path().str(), "-o", output->path().str()},
                           "assemble the kernels");
  if (!report)
    return report.takeError();
  auto bytes = output->read();
  if (!bytes)
    return bytes.takeError();
  Cubin cubin{std::move(*bytes), {}, {}};
  parsePtxasReport(*report, cubin);
  return cubin;
}
