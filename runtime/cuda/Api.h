//===- Api.h - The entry points of the CUDA driver --------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What of the driver's interface the runtime uses, declared here so that it
// builds where no CUDA is installed.
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_CUDA_API_H
#define RDATTN_RUNTIME_CUDA_API_H

#include <cstddef>
#include <cstdint>

namespace rdattn::runtime::cuda {

using DeviceNumber = int;           // CUdevice
using Address = unsigned long long; // CUdeviceptr
using ContextHandle = struct CUctx_st *;
using ModuleHandle = struct CUmod_st *;
using FunctionHandle = struct CUfunc_st *;
using StreamHandle = struct CUstream_st *;
using GraphHandle = struct CUgraph_st *;
using EventHandle = struct CUevent_st *;
using UserObjectHandle = struct CUuserObject_st *;

enum Result : int { // CUresult
  Success = 0,
  InvalidValue = 1,
  OutOfMemory = 2,
  NoDevice = 100,
  InvalidImage = 200,
  NoBinaryForGPU = 209,
  JITCompilerNotFound = 221,
  UnsupportedPTXVersion = 222,
  NotReady = 600
};

// CUdevice_attribute
enum : int {
  ClockRate = 13,
  MultiprocessorCount = 16,
  MemoryClockRate = 36,
  MemoryBusWidth = 37,
  ComputeCapabilityMajor = 75,
  ComputeCapabilityMinor = 76,
  MaxSharedMemoryPerBlockOptin = 97
};

// CUpointer_attribute, CUmemorytype
enum : int { MemoryType = 2, IsManaged = 8, DeviceOrdinal = 9 };
enum : unsigned { DeviceMemoryType = 2 };

// CUjit_option, CUfunction_attribute
enum : int { ErrorLogBuffer = 5, ErrorLogBufferSize = 6 };
enum : int {
  StaticSharedSize = 1,
  LocalSize = 3,
  RegisterCount = 4,
  MaxDynamicSharedSize = 8
};

// CUstreamCaptureStatus, CUstreamCaptureMode, CUstream_flags, CUevent_flags,
// CUuserObject_flags, CUuserObjectRetain_flags
enum : int { CaptureNone = 0, CaptureActive = 1 };
enum : int { CaptureModeRelaxed = 2 };
enum : unsigned { StreamNonBlocking = 1 };
enum : unsigned { EventDisableTiming = 2 };
enum : unsigned { NoDestructorSync = 1 };
enum : unsigned { MoveReferences = 1 };

// CUtensorMapDataType, and the rest of a tensor map's options
enum : int { MapFloat16 = 6, MapBFloat16 = 9 };
enum : int { MapNoInterleave = 0, MapSwizzle128 = 3, MapPromote256 = 3 };
enum : int { MapFillZero = 0 };

/// ENTRY(member, symbol, parameters). All are in every driver since CUDA 12.0;
/// a symbol's number at the end is the version whose parameters these are.
#define RDATTN_CUDA_ENTRIES(ENTRY)                                             \
  ENTRY(init, cuInit, (unsigned flags))                                        \
  ENTRY(driverVersion, cuDriverGetVersion, (int *version))                     \
  ENTRY(errorName, cuGetErrorName, (Result result, const char **name))         \
  ENTRY(errorString, cuGetErrorString, (Result result, const char **text))     \
  ENTRY(deviceCount, cuDeviceGetCount, (int *count))                           \
  ENTRY(deviceGet, cuDeviceGet, (DeviceNumber * device, int ordinal))          \
  ENTRY(deviceName, cuDeviceGetName,                                           \
        (char *name, int size, DeviceNumber device))                           \
  ENTRY(deviceAttribute, cuDeviceGetAttribute,                                 \
        (int *value, int attribute, DeviceNumber device))                      \
  ENTRY(primaryContextRetain, cuDevicePrimaryCtxRetain,                        \
        (ContextHandle * context, DeviceNumber device))                        \
  ENTRY(canAccessPeer, cuDeviceCanAccessPeer,                                  \
        (int *can, DeviceNumber device, DeviceNumber peer))                    \
  ENTRY(enablePeerAccess, cuCtxEnablePeerAccess,                               \
        (ContextHandle peer, unsigned flags))                                  \
  ENTRY(contextGetCurrent, cuCtxGetCurrent, (ContextHandle * context))         \
  ENTRY(contextPush, cuCtxPushCurrent_v2, (ContextHandle context))             \
  ENTRY(contextPop, cuCtxPopCurrent_v2, (ContextHandle * context))             \
  ENTRY(moduleLoad, cuModuleLoadDataEx,                                        \
        (ModuleHandle * module, const void *image, unsigned count,             \
         int *options, void **values))                                         \
  ENTRY(moduleUnload, cuModuleUnload, (ModuleHandle module))                   \
  ENTRY(moduleFunction, cuModuleGetFunction,                                   \
        (FunctionHandle * function, ModuleHandle module, const char *name))    \
  ENTRY(functionAttribute, cuFuncGetAttribute,                                 \
        (int *value, int attribute, FunctionHandle function))                  \
  ENTRY(functionSetAttribute, cuFuncSetAttribute,                              \
        (FunctionHandle function, int attribute, int value))                   \
  ENTRY(occupancy, cuOccupancyMaxActiveBlocksPerMultiprocessor,                \
        (int *blocks, FunctionHandle function, int threads, size_t shared))    \
  ENTRY(allocate, cuMemAlloc_v2, (Address * memory, size_t bytes))             \
  ENTRY(free, cuMemFree_v2, (Address memory))                                  \
  ENTRY(copy, cuMemcpy, (Address to, Address from, size_t bytes))              \
  ENTRY(copyToDevice, cuMemcpyHtoDAsync_v2,                                    \
        (Address to, const void *from, size_t bytes, StreamHandle stream))     \
  ENTRY(copyOnDevice, cuMemcpyDtoDAsync_v2,                                    \
        (Address to, Address from, size_t bytes, StreamHandle stream))         \
  ENTRY(copyToPeer, cuMemcpyPeerAsync,                                         \
        (Address to, ContextHandle toContext, Address from,                    \
         ContextHandle fromContext, size_t bytes, StreamHandle stream))        \
  ENTRY(fill, cuMemsetD32Async,                                                \
        (Address memory, unsigned value, size_t count, StreamHandle stream))   \
  ENTRY(pointerAttributes, cuPointerGetAttributes,                             \
        (unsigned count, int *attributes, void **values, Address pointer))     \
  ENTRY(streamCreate, cuStreamCreate, (StreamHandle * stream, unsigned flags)) \
  ENTRY(streamCreateWithPriority, cuStreamCreateWithPriority,                  \
        (StreamHandle * stream, unsigned flags, int priority))                 \
  ENTRY(streamPriorities, cuCtxGetStreamPriorityRange,                         \
        (int *least, int *greatest))                                           \
  ENTRY(streamDestroy, cuStreamDestroy_v2, (StreamHandle stream))              \
  ENTRY(streamWaitEvent, cuStreamWaitEvent,                                    \
        (StreamHandle stream, EventHandle event, unsigned flags))              \
  ENTRY(streamSynchronize, cuStreamSynchronize, (StreamHandle stream))         \
  ENTRY(streamContext, cuStreamGetCtx,                                         \
        (StreamHandle stream, ContextHandle * context))                        \
  ENTRY(streamId, cuStreamGetId,                                               \
        (StreamHandle stream, unsigned long long *id))                         \
  ENTRY(eventCreate, cuEventCreate, (EventHandle * event, unsigned flags))     \
  ENTRY(eventDestroy, cuEventDestroy_v2, (EventHandle event))                  \
  ENTRY(eventRecord, cuEventRecord, (EventHandle event, StreamHandle stream))  \
  ENTRY(eventQuery, cuEventQuery, (EventHandle event))                         \
  ENTRY(captureInfo, cuStreamGetCaptureInfo_v2,                                \
        (StreamHandle stream, int *status, uint64_t *id, GraphHandle *graph,   \
         const void **dependencies, size_t *count))                            \
  ENTRY(exchangeCaptureMode, cuThreadExchangeStreamCaptureMode, (int *mode))   \
  ENTRY(userObjectCreate, cuUserObjectCreate,                                  \
        (UserObjectHandle * object, void *data, void (*destroy)(void *),       \
         unsigned references, unsigned flags))                                 \
  ENTRY(userObjectRelease, cuUserObjectRelease,                                \
        (UserObjectHandle object, unsigned references))                        \
  ENTRY(graphRetainUserObject, cuGraphRetainUserObject,                        \
        (GraphHandle graph, UserObjectHandle object, unsigned references,      \
         unsigned flags))                                                      \
  ENTRY(encodeTiled, cuTensorMapEncodeTiled,                                   \
        (void *map, int type, uint32_t rank, void *base,                       \
         const uint64_t *sizes, const uint64_t *strides, const uint32_t *box,  \
         const uint32_t *elementStrides, int interleave, int swizzle,          \
         int promotion, int fill))                                             \
  ENTRY(launch, cuLaunchKernel,                                                \
        (FunctionHandle function, unsigned gridX, unsigned gridY,              \
         unsigned gridZ, unsigned blockX, unsigned blockY, unsigned blockZ,    \
         unsigned shared, StreamHandle stream, void **parameters,              \
         void **extra))

struct Api {
#define RDATTN_CUDA_MEMBER(member, symbol, parameters)                         \
  Result(*member) parameters;
  RDATTN_CUDA_ENTRIES(RDATTN_CUDA_MEMBER)
#undef RDATTN_CUDA_MEMBER
};

} // namespace rdattn::runtime::cuda

#endif // RDATTN_RUNTIME_CUDA_API_H
