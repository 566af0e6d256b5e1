//===- MatrixReader.cpp - Tiles of shared memory into registers -----------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Conversion/RDTileToNVVM/MatrixReader.h"
#include "lib/Conversion/RDTileToNVVM/Patterns.h"

using namespace mlir;
using namespace rdattn::rdtile;

/// Chunk `place` ^ `pair` of a row: `pair` is even and below eight.
static Value chunkAddress(Emitter &b, Value row, Value place, int64_t pair) {
  Value chunk = pair ? b.bitXor(place, pair) : place;
  return b.add(row, b.mul(chunk, kChunkBytes));
}

static std::string at(int64_t operand, int64_t offset) {
  return "[$" + std::to_string(operand) + " + " + std::to_string(offset) + "]";
}

MatrixReader::MatrixReader(Emitter &b, TileType tile, Value address,
                           MatrixOrder order, bool isTransposed)
    : b(b), tile(tile), isTransposed(isTransposed) {
  // Lane l gives the address of row l % 8 of matrix l / 8.
  Value lane = b.laneIndex();
  Value inMatrix = b.bitAnd(lane, 7);
  Value second = b.bitAnd(b.div(lane, 8), 1), lastTwo = b.div(lane, 16);
  bool isRowsFirst = order == MatrixOrder::RowsFirst;
  Value row = b.add(inMatrix, b.mul(isRowsFirst ? second : lastTwo, 8));
  rowAddress = b.add(address, b.mul(row, TileType::kPanelRowBytes));
  place = b.bitXor(inMatrix, isRowsFirst ? lastTwo : second);
}

SmallVector<Value> MatrixReader::load(int64_t row, int64_t chunk) {
  int64_t pair = chunk % kChunksPerRow;
  Value &address = addresses[pair / 2];
  if (!address)
    address = chunkAddress(b, rowAddress, place, pair);
  int64_t offset = chunk / kChunksPerRow * tile.getPanelBytes() +
                   row * TileType::kPanelRowBytes;
  std::string code = "ldmatrix.sync.aligned.m8n8.x4";
  code += isTransposed ? ".trans" : "";
  code += ".shared.b16 " + registerList(0, 4) + ", " + at(4, offset) + ";";
  SmallVector<Type> words(4, b.getI32Type());
  return b.ptx(code, words, "=r,=r,=r,=r,r,~{memory}", address);
}

ElementReader::ElementReader(Emitter &b, TileType tile, Value address)
    : b(b), tile(tile) {
  Value lane = b.laneIndex();
  Value group = b.div(lane, 4), pair = b.mul(b.bitAnd(lane, 3), 2);
  Value inChunk = b.mul(b.bitAnd(group, 3), 4);
  for (int64_t odd : {0, 1}) {
    Value row = b.add(pair, odd);
    Value start = b.add(address, b.mul(row, TileType::kPanelRowBytes));
    rowAddresses[odd] = b.add(start, inChunk);
    places[odd] = b.bitXor(row, b.div(group, 4));
  }
}

SmallVector<Value> ElementReader::load(int64_t row, int64_t eight) {
  int64_t chunk = 2 * eight, pair = chunk % kChunksPerRow;
  int64_t offset = chunk / kChunksPerRow * tile.getPanelBytes() +
                   row * TileType::kPanelRowBytes;
  SmallVector<Value> values;
  for (int64_t odd : {0, 1}) {
    Value &address = addresses[odd][pair / 2];
    if (!address)
      address = chunkAddress(b, rowAddresses[odd], places[odd], pair);
    values.push_back(b.ptx("ld.shared.b32 $0, " + at(1, offset) + ";",
                           b.getI32Type(), "=r,r,~{memory}", address)
                         .front());
  }
  return values;
}
