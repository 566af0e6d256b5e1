//===- Socket.h - A socket that never blocks --------------------*- C++ -*-===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RDATTN_RUNTIME_COMM_SOCKET_H
#define RDATTN_RUNTIME_COMM_SOCKET_H

#include <utility>

namespace rdattn::runtime::comm {

/// A socket, closed with this object; it never blocks.
class Socket {
public:
  explicit Socket(int descriptor = -1) : descriptor(descriptor) {}
  Socket(Socket &&other) noexcept
      : descriptor(std::exchange(other.descriptor, -1)) {}
  Socket &operator=(Socket &&other) noexcept {
    std::swap(descriptor, other.descriptor);
    return *this;
  }
  ~Socket();

  /// For TCP, of AF_INET or AF_INET6; not open where there are none of those.
  static Socket create(int family);
  /// Of somebody who has connected with `listener`; not open where nobody has.
  static Socket acceptFrom(const Socket &listener);

  int get() const { return descriptor; }
  bool isOpen() const { return descriptor >= 0; }

  /// Short messages do not wait for more to send.
  void sendAtOnce() const;

private:
  int descriptor;
};

} // namespace rdattn::runtime::comm

#endif // RDATTN_RUNTIME_COMM_SOCKET_H
