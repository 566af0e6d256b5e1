//===- Items.cpp - Work items inside a kernel -----------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/LaunchToRDTile/Kernel.h"

using namespace mlir;
using namespace rdattn;
using namespace rdattn::rdtile;

Item Item::fromWords(ValueRange w) {
  return {w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8], w[9]};
}

Cursor Kernel::slotOf(Value turn) {
  return {b.bitAnd(turn, kItemSlots - 1),
          b.bitAnd(b.shiftRight(turn, b.i32(1)), 1)};
}

Cursor Kernel::next(Cursor cursor) {
  Value stage = b.add(cursor.stage, 1);
  Value wraps = b.equal(stage, b.i32(key.stages));
  return {b.select(wraps, b.i32(0), stage),
          b.select(wraps, b.bitXor(cursor.parity, 1), cursor.parity)};
}

Item Kernel::readItem(Value slot) {
  I32Builder::Values words;
  for (int64_t word = 0; word < Item::kWords; ++word)
    words.push_back(b.load(shared.items, {slot, b.i32(word)}));
  return Item::fromWords(words);
}

Value Kernel::pastQueries(const Item &item) {
  return b.min(item.rows, b.add(item.row, key.queries));
}

Value Kernel::isCurveOrdered(const Item &item) {
  if (!key.comparesTokens())
    return {};
  return b.both(b.lessEqual(b.i32(0), item.list),
                b.less(b.i32(0), item.window));
}

/// All rows, up to the diagonal, or a band: as on the CPU.
KeyTiles Kernel::keyTiles(const Item &item) {
  Value begin = b.i32(0), end = item.rows;
  Value past = pastQueries(item);
  if (key.causal) {
    Value curve = isCurveOrdered(item);
    end = curve ? b.select(curve, end, past) : past;
  }
  if (key.windowed) {
    Value windowed = b.less(b.i32(0), item.window);
    // In 32 bits: a window reaches past a class only by less than its rows.
    Value reach = b.sub(b.min(item.window, item.rows), 1);
    Value low = b.max(b.i32(0), b.sub(item.row, reach));
    Value high = b.min(end, b.add(past, reach));
    begin = b.select(windowed, low, begin);
    end = b.select(windowed, high, end);
  }
  return {begin, b.ceilDiv(b.sub(end, begin), key.keys)};
}

Value Kernel::tokenOfStrided(const Item &item, Value row) {
  return b.add(item.first, b.mul(row, item.stride));
}

/// A GPU's lists have an entry for every row.
Value Kernel::tokenOfListed(const Item &item, Value row) {
  Value token = b.load(parameters.rowList, b.add(item.list, row));
  return b.add(item.first, token);
}

Value Kernel::tokenOf(const Item &item, Value row) {
  if (!key.gathered)
    return tokenOfStrided(item, row);
  Value isListed = b.lessEqual(b.i32(0), item.list);
  using Values = I32Builder::Values;
  return b
      .choose(
          isListed, [&] { return Values{tokenOfListed(item, row)}; },
          [&] { return Values{tokenOfStrided(item, row)}; })
      .front();
}
