//===- Rings.cpp - Rings and their layouts for Python ---------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "python/Rings.h"
#include "python/Interrupts.h"

#include "rdattn/compiler.h"

#include <pybind11/stl.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace py = pybind11;
using namespace rdattn::python;

Ring::Ring(rdattn_ring *ring)
    : handle(std::make_shared<Handle>(ring)), ringRank(rdattn_ring_rank(ring)),
      ringSize(rdattn_ring_size(ring)), ringDevice(rdattn_ring_device(ring)),
      ringTransport(rdattn_ring_transport(ring)) {}

/// Ranks that are threads of one process share its processors, unless the user
/// has said how many threads each is to have.
int32_t Ring::threads() const {
  if (ringTransport != "threads" || ringDevice >= 0 ||
      std::getenv("OMP_NUM_THREADS"))
    return 0;
  int32_t processors =
      static_cast<int32_t>(std::thread::hardware_concurrency());
  return std::max(1, processors / ringSize);
}

Ring::Use::Use(const Ring &ring) : handle(ring.handle) {
  if (!handle)
    throw py::value_error("the ring is closed");
  if (handle->isUsed.exchange(true))
    throw py::value_error("rank " + std::to_string(ring.ringRank) +
                          " of the ring is in use by another thread; each "
                          "rank's group is for one thread");
}

int64_t Ring::sum(int64_t value) const {
  int64_t total = 0;
  Use use(*this);
  checkInterruptible(isMainThread(), [&](const volatile int *stop) {
    return rdattn_ring_sum(use.get(), value, stop, &total);
  });
  return total;
}

void Ring::synchronize() const {
  Use use(*this);
  checkUnlocked([&] { return rdattn_ring_synchronize(use.get()); });
}

void Ring::abort(const std::string &reason) const {
  std::shared_ptr<Handle> kept = handle;
  py::gil_scoped_release release;
  if (kept)
    rdattn_ring_abort(kept->ring, reason.c_str());
}

void Ring::close() {
  std::shared_ptr<Handle> last = std::move(handle);
  // Leaving may wait for others, which may need the interpreter's lock.
  py::gil_scoped_release release;
  last.reset();
}

//===-- Creation ----------------------------------------------------------===//

using RingList = std::vector<std::shared_ptr<Ring>>;

/// `devices` has one for each rank, or is none where the ranks are on the CPU.
static RingList
createThreads(int32_t size, double timeout,
              const std::optional<std::vector<int32_t>> &devices) {
  std::vector<rdattn_ring *> created(size);
  checkUnlocked([&] {
    return devices ? rdattn_ring_threads_create_on(size, devices->data(),
                                                   timeout, created.data())
                   : rdattn_ring_threads_create(size, timeout, created.data());
  });
  RingList rings;
  for (rdattn_ring *ring : created)
    rings.push_back(std::make_shared<Ring>(ring));
  return rings;
}

static std::shared_ptr<Ring> createMpi(double timeout) {
  rdattn_ring *created = nullptr;
  checkUnlocked(
      [&] { return rdattn_ring_mpi_create(nullptr, timeout, &created); });
  return std::make_shared<Ring>(created);
}

static py::bytes createNcclId() {
  unsigned char id[RDATTN_NCCL_ID_BYTES];
  check(rdattn_ring_nccl_unique_id(id));
  return py::bytes(reinterpret_cast<const char *>(id), sizeof(id));
}

static std::shared_ptr<Ring> createNccl(const std::string &id, int32_t size,
                                        int32_t rank, int32_t device,
                                        double timeout) {
  if (id.size() != RDATTN_NCCL_ID_BYTES)
    throw py::value_error("an id of NCCL has 128 bytes");
  rdattn_ring *created = nullptr;
  checkUnlocked([&] {
    return rdattn_ring_nccl_create(
        reinterpret_cast<const unsigned char *>(id.data()), size, rank, device,
        timeout, &created);
  });
  return std::make_shared<Ring>(created);
}

