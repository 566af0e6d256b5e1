//===- NpyDictionary.cpp - The dictionary in an .npy header ---------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-run/NpyDictionary.h"

#include "tools/rdattn-run/Failure.h"

#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace rdattn::run {

namespace {

class Parser {
public:
  explicit Parser(StringRef text) : rest(text) {}

  Error parse(NpyDictionary &dictionary);

private:
  bool consume(StringRef token) {
    rest = rest.ltrim();
    return rest.consume_front(token);
  }
  Error malformed(const Twine &what) {
    return failure("its header is malformed: " + what);
  }
  Error parseEntry(NpyDictionary &dictionary);
  Error parseString(std::string &value);
  Error parseType(std::string &value);
  Error parseBool(bool &value);
  Error parseShape(std::vector<int64_t> &value);
  Error parseSize(int64_t &value);

  StringRef rest;
  bool hasDescr = false, hasOrder = false, hasShape = false;
};

Error Parser::parse(NpyDictionary &dictionary) {
  if (!consume("{"))
    return malformed("it does not begin with '{'");
  while (!consume("}")) {
    if (Error error = parseEntry(dictionary))
      return error;
    if (!consume(",") && !rest.ltrim().starts_with("}"))
      return malformed("',' or '}' is missing");
  }
  if (!rest.trim().empty())
    return malformed("something follows '}'");
  if (!hasDescr || !hasOrder || !hasShape)
    return malformed("it lacks 'descr', 'fortran_order' or 'shape'");
  return Error::success();
}

Error Parser::parseEntry(NpyDictionary &dictionary) {
  std::string key;
  if (Error error = parseString(key))
    return error;
  if (!consume(":"))
    return malformed("':' is missing");
  if (key == "descr" && !std::exchange(hasDescr, true))
    return parseType(dictionary.descr);
  if (key == "fortran_order" && !std::exchange(hasOrder, true))
    return parseBool(dictionary.fortranOrder);
  if (key == "shape" && !std::exchange(hasShape, true))
    return parseShape(dictionary.shape);
  return malformed("the key '" + StringRef(key).take_front(20) +
                   "' is unknown or comes twice");
}

Error Parser::parseString(std::string &value) {
  StringRef quote = consume("'") ? "'" : consume("\"") ? "\"" : "";
  size_t end = quote.empty() ? StringRef::npos : rest.find(quote);
  if (end == StringRef::npos)
    return malformed("a string is missing or has no end");
  value = rest.take_front(end).str();
  rest = rest.drop_front(end + 1);
  return Error::success();
}

Error Parser::parseType(std::string &value) {
  if (rest.ltrim().starts_with("["))
    return failure("it holds records; float32, float16 and bfloat16 can be "
                   "read");
  return parseString(value);
}

Error Parser::parseBool(bool &value) {
  value = consume("True");
  if (!value && !consume("False"))
    return malformed("'fortran_order' is neither True nor False");
  return Error::success();
}

Error Parser::parseShape(std::vector<int64_t> &value) {
  if (!consume("("))
    return malformed("'shape' is not a tuple");
  while (!consume(")")) {
    if (Error error = parseSize(value.emplace_back()))
      return error;
    if (!consume(",") && !rest.ltrim().starts_with(")"))
      return malformed("'shape' has no end");
  }
  return Error::success();
}

Error Parser::parseSize(int64_t &value) {
  rest = rest.ltrim();
  StringRef digits = rest.take_while([](char c) { return isDigit(c); });
  if (digits.empty())
    return malformed("'shape' holds something that is not a size");
  if (digits.getAsInteger(10, value))
    return malformed("the size " + digits.take_front(40) + " exceeds 64 bits");
  rest = rest.drop_front(digits.size());
  return Error::success();
}

} // namespace

Expected<NpyDictionary> parseNpyDictionary(StringRef text) {
  NpyDictionary dictionary;
  if (Error error = Parser(text).parse(dictionary))
    return std::move(error);
  return dictionary;
}

} // namespace rdattn::run
