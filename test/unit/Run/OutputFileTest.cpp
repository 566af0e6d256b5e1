//===- OutputFileTest.cpp - Outputs appear whole or not at all ------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-run/OutputFile.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Path.h"

#include "gmock/gmock.h"

using namespace rdattn::run;
using namespace llvm;
using testing::HasSubstr;

namespace {

class OutputFileTest : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(sys::fs::createUniqueDirectory("rdattn-run", folder));
  }
  void TearDown() override { sys::fs::remove_directories(folder); }

  std::string path(StringRef name) {
    SmallString<128> path = folder;
    sys::path::append(path, name);
    return path.str().str();
  }
  int countFiles() {
    std::error_code error;
    int count = 0;
    for (sys::fs::directory_iterator it(folder, error), end; it != end;
         it.increment(error))
      ++count;
    return count;
  }
  std::string errorOf(StringRef path) {
    Expected<OutputFile> file = OutputFile::create(path);
    return file ? "no error" : toString(file.takeError());
  }

  SmallString<128> folder;
};

Array small() {
  Array array = cantFail(makeArray(NpyType::Float16, {2}));
  array.data()[0] = array.data()[3] = 1;
  return array;
}

TEST_F(OutputFileTest, AppearsWhole) {
  std::string target = path("o.npy");
  OutputFile file = cantFail(OutputFile::create(target));
  EXPECT_FALSE(sys::fs::exists(target));
  cantFail(file.write(small()));
  EXPECT_EQ(countFiles(), 1);
  EXPECT_EQ(cantFail(readNpy(target)).shape, small().shape);
}

TEST_F(OutputFileTest, LeavesNothingWhereItIsNotWritten) {
  {
    OutputFile file = cantFail(OutputFile::create(path("o.npy")));
  }
  EXPECT_EQ(countFiles(), 0);
}

TEST_F(OutputFileTest, ReplacesTheTargetOfALink) {
  std::string target = path("o.npy"), link = path("link.npy");
  cantFail(cantFail(OutputFile::create(target)).write(small()));
  ASSERT_FALSE(sys::fs::create_link(target, link));
  cantFail(cantFail(OutputFile::create(link))
               .write(cantFail(makeArray(NpyType::Float32, {0, 7}))));
  EXPECT_TRUE(sys::fs::is_symlink_file(link));
  EXPECT_EQ(cantFail(readNpy(target)).shape, (std::vector<int64_t>{0, 7}));
}

TEST_F(OutputFileTest, FailsBeforeAnyWork) {
  EXPECT_THAT(errorOf(folder), HasSubstr("it is a directory"));
  EXPECT_THAT(errorOf(path("no/such/folder/o.npy")),
              HasSubstr("No such file or directory"));
  EXPECT_THAT(errorOf("/dev/null"), HasSubstr("it is not a regular file"));
}

} // namespace