/// For measuring: see rdattn_ring_loopback_create.
static std::shared_ptr<Ring> createLoopback(int32_t size, int32_t rank,
                                            int32_t device) {
  rdattn_ring *created = nullptr;
  check(rdattn_ring_loopback_create(size, rank, device, &created));
  return std::make_shared<Ring>(created);
}

//===-- Layouts -----------------------------------------------------------===//

static int64_t shardLength(int layout, int64_t tokens, int32_t size,
                           int32_t rank) {
  int64_t length = rdattn_ring_shard_length(
      static_cast<rdattn_ring_layout>(layout), tokens, size, rank);
  if (length < 0)
    check(RDATTN_INVALID_ARGUMENT);
  return length;
}

/// Fills the memory at `address`, which holds shardLength() integers.
static void positions(int layout, int64_t tokens, int32_t size, int32_t rank,
                      std::uintptr_t address) {
  check(rdattn_ring_positions(static_cast<rdattn_ring_layout>(layout), tokens,
                              size, rank,
                              reinterpret_cast<int64_t *>(address)));
}

static int chooseLayout(const std::string &pattern, bool causal, int64_t tokens,
                        int32_t size) {
  rdattn_plan_spec *created = nullptr;
  check(rdattn_pattern_plan_spec(pattern.c_str(), causal, &created));
  std::unique_ptr<rdattn_plan_spec, void (*)(rdattn_plan_spec *)> spec(
      created, rdattn_plan_spec_destroy);
  rdattn_ring_layout layout = RDATTN_RING_CONTIGUOUS;
  checkUnlocked([&] {
    return rdattn_ring_choose_layout(spec.get(), tokens, size, &layout);
  });
  return layout;
}

static std::string explain(const std::string &pattern, bool causal,
                           const std::optional<std::string> &layout,
                           int32_t ranks, int64_t batch, int64_t tokens,
                           int64_t heads, int64_t kvHeads, double rowSeconds,
                           double pairSeconds) {
  rdattn_ring_case asked = {};
  asked.pattern = pattern.c_str();
  asked.causal = causal;
  asked.layout = layout ? layout->c_str() : nullptr;
  asked.ranks = ranks;
  asked.batch = batch;
  asked.tokens = tokens;
  asked.heads = heads;
  asked.kv_heads = kvHeads;
  asked.row_seconds = rowSeconds;
  asked.pair_seconds = pairSeconds;
  const char *json = nullptr;
  checkUnlocked([&] { return rdattn_explain_ring(&asked, &json); });
  return json;
}

void rdattn::python::bindRings(py::module_ &m) {
  py::class_<Ring, std::shared_ptr<Ring>>(m, "Ring")
      .def_property_readonly("rank", &Ring::rank)
      .def_property_readonly("size", &Ring::size)
      .def_property_readonly("device", &Ring::device)
      .def_property_readonly("transport", &Ring::transport)
      .def_property_readonly("closed", &Ring::isClosed)
      .def("sum", &Ring::sum)
      .def("synchronize", &Ring::synchronize)
      .def("abort", &Ring::abort)
      .def("close", &Ring::close);
  m.def("ring_threads", &createThreads);
  m.def("ring_mpi", &createMpi);
  m.def("ring_nccl", &createNccl);
  m.def("ring_nccl_id", &createNcclId);
  m.def("ring_loopback", &createLoopback);
  m.def("ring_shard_length", &shardLength);
  m.def("ring_positions", &positions);
  m.def("ring_choose_layout", &chooseLayout);
  m.def("explain_ring", &explain, py::kw_only(), py::arg("pattern"),
        py::arg("causal"), py::arg("layout"), py::arg("ranks"),
        py::arg("batch"), py::arg("tokens"), py::arg("heads"),
        py::arg("kv_heads"), py::arg("row_seconds"), py::arg("pair_seconds"));
}
