//===- Linker.cpp - The linker of this machine ----------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Target/SharedLibrary/Linker.h"

#include "lib/Target/ExternalTools/Program.h"
#include "lib/Target/ExternalTools/TemporaryFile.h"

#include "llvm/Support/Program.h"

using namespace llvm;
using namespace rdattn;

Expected<Linker> Linker::find() {
  for (StringRef name : {"ld.lld-22", "ld.lld", "lld"})
    if (auto path = sys::findProgramByName(name))
      return Linker(*path, /*isCompiler=*/false);
  for (StringRef name : {"cc", "gcc", "clang"})
    if (auto path = sys::findProgramByName(name))
      return Linker(*path, /*isCompiler=*/true);
  return createStringError("no linker was found: install lld, or put ld.lld or "
                           "cc on the PATH; or write an object file and link "
                           "it elsewhere");
}

Expected<std::string> Linker::linkShared(ArrayRef<StringRef> inputs,
                                         StringRef name) const {
  auto output = TemporaryFile::create("so");
  if (!output)
    return output.takeError();
  std::string prefix = isCompiler ? "-Wl," : "";
  std::vector<std::string> arguments{program, "-shared",
                                     prefix + "--no-as-needed"};
  if (isCompiler)
    arguments.push_back("-nostdlib");
  else if (StringRef(program).ends_with("/lld"))
    arguments.insert(arguments.begin() + 1, {"-flavor", "gnu"});
  if (!name.empty())
    arguments.push_back((prefix + "-soname=" + name).str());
  arguments.insert(arguments.end(), inputs.begin(), inputs.end());
  arguments.insert(arguments.end(), {"-o", output->path().str()});
  if (auto said = runProgram(arguments, "link the module"); !said)
    return said.takeError();
  return output->read();
}
