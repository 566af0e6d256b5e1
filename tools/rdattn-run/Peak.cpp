//===- Peak.cpp - What this machine can do at best ------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/rdattn-run/Peak.h"

#include "llvm/ADT/STLFunctionalExtras.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <numeric>
#include <thread>
#include <vector>

#include <sched.h>

namespace rdattn::run {

using Clock = std::chrono::steady_clock;
static constexpr std::chrono::milliseconds kSlice(10);
static constexpr int kSlices = 5;

/// Steps per look at the clock, and vectors in flight: enough to cover the
/// latency of two units.
static constexpr int kSteps = 4096, kChains = 12;

template <int Lanes> struct Vector {
  typedef float Type __attribute__((vector_size(4 * Lanes)));
};

/// Inlined, so that it is compiled for its caller's instruction set.
template <int Lanes>
[[gnu::always_inline]] static inline float multiplyAdd(float seed) {
#pragma clang fp contract(fast)
  typename Vector<Lanes>::Type sums[kChains] = {}, factor = {}, term = {};
  factor += seed;
  term += seed;
  for (int step = 0; step < kSteps; ++step)
#pragma clang loop unroll(full)
    for (auto &sum : sums)
      sum = sum * factor + term;
  for (int chain = 1; chain < kChains; ++chain)
    sums[0] += sums[chain];
  return sums[0][0];
}

struct Kernel {
  float (*run)(float);
  int lanes;
};

static float baseline(float seed) { return multiplyAdd<4>(seed); }
#ifdef __x86_64__
[[gnu::target("avx2,fma")]] static float avx2(float seed) {
  return multiplyAdd<8>(seed);
}
[[gnu::target("avx512f,fma")]] static float avx512(float seed) {
  return multiplyAdd<16>(seed);
}
#endif

static Kernel chooseKernel() {
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx512f"))
    return {avx512, 16};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return {avx2, 8};
#endif
  return {baseline, 4};
}

/// Units of work per second, at best: of some slices, the one that other
/// processes disturb least. `work` returns the units that it did.
static double bestRate(llvm::function_ref<double()> work) {
  work(); // fetches code and data, raises the clock
  double best = 0;
  for (int slice = 0; slice < kSlices; ++slice) {
    double done = 0;
    Clock::time_point start = Clock::now(), now = start;
    for (; now - start < kSlice; now = Clock::now())
      done += work();
    std::chrono::duration<double> seconds = now - start;
    best = std::max(best, done / seconds.count());
  }
  return best;
}

/// The sum of what `threads` workers do at a time.
static double measure(int threads, llvm::function_ref<double(int)> work) {
  std::vector<double> rates(threads);
  auto worker = [&](int index) {
    rates[index] = bestRate([&] { return work(index); });
  };
  std::vector<std::thread> workers;
  for (int index = 1; index < threads; ++index)
    workers.emplace_back(worker, index);
  worker(0);
  for (std::thread &thread : workers)
    thread.join();
  return std::accumulate(rates.begin(), rates.end(), 0.0);
}

static double measureFlops(int threads) {
  Kernel kernel = chooseKernel();
  volatile float seed = 0.5f; // known to no optimiser
  std::vector<float> sink(threads);
  return measure(threads, [&](int index) {
    sink[index] += kernel.run(seed);
    return 2.0 * kSteps * kChains * kernel.lanes;
  });
}

/// Well past the caches that a core has to itself.
static double measureBytes(int threads) {
  constexpr size_t kBytes = 64 << 20;
  std::vector<std::vector<char>> from(threads), to(threads);
  for (int index = 0; index < threads; ++index) {
    from[index].resize(kBytes / threads, 1);
    to[index].resize(kBytes / threads, 2);
  }
  return measure(threads, [&](int index) {
    std::memcpy(to[index].data(), from[index].data(), to[index].size());
    return 2.0 * to[index].size();
  });
}

static int availableThreads() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0)
    return CPU_COUNT(&set);
  return std::max(1u, std::thread::hardware_concurrency());
}

Peak measurePeak(int threads) {
  if (threads <= 0)
    threads = availableThreads();
  return {threads, measureFlops(threads), measureBytes(threads)};
}

} // namespace rdattn::run
