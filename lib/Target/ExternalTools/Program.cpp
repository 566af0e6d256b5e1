//===- Program.cpp - Runs another program ---------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Target/ExternalTools/Program.h"

#include "lib/Target/ExternalTools/TemporaryFile.h"

#include "llvm/Support/Program.h"

using namespace llvm;
using namespace rdattn;

Expected<std::string> rdattn::runProgram(ArrayRef<std::string> arguments,
                                         StringRef task) {
  auto output = TemporaryFile::create("log");
  if (!output)
    return output.takeError();
  const std::string &program = arguments.front();
  SmallVector<StringRef> command(arguments.begin(), arguments.end());
  std::optional<StringRef> redirects[] = {std::nullopt, output->path(),
                                          output->path()};
  std::string message;
  int status = sys::ExecuteAndWait(program, command, std::nullopt, redirects, 0,
                                   0, &message);
  auto said = output->read();
  if (!said)
    return said.takeError();
  if (status == 0)
    return said;
  return createStringError("'" + program + "' could not " + task + ": " +
                           StringRef(message + *said).trim());
}
