//===- Plugin.cpp - librdattn_mpi.so --------------------------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/comm/mpi/Plugin.h"

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <mpi.h>
#include <thread>

using namespace rdattn::runtime::comm;

//===-- The beginning and the end of MPI ----------------------------------===//

static MPI_Comm &communicator(void *copy) {
  return *static_cast<MPI_Comm *>(copy);
}

static int isFinalized() {
  int flag = 0;
  MPI_Finalized(&flag);
  return flag;
}

static bool hadFault = false;
static void noteFault() { hadFault = true; }

/// True once all processes have come here; false where some have not within
/// seconds, and after a fault maybe never will.
static bool allHaveCome() {
  MPI_Request request;
  if (MPI_Ibarrier(MPI_COMM_WORLD, &request) != MPI_SUCCESS)
    return false;
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::seconds(5);
  for (int isDone = 0;;) {
    if (MPI_Test(&request, &isDone, MPI_STATUS_IGNORE) != MPI_SUCCESS)
      return false;
    if (isDone)
      return true;
    if (hadFault && std::chrono::steady_clock::now() >= deadline)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

/// MPI_Finalize would wait for a process that stalls. One that ends without it
/// makes mpirun end the others.
static void finalize() {
  if (!isFinalized() && allHaveCome())
    MPI_Finalize();
}

static int initialize(int *anyThread) {
  int isInitialized = 0, level = MPI_THREAD_SINGLE;
  MPI_Initialized(&isInitialized);
  if (!isInitialized) {
    if (int code =
            MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &level))
      return code;
    std::atexit(finalize);
  }
  int code = MPI_Query_thread(&level);
  *anyThread = level >= MPI_THREAD_SERIALIZED;
  return code;
}

static void explain(int code, char *text, size_t size) {
  char full[MPI_MAX_ERROR_STRING] = "";
  int length = 0;
  if (MPI_Error_string(code, full, &length) != MPI_SUCCESS)
    std::strcpy(full, "an unknown error");
  std::strncpy(text, full, size - 1);
  text[size - 1] = '\0';
}

//===-- Communicators -----------------------------------------------------===//

static MPI_Comm given(const void *comm) {
  return comm ? *static_cast<const MPI_Comm *>(comm) : MPI_COMM_WORLD;
}

static int duplicate(const void *comm, void **copy, void **request) {
  auto *made = new MPI_Comm(MPI_COMM_NULL);
  auto *handle = new MPI_Request();
  *copy = static_cast<void *>(made);
  *request = static_cast<void *>(handle);
  return MPI_Comm_idup(given(comm), made, handle);
}

static int identify(const void *comm, int *rank, int *size) {
  if (int code = MPI_Comm_rank(given(comm), rank))
    return code;
  return MPI_Comm_size(given(comm), size);
}

static int returnErrors(void *copy) {
  return MPI_Comm_set_errhandler(communicator(copy), MPI_ERRORS_RETURN);
}

static int release(void *copy) {
  int code = MPI_Comm_free(&communicator(copy));
  delete &communicator(copy);
  return code;
}

//===-- Messages ----------------------------------------------------------===//

/// A request that was not begun is none.
static int begun(int code, MPI_Request *handle, void **request) {
  *request = static_cast<void *>(handle);
  if (code != MPI_SUCCESS)
    delete handle;
  return code;
}

static int send(void *copy, const void *data, size_t bytes, int peer, int tag,
                void **request) {
  auto *handle = new MPI_Request();
  int code = MPI_Isend(data, static_cast<int>(bytes), MPI_BYTE, peer, tag,
                       communicator(copy), handle);
  return begun(code, handle, request);
}

static int receive(void *copy, void *data, size_t bytes, int peer, int tag,
                   void **request) {
  auto *handle = new MPI_Request();
  int code = MPI_Irecv(data, static_cast<int>(bytes), MPI_BYTE, peer, tag,
                       communicator(copy), handle);
  return begun(code, handle, request);
}

static int test(void *request, int *isDone, size_t *bytes) {
  auto *handle = static_cast<MPI_Request *>(request);
  MPI_Status status;
  int count = 0;
  int code = MPI_Test(handle, isDone, &status);
  if (code == MPI_SUCCESS && *isDone)
    code = MPI_Get_count(&status, MPI_BYTE, &count);
  *bytes = count == MPI_UNDEFINED ? 0 : count;
  if (*isDone || code != MPI_SUCCESS)
    delete handle;
  return code;
}

static int cancel(void *request) {
  return MPI_Cancel(static_cast<MPI_Request *>(request));
}

static int take(void *copy, int tag, void *data, size_t size, int *found) {
  MPI_Message message;
  MPI_Status status;
  *found = 0;
  // A probe that finds nothing lets messages in, for the next one to find.
  for (int i = 0; i < 2 && !*found; ++i)
    if (int code = MPI_Improbe(MPI_ANY_SOURCE, tag, communicator(copy), found,
                               &message, &status))
      return code;
  if (!*found)
    return MPI_SUCCESS;
  return MPI_Mrecv(data, static_cast<int>(size), MPI_BYTE, &message,
                   MPI_STATUS_IGNORE);
}

static const MpiFunctions kFunctions = {
    kMpiPluginVersion, initialize,   isFinalized, explain,   identify,
    duplicate,         returnErrors, release,     noteFault, send,
    receive,           test,         cancel,      take};

extern "C" __attribute__((visibility("default"))) const MpiFunctions *
rdattn_mpi_functions() {
  return &kFunctions;
}
