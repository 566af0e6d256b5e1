//===- Npy.cpp - Arrays in .npy files -------------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-run/Npy.h"

#include "tools/rdattn-run/Failure.h"

#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"

#include <cstring>

using namespace llvm;

namespace rdattn::run {

Expected<Array> makeArray(NpyType type, std::vector<int64_t> shape) {
  Expected<size_t> bytes = byteCount(type, shape);
  if (!bytes)
    return bytes.takeError();
  auto memory =
      WritableMemoryBuffer::getNewUninitMemBuffer(*bytes, "array", Align(64));
  if (!memory)
    return failure("there is no memory for an array of shape " +
                   formatShape(shape));
  return Array{type, std::move(shape), std::move(memory)};
}

/// Where the last dimension varies slowest, element `flat` of the C order
/// comes from here.
static size_t fortranOffset(ArrayRef<int64_t> shape, size_t flat) {
  size_t stride = 1;
  for (int64_t size : shape)
    stride *= size;
  size_t offset = 0;
  for (int64_t size : reverse(shape)) {
    stride /= size;
    offset += flat % size * stride;
    flat /= size;
  }
  return offset;
}

static void copyFortran(const char *from, const Array &to) {
  size_t size = sizeOf(to.type);
  for (size_t flat = 0, end = to.bytes() / size; flat != end; ++flat)
    std::memcpy(to.data() + flat * size,
                from + fortranOffset(to.shape, flat) * size, size);
}

static void swapBytes(const Array &array) {
  size_t size = sizeOf(array.type);
  for (size_t at = 0; at != array.bytes(); at += size)
    std::reverse(array.data() + at, array.data() + at + size);
}

static Error checkLength(size_t found, size_t wanted, ArrayRef<int64_t> shape) {
  if (found == wanted)
    return Error::success();
  return failure("its shape " + formatShape(shape) + " needs " + Twine(wanted) +
                 " bytes of elements, and it has " + Twine(found));
}

Expected<Array> parseNpy(StringRef bytes) {
  Expected<NpyHeader> header = parseNpyHeader(bytes);
  if (!header)
    return header.takeError();
  StringRef elements = bytes.drop_front(header->dataOffset);
  Expected<size_t> wanted = byteCount(header->type, header->shape);
  if (!wanted)
    return wanted.takeError();
  // Before memory is asked for: a corrupt shape may claim any amount.
  if (Error error = checkLength(elements.size(), *wanted, header->shape))
    return std::move(error);
  Expected<Array> array = makeArray(header->type, std::move(header->shape));
  if (!array)
    return array;
  if (header->fortranOrder)
    copyFortran(elements.data(), *array);
  else
    std::memcpy(array->data(), elements.data(), elements.size());
  if (header->bigEndian != (endianness::native == endianness::big))
    swapBytes(*array);
  return array;
}

Expected<Array> readNpy(StringRef path) {
  if (sys::fs::is_directory(path))
    return failure("cannot read '" + path + "': it is a directory");
  auto file = MemoryBuffer::getFile(path, /*IsText=*/false,
                                    /*RequiresNullTerminator=*/false);
  if (!file)
    return failure("cannot read '" + path + "': " + file.getError().message());
  Expected<Array> array = parseNpy((*file)->getBuffer());
  if (!array)
    return failure("cannot read '" + path +
                   "': " + toString(array.takeError()));
  return array;
}

void writeNpy(raw_ostream &stream, const Array &array) {
  stream << formatNpyHeader(array.type, array.shape);
  stream.write(array.data(), array.bytes());
}

} // namespace rdattn::run
