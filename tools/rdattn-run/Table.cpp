//===- Table.cpp - Columns of text ----------------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-run/Table.h"

#include "llvm/Support/Format.h"

#include <algorithm>

using namespace llvm;

namespace rdattn::run {

static constexpr size_t kMostRows = 64;

static std::vector<size_t>
widthsOf(const std::vector<std::vector<std::string>> &rows) {
  std::vector<size_t> widths(rows.front().size());
  for (const std::vector<std::string> &row : rows)
    for (size_t column = 0; column < row.size(); ++column)
      widths[column] = std::max(widths[column], row[column].size());
  return widths;
}

void Table::print(raw_ostream &stream) const {
  const std::vector<size_t> widths = widthsOf(rows);
  const size_t shown = std::min(rows.size(), 1 + kMostRows);
  for (size_t row = 0; row < shown; ++row) {
    for (size_t column = 0; column < widths.size(); ++column)
      stream << (column ? "  " : "")
             << right_justify(rows[row][column], widths[column]);
    stream << "\n";
  }
  if (shown < rows.size())
    stream << "... and " << rows.size() - shown << " more\n";
}

} // namespace rdattn::run
