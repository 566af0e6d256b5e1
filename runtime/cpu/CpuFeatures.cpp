//===- CpuFeatures.cpp - Whether this CPU runs a module -------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/cpu/CpuFeatures.h"

#include <cstdint>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

using namespace rdattn::runtime;

#if defined(__x86_64__)
namespace {
enum Register : uint8_t { EAX, EBX, ECX, EDX };

/// The register state that the operating system must save: bits of XCR0.
enum SavedState : uint32_t {
  None = 0,
  YMM = 0x6,
  ZMM = 0xe6,
  TMM = 0x60000,
  EGPR = 0x80000
};

struct Feature {
  const char *name;
  uint32_t leaf, subleaf;
  Register where;
  uint8_t bit;
  uint32_t state;
};
} // namespace

/// Every feature that LLVM's getHostCPUFeatures may name.
static constexpr Feature kFeatures[] = {
    {"cx8", 1, 0, EDX, 8, None},
    {"cmov", 1, 0, EDX, 15, None},
    {"mmx", 1, 0, EDX, 23, None},
    {"fxsr", 1, 0, EDX, 24, None},
    {"sse", 1, 0, EDX, 25, None},
    {"sse2", 1, 0, EDX, 26, None},
    {"sse3", 1, 0, ECX, 0, None},
    {"pclmul", 1, 0, ECX, 1, None},
    {"ssse3", 1, 0, ECX, 9, None},
    {"fma", 1, 0, ECX, 12, YMM},
    {"cx16", 1, 0, ECX, 13, None},
    {"sse4.1", 1, 0, ECX, 19, None},
    {"sse4.2", 1, 0, ECX, 20, None},
    {"crc32", 1, 0, ECX, 20, None},
    {"movbe", 1, 0, ECX, 22, None},
    {"popcnt", 1, 0, ECX, 23, None},
    {"aes", 1, 0, ECX, 25, None},
    {"xsave", 1, 0, ECX, 27, None}, // OSXSAVE: usable, not merely present
    {"avx", 1, 0, ECX, 28, YMM},
    {"f16c", 1, 0, ECX, 29, YMM},
    {"rdrnd", 1, 0, ECX, 30, None},
    {"fsgsbase", 7, 0, EBX, 0, None},
    {"sgx", 7, 0, EBX, 2, None},
    {"bmi", 7, 0, EBX, 3, None},
    {"avx2", 7, 0, EBX, 5, YMM},
    {"bmi2", 7, 0, EBX, 8, None},
    {"invpcid", 7, 0, EBX, 10, None},
    {"rtm", 7, 0, EBX, 11, None},
    {"avx512f", 7, 0, EBX, 16, ZMM},
    {"avx512dq", 7, 0, EBX, 17, ZMM},
    {"rdseed", 7, 0, EBX, 18, None},
    {"adx", 7, 0, EBX, 19, None},
    {"avx512ifma", 7, 0, EBX, 21, ZMM},
    {"clflushopt", 7, 0, EBX, 23, None},
    {"clwb", 7, 0, EBX, 24, None},
    {"avx512cd", 7, 0, EBX, 28, ZMM},
    {"sha", 7, 0, EBX, 29, None},
    {"avx512bw", 7, 0, EBX, 30, ZMM},
    {"avx512vl", 7, 0, EBX, 31, ZMM},
    {"avx512vbmi", 7, 0, ECX, 1, ZMM},
    {"pku", 7, 0, ECX, 4, None},
    {"waitpkg", 7, 0, ECX, 5, None},
    {"avx512vbmi2", 7, 0, ECX, 6, ZMM},
    {"shstk", 7, 0, ECX, 7, None},
    {"gfni", 7, 0, ECX, 8, None},
    {"vaes", 7, 0, ECX, 9, YMM},
    {"vpclmulqdq", 7, 0, ECX, 10, YMM},
    {"avx512vnni", 7, 0, ECX, 11, ZMM},
    {"avx512bitalg", 7, 0, ECX, 12, ZMM},
    {"avx512vpopcntdq", 7, 0, ECX, 14, ZMM},
    {"rdpid", 7, 0, ECX, 22, None},
    {"kl", 7, 0, ECX, 23, None},
    {"cldemote", 7, 0, ECX, 25, None},
    {"movdiri", 7, 0, ECX, 27, None},
    {"movdir64b", 7, 0, ECX, 28, None},
    {"enqcmd", 7, 0, ECX, 29, None},
    {"uintr", 7, 0, EDX, 5, None},
    {"avx512vp2intersect", 7, 0, EDX, 8, ZMM},
    {"serialize", 7, 0, EDX, 14, None},
    {"tsxldtrk", 7, 0, EDX, 16, None},
    {"pconfig", 7, 0, EDX, 18, None},
    {"amx-bf16", 7, 0, EDX, 22, TMM},
    {"avx512fp16", 7, 0, EDX, 23, ZMM},
    {"amx-tile", 7, 0, EDX, 24, TMM},
    {"amx-int8", 7, 0, EDX, 25, TMM},
    {"sha512", 7, 1, EAX, 0, YMM},
    {"sm3", 7, 1, EAX, 1, YMM},
    {"sm4", 7, 1, EAX, 2, YMM},
    {"raoint", 7, 1, EAX, 3, None},
    {"avxvnni", 7, 1, EAX, 4, YMM},
    {"avx512bf16", 7, 1, EAX, 5, ZMM},
    {"cmpccxadd", 7, 1, EAX, 7, None},
    {"amx-fp16", 7, 1, EAX, 21, TMM},
    {"hreset", 7, 1, EAX, 22, None},
    {"avxifma", 7, 1, EAX, 23, YMM},
    {"movrs", 7, 1, EAX, 31, None},
    {"avxvnniint8", 7, 1, EDX, 4, YMM},
    {"avxneconvert", 7, 1, EDX, 5, YMM},
    {"amx-complex", 7, 1, EDX, 8, TMM},
    {"avxvnniint16", 7, 1, EDX, 10, YMM},
    {"prefetchi", 7, 1, EDX, 14, None},
    {"usermsr", 7, 1, EDX, 15, None},
    {"egpr", 7, 1, EDX, 21, EGPR},
    {"push2pop2", 7, 1, EDX, 21, EGPR},
    {"ppx", 7, 1, EDX, 21, EGPR},
    {"ndd", 7, 1, EDX, 21, EGPR},
    {"ccmp", 7, 1, EDX, 21, EGPR},
    {"nf", 7, 1, EDX, 21, EGPR},
    {"cf", 7, 1, EDX, 21, EGPR},
    {"zu", 7, 1, EDX, 21, EGPR},
    {"xsaveopt", 0xd, 1, EAX, 0, None},
    {"xsavec", 0xd, 1, EAX, 1, None},
    {"xsaves", 0xd, 1, EAX, 3, None},
    {"ptwrite", 0x14, 0, EBX, 4, None},
    {"widekl", 0x19, 0, EBX, 2, None},
    {"amx-fp8", 0x1e, 1, EAX, 4, TMM},
    {"amx-tf32", 0x1e, 1, EAX, 6, TMM},
    {"amx-avx512", 0x1e, 1, EAX, 7, TMM},
    {"amx-movrs", 0x1e, 1, EAX, 8, TMM},
    {"sahf", 0x80000001, 0, ECX, 0, None},
    {"lzcnt", 0x80000001, 0, ECX, 5, None},
    {"sse4a", 0x80000001, 0, ECX, 6, None},
    {"prfchw", 0x80000001, 0, ECX, 8, None},
    {"xop", 0x80000001, 0, ECX, 11, YMM},
    {"lwp", 0x80000001, 0, ECX, 15, None},
    {"fma4", 0x80000001, 0, ECX, 16, YMM},
    {"tbm", 0x80000001, 0, ECX, 21, None},
    {"mwaitx", 0x80000001, 0, ECX, 29, None},
    {"64bit", 0x80000001, 0, EDX, 29, None},
    {"clzero", 0x80000008, 0, EBX, 0, None},
    {"rdpru", 0x80000008, 0, EBX, 4, None},
    {"wbnoinvd", 0x80000008, 0, EBX, 9, None},
};

