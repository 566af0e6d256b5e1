//===- NpyTest.cpp - The reader of .npy files -----------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-run/Npy.h"

#include "gmock/gmock.h"

#include <cstring>

using namespace rdattn::run;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

/// A file of `dictionary` and elements, in format version `version`.
std::string file(const std::string &dictionary, const std::string &elements,
                 int version = 1) {
  std::string bytes = "\x93NUMPY";
  bytes += char(version);
  bytes += '\0';
  size_t length = dictionary.size();
  for (int byte = 0; byte < (version == 1 ? 2 : 4); ++byte)
    bytes += char(length >> 8 * byte);
  return bytes + dictionary + elements;
}

std::string dictionary(const std::string &descr, const std::string &shape,
                       const std::string &order = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + order +
         ", 'shape': " + shape + ", }\n";
}

std::string floats(std::initializer_list<float> values) {
  return std::string(reinterpret_cast<const char *>(values.begin()),
                     values.size() * sizeof(float));
}

std::string errorOf(const std::string &bytes) {
  llvm::Expected<Array> array = parseNpy(bytes);
  return array ? "no error" : toString(array.takeError());
}

std::vector<float> valuesOf(const std::string &bytes) {
  Array array = llvm::cantFail(parseNpy(bytes));
  std::vector<float> values(array.bytes() / sizeof(float));
  if (!values.empty())
    std::memcpy(values.data(), array.data(), array.bytes());
  return values;
}

TEST(Npy, ReadsEveryVersion) {
  for (int version : {1, 2, 3})
    EXPECT_THAT(
        valuesOf(file(dictionary("<f4", "(2,)"), floats({1, 2}), version)),
        ElementsAre(1, 2));
}

TEST(Npy, ReadsWhatItWrites) {
  for (NpyType type : {NpyType::Float32, NpyType::Float16, NpyType::Opaque16}) {
    Array array = llvm::cantFail(makeArray(type, {2, 3, 1, 5}));
    for (size_t i = 0; i < array.bytes(); ++i)
      array.data()[i] = char(i * 7);
    std::string bytes;
    llvm::raw_string_ostream stream(bytes);
    writeNpy(stream, array);
    Array read = llvm::cantFail(parseNpy(bytes));
    EXPECT_EQ(read.type, type);
    EXPECT_THAT(read.shape, ElementsAre(2, 3, 1, 5));
    EXPECT_EQ(std::memcmp(read.data(), array.data(), array.bytes()), 0);
  }
}

TEST(Npy, WritesHeadersLikeNumPy) {
  for (std::vector<int64_t> shape :
       {std::vector<int64_t>{}, {3}, {1, 14336, 12, 64}}) {
    std::string header = formatNpyHeader(NpyType::Opaque16, shape);
    EXPECT_EQ(header.size() % 64, 0u);
    EXPECT_EQ(header.back(), '\n');
    EXPECT_THAT(header, HasSubstr("'descr': '<V2'"));
    EXPECT_EQ(llvm::cantFail(parseNpyHeader(header)).shape, shape);
  }
  EXPECT_THAT(formatNpyHeader(NpyType::Float32, {3}),
              HasSubstr("'shape': (3,), }"));
}

