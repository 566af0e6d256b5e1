//===- mpi_victim.cpp - A ring of processes that comes to harm ------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// usage: mpirun ... mpi_victim none|kill|stall rank step timeout token
// The token is for who looks for processes that were left behind.
//
//===----------------------------------------------------------------------===//

#include "Exchanges.h"

#include "runtime/comm/Ring.h"
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <unistd.h>

using namespace rdattn::test;

int main(int count, char **words) {
  if (count != 6)
    return 2;
  const std::string harm = words[1];
  const int rank = std::atoi(words[2]), step = std::atoi(words[3]);
  rdattn_ring *ring = nullptr;
  if (rdattn_ring_mpi_create(nullptr, std::atof(words[4]), &ring)) {
    std::fprintf(stderr, "%s\n", rdattn_last_error());
    return 1;
  }
  Communicator &self = *ring->communicator;
  MaybeFailure failure = shifts(self, 4, 1000, [&](int32_t now) {
    if (harm != "none" && self.rank == rank && now == step) {
      std::fprintf(stderr, "the harm begins\n");
      if (harm == "kill")
        raise(SIGKILL);
      if (harm == "stall")
        sleep(1000);
    }
    return true;
  });
  if (failure)
    std::fprintf(stderr, "%s\n", failure->message.c_str());
  rdattn_ring_destroy(ring);
  return failure ? 1 : 0;
}
