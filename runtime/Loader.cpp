//===- Loader.cpp - Maps a module file ------------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/Loader.h"
#include "runtime/Footer.h"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

using namespace rdattn::runtime;

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

namespace {
struct Descriptor {
  explicit Descriptor(int number) : number(number) {}
  ~Descriptor() {
    if (number >= 0)
      close(number);
  }
  Descriptor(const Descriptor &) = delete;
  int number;
};
} // namespace

static Failure ioError(const char *what, const char *path) {
  const char *why = std::strerror(errno);
  return {RDATTN_IO_ERROR, sentence("cannot ", what, " '", path, "': ", why)};
}

static MaybeFailure readFile(const char *path,
                             std::vector<unsigned char> &bytes) {
  // O_NONBLOCK: opening a pipe must not wait for its writer.
  Descriptor file(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status;
  if (file.number < 0 || fstat(file.number, &status) != 0)
    return ioError("open", path);
  if (!S_ISREG(status.st_mode))
    return badModule("'", path, "' is ",
                     S_ISDIR(status.st_mode) ? "a directory"
                                             : "not a regular file",
                     ", but a module is a file");
  bytes.resize(static_cast<size_t>(status.st_size));
  size_t done = 0;
  while (done < bytes.size()) {
    ssize_t count = read(file.number, bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return ioError("read", path);
    if (count == 0) // shortened meanwhile: the footer check says so
      break;
    done += static_cast<size_t>(count);
  }
  bytes.resize(done);
  return std::nullopt;
}

/// An anonymous file, so that nobody can change it between check and mapping.
static int createMemoryFile() {
  // Kernels since 6.3 want to be told that it will be executed.
  int number = memfd_create("rdattn-module", MFD_CLOEXEC | MFD_EXEC);
  if (number < 0 && errno == EINVAL)
    number = memfd_create("rdattn-module", MFD_CLOEXEC);
  return number;
}

static bool writeAll(int number, const unsigned char *bytes, size_t size) {
  while (size) {
    ssize_t count = write(number, bytes, size);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      return false;
    bytes += count;
    size -= static_cast<size_t>(count);
  }
  return true;
}

/// A path of the descriptor that no earlier call returned. The loader takes
/// two libraries with one path for the same library, and descriptors' numbers
/// are used again; so a counter is spelt in the path: "/" is 0 and "/." is 1.
static std::string uniquePath(int number) {
  static std::atomic<uint64_t> counter{0};
  std::string path = "/proc/self/fd";
  for (uint64_t bits = ++counter; bits; bits >>= 1)
    path += bits & 1 ? "/." : "/";
  return sentence(std::move(path), "/", number);
}

/// The loader's own words, without the path that only this file knows.
static std::string loaderError(const std::string &path) {
  const char *error = dlerror();
  std::string message = error ? error : "unknown error";
  if (size_t at = message.find(path + ": "); at != message.npos)
    message.erase(at, path.size() + 2);
  return message;
}

MaybeFailure rdattn::runtime::loadLibrary(const char *path, Library &library) {
  std::vector<unsigned char> bytes;
  if (MaybeFailure failure = readFile(path, bytes))
    return failure;
  size_t size = 0;
  if (MaybeFailure failure =
          checkFooter(path, bytes.data(), bytes.size(), size))
    return failure;
  Descriptor copy(createMemoryFile());
  if (copy.number < 0 || !writeAll(copy.number, bytes.data(), size))
    return ioError("make a copy in memory of", path);
  std::string copyPath = uniquePath(copy.number);
  library = Library(dlopen(copyPath.c_str(), RTLD_NOW | RTLD_LOCAL),
                    [](void *handle) { dlclose(handle); });
  if (!library)
    return badModule("the loader refuses '", path,
                     "': ", loaderError(copyPath));
  return std::nullopt;
}

const void *rdattn::runtime::moduleDataOf(const Library &library) {
  return dlsym(library.get(), "rdattn_module_data");
}
