//===- CommonSyntax.h - Syntax shared by attributes and ops -----*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_DIALECT_COMMONSYNTAX_H
#define RDATTN_DIALECT_COMMONSYNTAX_H

#include "dialect/RDAttn.h"

#include <functional>

namespace rdattn {

/// Reports a broken rule of the planner.
mlir::LogicalResult
report(llvm::function_ref<mlir::InFlightDiagnostic()> emitError,
       const planner::Violation &violation);

/// A 64-bit integer; a larger one is an error at its token (S2).
mlir::ParseResult parseInt64(mlir::AsmParser &parser, int64_t &result);

/// A keyword and what follows it.
struct Property {
  llvm::StringRef keyword;
  std::function<mlir::ParseResult()> parse;
};

/// Any of `properties`, in any order, each at most once. Every keyword in
/// front of the parser must be one of them.
mlir::ParseResult parseProperties(mlir::AsmParser &parser,
                                  llvm::ArrayRef<Property> properties);

/// A property that is there or not.
Property flag(llvm::StringRef keyword, bool &value);

/// `keyword integer`.
Property integer(mlir::AsmParser &parser, llvm::StringRef keyword,
                 int64_t &value);
Property integer(mlir::AsmParser &parser, llvm::StringRef keyword,
                 std::optional<int64_t> &value);

/// `order` and `identity`, `hilbert` or `hilbert<rows x cols>`.
Property order(mlir::AsmParser &parser, planner::Order &value);
void printGrid(mlir::AsmPrinter &printer, planner::Grid grid);

/// `scale(%value)` or `scale(0.125)`.
mlir::OptionalParseResult
parseScale(mlir::OpAsmParser &parser,
           std::optional<mlir::OpAsmParser::UnresolvedOperand> &scale,
           mlir::FloatAttr &scaleValue);
void printScale(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                mlir::Value scale, mlir::FloatAttr scaleValue);

/// One type where q, k and v share it, else three.
mlir::ParseResult parseInputTypes(mlir::OpAsmParser &parser, mlir::Type &q,
                                  mlir::Type &k, mlir::Type &v);
void printInputTypes(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                     mlir::Type q, mlir::Type k, mlir::Type v);

/// The name of an order of the work table.
mlir::ParseResult parseTileOrder(mlir::OpAsmParser &parser,
                                 TileOrderAttr &order);
void printTileOrder(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                    TileOrderAttr order);

/// `store`, `fill` or `merge`.
mlir::ParseResult parseEpilogueName(mlir::OpAsmParser &parser,
                                    EpilogueAttr &epilogue);
void printEpilogueName(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                       EpilogueAttr epilogue);

/// The rows of a tile, `queries x keys`.
mlir::ParseResult parseTile(mlir::OpAsmParser &parser,
                            mlir::IntegerAttr &queries,
                            mlir::IntegerAttr &keys);
void printTile(mlir::OpAsmPrinter &printer, mlir::Operation *op,
               mlir::IntegerAttr queries, mlir::IntegerAttr keys);

/// The body of a pattern attribute, and of those of classes.
mlir::ParseResult parsePatternBody(mlir::AsmParser &parser,
                                   PatternAttr &pattern);
void printPatternBody(mlir::AsmPrinter &printer, mlir::Operation *op,
                      PatternAttr pattern);
mlir::ParseResult parseBranchClassesBody(mlir::AsmParser &parser,
                                         BranchClassesAttr &branch);
void printBranchClassesBody(mlir::AsmPrinter &printer, mlir::Operation *op,
                            BranchClassesAttr branch);

/// Branches of classes, joined by `+`.
mlir::ParseResult parseBranchList(mlir::OpAsmParser &parser,
                                  mlir::ArrayAttr &branches);
void printBranchList(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                     mlir::ArrayAttr branches);

} // namespace rdattn

#endif // RDATTN_DIALECT_COMMONSYNTAX_H
