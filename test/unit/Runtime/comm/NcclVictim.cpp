//===- NcclVictim.cpp - Processes on GPUs that come to harm ---------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NcclVictim.h"

#include "rdattn/ring.h"
#include "runtime/comm/Ring.h"
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace rdattn::test;
using rdattn::runtime::invalid;
using rdattn::runtime::sentence;
using rdattn::runtime::comm::Clock;

//===-- Steps in device memory --------------------------------------------===//

namespace {
/// Memory of a device; what fails is told by what is done with it.
class DeviceBytes {
public:
  DeviceBytes(int32_t device, size_t bytes) : device(device) {
    rdattn_cuda_allocate(device, bytes, &data);
  }
  ~DeviceBytes() { rdattn_cuda_free(device, data); }
  DeviceBytes(const DeviceBytes &) = delete;

  const int32_t device;
  void *data = nullptr;
};
} // namespace

static std::vector<unsigned char> pattern(size_t bytes, int32_t rank,
                                          int64_t step) {
  std::vector<unsigned char> values(bytes);
  for (size_t i = 0; i < bytes; ++i)
    values[i] = static_cast<unsigned char>(i * 7 + rank * 50 + step);
  return values;
}

static MaybeFailure fromLast(rdattn_status status) {
  if (status == RDATTN_OK)
    return std::nullopt;
  return Failure{status, rdattn_last_error()};
}

/// The step, with what it sends in place.
static MaybeFailure prepare(Communicator &rank, int64_t number, size_t bytes,
                            Step &step, void *&received) {
  auto memory = std::make_shared<DeviceBytes>(rank.device(), 2 * bytes);
  received = static_cast<char *>(memory->data) + bytes;
  step = shift(rank, number, bytes);
  step.sends[0].data = memory->data;
  step.receives[0].data = received;
  step.memory = memory;
  const auto values = pattern(bytes, rank.rank, number);
  return fromLast(
      rdattn_cuda_copy(rank.device(), memory->data, values.data(), bytes));
}

/// Waits for the step on the stream alone, as a kernel would.
static MaybeFailure check(Communicator &rank, int64_t number, size_t bytes,
                          const void *received) {
  if (MaybeFailure failure = rank.wait(number))
    return failure;
  std::vector<unsigned char> values(bytes);
  if (MaybeFailure failure = fromLast(
          rdattn_cuda_copy(rank.device(), values.data(), received, bytes)))
    return failure;
  if (MaybeFailure failure = rank.poll()) // then they are unspecified
    return failure;
  const auto peer = static_cast<int32_t>(
      (rank.rank + rank.size - 1 - number % (rank.size - 1)) % rank.size);
  if (values != pattern(bytes, peer, number))
    return invalid("step ", number, " of ", rank.name(), " got other bytes");
  return std::nullopt;
}

MaybeFailure
rdattn::test::deviceShifts(Communicator &rank, int32_t steps, size_t bytes,
                           const std::function<bool(int32_t)> &before) {
  std::vector<void *> received(steps);
  std::vector<std::shared_ptr<void>> memories;
  for (int32_t number = 0; number <= steps; ++number) {
    if (number < steps) {
      if (before && !before(number))
        return std::nullopt;
      Step step;
      if (MaybeFailure failure =
              prepare(rank, number, bytes, step, received[number]))
        return failure;
      memories.push_back(step.memory);
      if (MaybeFailure failure = rank.post(std::move(step)))
        return failure;
    }
    if (number > 0)
      if (MaybeFailure failure =
              check(rank, number - 1, bytes, received[number - 1]))
        return failure;
  }
  return rank.synchronize();
}

//===-- Processes ---------------------------------------------------------===//

static std::string hexadecimal(const unsigned char *id) {
  std::string text;
  char digits[3];
  for (int i = 0; i < RDATTN_NCCL_ID_BYTES; ++i) {
    std::snprintf(digits, sizeof(digits), "%02x", id[i]);
    text += digits;
  }
  return text;
}

/// Starts this program; `output` becomes where it writes its errors.
static pid_t startProcess(std::vector<std::string> words, int output) {
  std::vector<char *> pointers;
  for (std::string &word : words)
    pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const pid_t process = fork();
  if (process == 0) {
    dup2(output, 2);
    execv("/proc/self/exe", pointers.data());
    _exit(127);
  }
  return process;
}

Survivor rdattn::test::runProcesses(const std::string &harm, int32_t culprit,
                                    int32_t step, double timeout,
                                    const unsigned char *id) {
  Survivor survivor;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return survivor;
  const auto start = Clock::now();
  pid_t processes[2];
  for (int32_t rank : {0, 1})
    processes[rank] = startProcess({"victim", "--victim", harm, sentence(rank),
                                    sentence(culprit), sentence(step),
                                    sentence(timeout), hexadecimal(id)},
                                   ends[1]);
  close(ends[1]);
  waitpid(processes[1 - culprit], &survivor.status, 0);
  survivor.seconds =
      std::chrono::duration<double>(Clock::now() - start).count();
  if (harm != "none")
    kill(processes[culprit], SIGKILL);
  int status = 0;
  waitpid(processes[culprit], &status, 0);
  if (harm == "none")
    survivor.status |= status;
  char text[1024];
  for (ssize_t got; (got = read(ends[0], text, sizeof(text))) > 0;)
    survivor.output.append(text, got);
  close(ends[0]);
  return survivor;
}

bool rdattn::test::isVictim(int count, char **words) {
  return count == 8 && std::strcmp(words[1], "--victim") == 0;
}

int rdattn::test::runVictim(char **words) {
  const std::string harm = words[2];
  const int rank = std::atoi(words[3]), culprit = std::atoi(words[4]),
            step = std::atoi(words[5]);
  unsigned char id[RDATTN_NCCL_ID_BYTES];
  for (int i = 0; i < RDATTN_NCCL_ID_BYTES; ++i) {
    const std::string digits(words[7] + 2 * i, 2);
    id[i] = static_cast<unsigned char>(std::stoi(digits, nullptr, 16));
  }
  int32_t devices = 0;
  rdattn_cuda_device_count(&devices);
  if (devices == 1) // NCCL refuses a second rank of the host there
    setenv("NCCL_HOSTID", words[3], 1);
  rdattn_ring *ring = nullptr;
  if (rdattn_ring_nccl_create(id, 2, rank, rank % devices, std::atof(words[6]),
                              &ring)) {
    std::fprintf(stderr, "%s\n", rdattn_last_error());
    return 1;
  }
  MaybeFailure failure =
      deviceShifts(*ring->communicator, 4, 1 << 20, [&](int32_t now) {
        if (rank == culprit && now == step && harm == "kill")
          raise(SIGKILL);
        if (rank == culprit && now == step && harm == "stall")
          sleep(1000);
        return true;
      });
  if (failure)
    std::fprintf(stderr, "%s\n", failure->message.c_str());
  rdattn_ring_destroy(ring);
  return failure ? 1 : 0;
}
