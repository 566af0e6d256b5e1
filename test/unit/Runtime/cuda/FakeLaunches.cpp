//===- FakeLaunches.cpp - Launches of the fake driver ---------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeEntry.h"

#include <chrono>
#include <cstring>
#include <thread>

using namespace rdattn::test;

static int wordsOf(char role) {
  switch (role) {
  case 'q':
  case 'k':
  case 'v':
  case 'o':
  case 'A':
  case 'K':
  case 'V':
    return 11;
  case 'l':
  case 'X':
  case 'Y':
    return 9;
  case 'i':
    return 7;
  case 'P':
  case 'S':
    return 13;
  case 's':
  case 'm':
    return 0;
  default:
    return 5;
  }
}

/// Reads the parameters as a kernel of these roles would.
static void readParameters(const std::string &roles, void **parameters,
                           FakeLaunch &launch) {
  for (char role : roles) {
    if (role == 's')
      launch.scale = *static_cast<float *>(*parameters++);
    if (role == 'm')
      std::memcpy(&launch.maps, *parameters++, sizeof(launch.maps));
    for (int i = 0; i < wordsOf(role); ++i)
      launch.words[role].push_back(*static_cast<int64_t *>(*parameters++));
  }
}

ENTRY(cuLaunchKernel, const FakeFunction *function, unsigned gridX,
      unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY,
      unsigned blockZ, unsigned shared, const void *stream, void **parameters,
      void **) {
  if (fakeDriver().launchesSlowly)
    std::this_thread::sleep_for(std::chrono::microseconds(20));
  Entry entry("cuLaunchKernel");
  if (int result = entry.inContext().result)
    return result;
  if (gridX == 0 || gridY != 1 || gridZ != 1 || blockY != 1 || blockZ != 1)
    return InvalidValue;
  if (FakeGraph *graph = captureOf(stream))
    graph->nodes.push_back(function->first);
  FakeLaunch launch;
  launch.kernel = function->first;
  launch.grid = gridX;
  launch.threads = blockX;
  launch.shared = shared;
  launch.stream = stream;
  launch.context = FakeDriver::current();
  readParameters(function->second, parameters, launch);
  if (entry.driver.runKernel)
    entry.driver.runKernel(launch);
  entry.driver.launches.push_back(std::move(launch));
  return 0;
}