/// The register states that the operating system saves: XCR0.
static uint32_t savedStates() {
  uint32_t eax, ebx, ecx, edx;
  const uint32_t osxsave = 1u << 27;
  if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & osxsave))
    return 0;
  // xgetbv by hand: the intrinsic would need the feature turned on.
  __asm__("xgetbv" : "=a"(eax), "=d"(edx) : "c"(0));
  return eax;
}

static bool cpuHas(const Feature &feature) {
  uint32_t registers[4];
  if (!__get_cpuid_count(feature.leaf, 0, &registers[EAX], &registers[EBX],
                         &registers[ECX], &registers[EDX]))
    return false;
  // Leaf 7 says in EAX which of its subleaves exist.
  if (feature.subleaf) {
    if (feature.leaf == 7 && registers[EAX] < feature.subleaf)
      return false;
    __cpuid_count(feature.leaf, feature.subleaf, registers[EAX], registers[EBX],
                  registers[ECX], registers[EDX]);
  }
  return (registers[feature.where] >> feature.bit & 1) &&
         (savedStates() & feature.state) == feature.state;
}

/// The version of AVX10, which is counted; 0 where there is none.
static uint32_t avx10Version() {
  static constexpr Feature kAVX10 = {"avx10", 7, 1, EDX, 19, ZMM};
  uint32_t eax, ebx, ecx, edx;
  if (!cpuHas(kAVX10) || !__get_cpuid_count(0x24, 0, &eax, &ebx, &ecx, &edx))
    return 0;
  return ebx & 0xff;
}

bool rdattn::runtime::cpuHas(std::string_view name) {
  if (name == "x87") // every 64-bit CPU
    return true;
  if (name == "avx10.1")
    return avx10Version() >= 1;
  if (name == "avx10.2")
    return avx10Version() >= 2;
  for (const Feature &feature : kFeatures)
    if (name == feature.name)
      return ::cpuHas(feature);
  return false;
}
#else
bool rdattn::runtime::cpuHas(std::string_view) { return false; }
#endif

std::string rdattn::runtime::missingFeatures(std::string_view features,
                                             bool (*has)(std::string_view)) {
  std::string missing;
  while (!features.empty()) {
    size_t comma = features.find(',');
    std::string_view name = features.substr(0, comma);
    features.remove_prefix(comma == features.npos ? features.size()
                                                  : comma + 1);
    if (name.empty() || has(name))
      continue;
    missing.append(missing.empty() ? "" : ", ").append(name);
  }
  return missing;
}
