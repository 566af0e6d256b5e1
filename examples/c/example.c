//===- example.c - Runs a compiled attention from C -----------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "rdattn/runtime.h"

#include <stdio.h>
#include <stdlib.h>

#ifdef RDATTN_LINKED
extern const char rdattn_module_data[];
#endif

static void check(rdattn_status status) {
  if (status != RDATTN_OK) {
    fprintf(stderr, "error: %s\n", rdattn_last_error());
    exit(1);
  }
}

/// A dense float32 tensor of small values that look random.
static rdattn_tensor make(int32_t rank, const int64_t *sizes) {
  int64_t *strides = malloc(rank * sizeof *strides), count = 1;
  for (int32_t d = rank; d-- > 0; count *= sizes[d])
    strides[d] = count;
  float *data = malloc(count * sizeof *data);
  for (int64_t i = 0; i < count; ++i)
    data[i] = (float)(i * 2654435761u % 1000) / 500 - 1;
  return (rdattn_tensor){data, RDATTN_FLOAT32, rank, sizes, strides};
}

static void release(rdattn_tensor tensor) {
  free(tensor.data);
  free((int64_t *)tensor.strides);
}

static int64_t or_else(int64_t size, int64_t otherwise) {
  return size < 0 ? otherwise : size;
}

static size_t bytes_of(const rdattn_tensor *tensor) {
  size_t bytes = sizeof(float);
  for (int32_t d = 0; d < tensor->rank; ++d)
    bytes *= (size_t)tensor->sizes[d];
  return bytes;
}

/// Runs on copies of the tensors in the memory of GPU 0, and copies them back.
static void run_on_gpu(const rdattn_function *function,
                       const rdattn_arguments *arguments,
                       rdattn_tensor *tensors[5]) {
  void *host[5];
  for (int i = 0; i < 5; ++i) {
    host[i] = tensors[i]->data;
    check(rdattn_cuda_allocate(0, bytes_of(tensors[i]), &tensors[i]->data));
    check(rdattn_cuda_copy(0, tensors[i]->data, host[i], bytes_of(tensors[i])));
  }
  check(rdattn_run(function, arguments));
  check(rdattn_cuda_synchronize(0, arguments->stream));
  for (int i = 0; i < 5; ++i) {
    check(rdattn_cuda_copy(0, host[i], tensors[i]->data, bytes_of(tensors[i])));
    check(rdattn_cuda_free(0, tensors[i]->data));
    tensors[i]->data = host[i];
  }
}

int main(int argc, char **argv) {
  rdattn_module *module;
#ifdef RDATTN_LINKED
  check(rdattn_module_from_data(rdattn_module_data, &module));
#else
  if (argc != 2)
    return fprintf(stderr, "usage: %s module.so\n", argv[0]), 2;
  check(rdattn_module_open(argv[1], &module));
#endif
  const rdattn_function *function;
  check(rdattn_module_find(module, NULL, &function));
  rdattn_signature s;
  rdattn_function_signature(function, &s);
  if (s.dtype != RDATTN_FLOAT32 || s.needs_plan)
    return fprintf(stderr, "error: this example wants float32, no plan\n"), 1;

  int64_t B = or_else(s.batch, 1), S = or_else(s.tokens, 16);
  int64_t H = or_else(s.heads, or_else(s.kv_heads, 2));
  int64_t G = or_else(s.kv_heads, H);
  int64_t D = or_else(s.head_dim, 64), Dv = or_else(s.value_dim, D);
  rdattn_tensor q = make(4, (int64_t[]){B, S, H, D});
  rdattn_tensor k = make(4, (int64_t[]){B, S, G, D});
  rdattn_tensor v = make(4, (int64_t[]){B, S, G, Dv});
  rdattn_tensor o = make(4, (int64_t[]){B, S, H, Dv});
  rdattn_tensor lse = make(3, (int64_t[]){B, H, S});
  rdattn_arguments arguments = {
      .q = &q, .k = &k, .v = &v, .o = &o, .lse = s.has_lse ? &lse : NULL};
  if (s.target == RDATTN_CUDA)
    run_on_gpu(function, &arguments, (rdattn_tensor *[]){&q, &k, &v, &o, &lse});
  else
    check(rdattn_run(function, &arguments));

  for (int64_t i = 0; i < 4 && i < Dv; ++i)
    printf("o[%d] = %f\n", (int)i, ((float *)o.data)[i]);
  if (s.has_lse)
    printf("lse[0] = %f\n", *(float *)lse.data);
  release(q), release(k), release(v), release(o), release(lse);
  rdattn_module_close(module);
  return 0;
}
