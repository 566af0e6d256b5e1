//===- Linker.cpp - The linker of this machine ----------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Target/SharedLibrary/Linker.h"

#include "lib/Target/SharedLibrary/TemporaryFile.h"

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

/// Runs the linker; an error repeats what it said.
Error Linker::execute(ArrayRef<std::string> arguments) const {
  auto output = TemporaryFile::create("log");
  if (!output)
    return output.takeError();
  SmallVector<StringRef> command(arguments.begin(), arguments.end());
  std::optional<StringRef> redirects[] = {std::nullopt, output->path(),
                                          output->path()};
  std::string message;
  int status = sys::ExecuteAndWait(program, command, std::nullopt, redirects, 0,
                                   0, &message);
  if (status == 0)
    return Error::success();
  if (auto said = output->read())
    message += *said;
  else
    consumeError(said.takeError());
  return createStringError("'" + program + "' could not link the module: " +
                           StringRef(message).trim());
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
  if (Error error = execute(arguments))
    return std::move(error);
  return output->read();
}
