//===- NpyHeader.cpp - The header of an .npy file -------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Magic, version, header length, then a Python dictionary:
//
//   {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-run/NpyHeader.h"

#include "tools/rdattn-run/Failure.h"
#include "tools/rdattn-run/NpyDictionary.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/Endian.h"

#include <limits>
#include <optional>

using namespace llvm;

namespace rdattn::run {

static constexpr StringLiteral kMagic = "\x93NUMPY";
/// NumPy writes some hundred bytes at most; a corrupt length asks for more.
static constexpr size_t kLongestDictionary = 1 << 16;

size_t sizeOf(NpyType type) { return type == NpyType::Float32 ? 4 : 2; }

StringRef nameOf(NpyType type) {
  switch (type) {
  case NpyType::Float32:
    return "float32";
  case NpyType::Float16:
    return "float16";
  case NpyType::Opaque16:
    return "2-byte void (bfloat16)";
  }
  return "unknown";
}

std::string formatShape(ArrayRef<int64_t> shape) {
  std::string text = "[";
  interleave(
      shape, [&](int64_t size) { text += std::to_string(size); },
      [&] { text += ", "; });
  return text + "]";
}

Expected<size_t> byteCount(NpyType type, ArrayRef<int64_t> shape) {
  if (is_contained(shape, 0))
    return 0;
  std::optional<int64_t> bytes = sizeOf(type);
  for (int64_t size : shape)
    if (!(bytes = checkedMul(*bytes, size)))
      return failure("an array of shape " + formatShape(shape) +
                     " does not fit into 64-bit memory");
  return *bytes;
}

/// What is wrong with a type that no kernel reads, in NumPy's letters.
static Error unsupportedType(StringRef descr) {
  StringRef kind = descr.drop_while([](char c) { return !isAlpha(c); });
  StringRef known = StringSwitch<StringRef>(kind.take_front(1))
                        .Case("O", "Python objects")
                        .Cases({"U", "S"}, "strings")
                        .Cases({"i", "u"}, "integers")
                        .Case("b", kind == "b1" ? "booleans" : "integers")
                        .Case("c", "complex numbers")
                        .Case("f", "floating point of another width")
                        .Default("an unknown type");
  return failure("it holds " + known + " ('" + descr.take_front(20) +
                 "'); float32, float16 and bfloat16 can be read");
}

static Error readType(StringRef descr, NpyHeader &header) {
  header.bigEndian = descr.starts_with(">");
  StringRef kind = descr;
  if (!kind.empty() && StringRef("<>|=").contains(kind.front()))
    kind = kind.drop_front();
  if (kind == "f4")
    header.type = NpyType::Float32;
  else if (kind == "f2")
    header.type = NpyType::Float16;
  else if (kind == "V2" || kind == "bfloat16")
    header.type = NpyType::Opaque16;
  else
    return unsupportedType(descr);
  return Error::success();
}

/// Checks magic and version, and finds the dictionary.
static Expected<StringRef> findDictionary(StringRef bytes, size_t &end) {
  if (!bytes.starts_with(kMagic))
    return failure("it is not an .npy file");
  if (bytes.size() < 10)
    return failure("its header is cut off");
  unsigned version = static_cast<unsigned char>(bytes[6]);
  if (version < 1 || version > 3)
    return failure("its format version " + Twine(version) +
                   " is unknown; 1 to 3 can be read");
  size_t start = version == 1 ? 10 : 12;
  if (bytes.size() < start)
    return failure("its header is cut off");
  size_t length = version == 1 ? support::endian::read16le(bytes.data() + 8)
                               : support::endian::read32le(bytes.data() + 8);
  if (length > kLongestDictionary)
    return failure("its header claims " + Twine(length) +
                   " bytes, more than any array needs");
  if (bytes.size() - start < length)
    return failure("its header is cut off");
  end = start + length;
  return bytes.substr(start, length);
}

Expected<NpyHeader> parseNpyHeader(StringRef bytes) {
  NpyHeader header;
  Expected<StringRef> text = findDictionary(bytes, header.dataOffset);
  if (!text)
    return text.takeError();
  Expected<NpyDictionary> dictionary = parseNpyDictionary(*text);
  if (!dictionary)
    return dictionary.takeError();
  if (Error error = readType(dictionary->descr, header))
    return std::move(error);
  header.fortranOrder = dictionary->fortranOrder;
  header.shape = std::move(dictionary->shape);
  return header;
}

std::string formatNpyHeader(NpyType type, ArrayRef<int64_t> shape) {
  StringRef descr = type == NpyType::Float32   ? "<f4"
                    : type == NpyType::Float16 ? "<f2"
                                               : "<V2";
  std::string sizes = formatShape(shape);
  sizes = "(" + sizes.substr(1, sizes.size() - 2) +
          (shape.size() == 1 ? ",)" : ")");
  std::string text = ("{'descr': '" + descr +
                      "', 'fortran_order': False, 'shape': " + sizes + ", }")
                         .str();
  // NumPy aligns the elements to 64 bytes.
  text.append(alignTo(10 + text.size() + 1, 64) - 10 - text.size() - 1, ' ');
  text += '\n';
  char length[2];
  support::endian::write16le(length, text.size());
  return kMagic.str() + std::string("\x01\x00", 2) + std::string(length, 2) +
         text;
}

} // namespace rdattn::run
