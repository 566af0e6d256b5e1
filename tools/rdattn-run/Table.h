//===- Table.h - Columns of text --------------------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_RUN_TABLE_H
#define RDATTN_TOOLS_RUN_TABLE_H

#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace rdattn::run {

/// Columns as wide as their widest cell, to the right.
class Table {
public:
  explicit Table(std::vector<std::string> titles) { add(std::move(titles)); }

  /// \pre as many cells as titles.
  void add(std::vector<std::string> cells) { rows.push_back(std::move(cells)); }

  /// The first 64 rows; of others how many they are.
  void print(llvm::raw_ostream &stream) const;

private:
  std::vector<std::vector<std::string>> rows; ///< the titles first
};

} // namespace rdattn::run

#endif // RDATTN_TOOLS_RUN_TABLE_H