TEST(Npy, ConvertsFortranOrder) {
  EXPECT_THAT(valuesOf(file(dictionary("<f4", "(2, 3)", "True"),
                            floats({0, 3, 1, 4, 2, 5}))),
              ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(Npy, ConvertsBigEndian) {
  EXPECT_THAT(valuesOf(file(dictionary(">f4", "(1,)"),
                            std::string("\x40\x49\x0f\xdb", 4))),
              ElementsAre(3.14159274f));
}

TEST(Npy, TakesEverySpellingOfTheDictionary) {
  std::string spelt = "  {\"shape\":(1,2 ,), \"fortran_order\" :False,"
                      "'descr':\"<f4\"}   \n";
  EXPECT_THAT(valuesOf(file(spelt, floats({1, 2}))), ElementsAre(1, 2));
}

TEST(Npy, ReadsEmptyArrays) {
  EXPECT_THAT(
      valuesOf(file(dictionary("<f4", "(4611686018427387904, 0, 9)"), "")),
      ElementsAre());
  EXPECT_THAT(valuesOf(file(dictionary("<f4", "(0, 3)", "True"), "")),
              ElementsAre());
}

TEST(Npy, NamesTypesThatNoKernelReads) {
  auto typeError = [](const char *descr) {
    return errorOf(file(dictionary(descr, "(1,)"), "01234567"));
  };
  EXPECT_THAT(typeError("|O"), HasSubstr("Python objects ('|O')"));
  EXPECT_THAT(typeError("<i8"), HasSubstr("integers ('<i8')"));
  EXPECT_THAT(typeError("|b1"), HasSubstr("booleans"));
  EXPECT_THAT(typeError("<c8"), HasSubstr("complex numbers"));
  EXPECT_THAT(typeError("<U2"), HasSubstr("strings"));
  EXPECT_THAT(typeError("<f8"), HasSubstr("another width ('<f8')"));
  EXPECT_THAT(errorOf(file("{'descr': [('a', '<f4')], 'fortran_order': False, "
                           "'shape': (1,), }",
                           "")),
              HasSubstr("records"));
}

TEST(Npy, RefusesWrongLengths) {
  std::string two = dictionary("<f4", "(2,)");
  EXPECT_EQ(errorOf(file(two, "1234")),
            "its shape [2] needs 8 bytes of elements, and it has 4");
  EXPECT_EQ(errorOf(file(two, "123456789")),
            "its shape [2] needs 8 bytes of elements, and it has 9");
}

TEST(Npy, RefusesShapesThatOverflow) {
  EXPECT_THAT(errorOf(file(dictionary("<f4", "(9223372036854775807, 2)"), "")),
              HasSubstr("does not fit into 64-bit memory"));
  EXPECT_THAT(errorOf(file(dictionary("<f4", "(99999999999999999999,)"), "")),
              HasSubstr("99999999999999999999 exceeds 64 bits"));
  EXPECT_THAT(errorOf(file(dictionary("<f4", "(-1,)"), "")),
              HasSubstr("not a size"));
}

TEST(Npy, RefusesHugeHeaders) {
  std::string bytes = "\x93NUMPY";
  bytes += std::string("\x02\x00\xff\xff\xff\xff", 6);
  EXPECT_EQ(errorOf(bytes), "its header claims 4294967295 bytes, more than any "
                            "array needs");
}

TEST(Npy, RefusesOtherFiles) {
  EXPECT_EQ(errorOf(""), "it is not an .npy file");
  EXPECT_EQ(errorOf("PK\x03\x04 a zip file"), "it is not an .npy file");
  EXPECT_THAT(errorOf(file(dictionary("<f4", "()"), "1234", 4)),
              HasSubstr("version 4 is unknown"));
}

TEST(Npy, RefusesEveryTruncation) {
  std::string whole = file(dictionary("<f4", "(2,)"), floats({1, 2}));
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_NE(errorOf(whole.substr(0, size)), "no error") << size;
}

TEST(Npy, SurvivesEveryDamagedByte) {
  std::string whole = file(dictionary("<f4", "(2,)"), floats({1, 2}));
  for (size_t at = 0; at < whole.size(); ++at)
    for (int value = 0; value < 256; ++value) {
      std::string damaged = whole;
      damaged[at] = char(value);
      errorOf(damaged);
    }
}

TEST(Npy, NamesTheFile) {
  llvm::Expected<Array> array = readNpy("no/such/file.npy");
  ASSERT_FALSE(array);
  EXPECT_EQ(toString(array.takeError()),
            "cannot read 'no/such/file.npy': No such file or directory");
  array = readNpy("/");
  ASSERT_FALSE(array);
  EXPECT_EQ(toString(array.takeError()), "cannot read '/': it is a directory");
}

} // namespace
