//===- Call.h - The tensors of one call -------------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_TOOLS_RUN_CALL_H
#define RDATTN_TOOLS_RUN_CALL_H

#include "tools/rdattn-run/Check.h"
#include "tools/rdattn-run/Device.h"
#include "tools/rdattn-run/Npy.h"

namespace rdattn::run {

struct CallOptions {
  std::string q, k, v; ///< paths
  std::optional<float> scale;
  int threads = 0;
  int device = 0; ///< CUDA ordinal, where the function is for CUDA
};

/// q, k or v of a function that takes `dtype`; its sizes are not checked.
llvm::Expected<Array> readInput(const std::string &path, rdattn_dtype dtype);

/// q, k and v as read from their files, o and lse of the sizes that follow.
class Call {
public:
  static llvm::Expected<Call> create(const rdattn_function *function,
                                     const CallOptions &options);

  /// Runs to the end on the CPU; on a GPU the work is enqueued, and `report`
  /// says how.
  rdattn_status run(rdattn_cuda_report *report = nullptr) const;
  rdattn_status wait() const;
  /// Brings o and lse to the host, where they are elsewhere.
  llvm::Error fetch() const;
  bool isOnDevice() const { return signature.target == RDATTN_CUDA; }

  int64_t batch() const { return q.shape[0]; }
  int64_t tokens() const { return q.shape[1]; }
  int64_t heads() const { return q.shape[2]; }
  int64_t headDim() const { return q.shape[3]; }
  int64_t kvHeads() const { return k.shape[2]; }
  int64_t valueDim() const { return v.shape[3]; }

  /// For the comparison; `scale` is that of the definition.
  Inputs inputs(std::optional<double> scale) const;
  Outputs outputs() const;

  const rdattn_function *function = nullptr;
  rdattn_signature signature = {};
  Array q, k, v, o;
  std::optional<Array> lse;

private:
  /// The arrays as the function takes them.
  struct OnDevice {
    DeviceArray q, k, v, o;
    std::optional<DeviceArray> lse;
  };

  llvm::Error copyToDevice();

  std::optional<OnDevice> copies;
  std::optional<float> scale;
  int threads = 0, device = 0;
};

} // namespace rdattn::run

#endif // RDATTN_TOOLS_RUN_CALL_H
