# Flags every target shares. MLIR is built without RTTI and exceptions; so is
# everything that links it. The runtime turns neither on, so one set serves.
add_compile_options(-Wall -Wextra -Wno-unused-parameter)
add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fno-rtti>)
include_directories(${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}
                    ${PROJECT_SOURCE_DIR}/runtime/include
                    ${PROJECT_SOURCE_DIR}/lib/CAPI/include)

find_program(RDATTN_LLD NAMES ld.lld-22 ld.lld)
if(RDATTN_LLD AND CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  add_link_options(--ld-path=${RDATTN_LLD})
endif()
add_link_options(-Wl,--gc-sections -Wl,--as-needed)
add_compile_options(-ffunction-sections -fdata-sections)

find_program(RDATTN_CCACHE ccache)
if(RDATTN_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${RDATTN_CCACHE})
  # ccache caches precompiled headers only with these two.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${RDATTN_CCACHE})
endif()

if(RDATTN_SANITIZE)
  # Not vptr, which needs RTTI, nor function: entry points of CUDA and NCCL that
  # are found by name are declared with the runtime's own types.
  add_compile_options(-fsanitize=address,undefined -fno-omit-frame-pointer
                      -fno-sanitize=vptr,function)
  add_link_options(-fsanitize=address,undefined)
endif()
