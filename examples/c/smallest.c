//===- smallest.c - A compiled attention in 30 lines of C -----------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "rdattn/runtime.h"
#include <stdio.h>

#define CHECK(call)                                                            \
  if ((call) != RDATTN_OK)                                                     \
  return fprintf(stderr, "error: %s\n", rdattn_last_error()), 1

enum { S = 48, H = 2, D = 16 };
static float q[S][H][D], k[S][H][D], v[S][H][D], o[S][H][D], lse[H][S];

int main(int argc, char **argv) {
  rdattn_module *module;
  const rdattn_function *function;
  CHECK(rdattn_module_open(argc > 1 ? argv[1] : "attention.so", &module));
  CHECK(rdattn_module_find(module, NULL, &function));
  for (int i = 0; i < S * H * D; ++i)
    (&q[0][0][0])[i] = (&k[0][0][0])[i] = (&v[0][0][0])[i] = (i % 7 - 3) / 4.0f;
  const int64_t sizes[] = {1, S, H, D}, strides[] = {S * H * D, H * D, D, 1};
  const int64_t rows[] = {1, H, S}, row_strides[] = {H * S, S, 1};
  rdattn_tensor tq = {q, RDATTN_FLOAT32, 4, sizes, strides}, tk = tq, tv = tq;
  rdattn_tensor to = tq, tlse = {lse, RDATTN_FLOAT32, 3, rows, row_strides};
  tk.data = k, tv.data = v, to.data = o;
  rdattn_arguments arguments = {
      .q = &tq, .k = &tk, .v = &tv, .o = &to, .lse = &tlse};
  CHECK(rdattn_run(function, &arguments));
  printf("o = %f, lse = %f\n", o[S - 1][0][0], lse[0][S - 1]);
  rdattn_module_close(module);
  return 0;
}
