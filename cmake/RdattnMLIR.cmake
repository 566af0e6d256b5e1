# Finds MLIR and links it statically. Debian's imported MLIR targets name the
# shared LLVM and MLIR libraries in their interface; those two are dropped from
# every target, and rdattn_llvm names the LLVM components instead.
find_package(MLIR 22.1 REQUIRED CONFIG HINTS /usr/lib/llvm-22/lib/cmake/mlir)
list(APPEND CMAKE_MODULE_PATH ${MLIR_CMAKE_DIR} ${LLVM_CMAKE_DIR})
include(TableGen)
include(AddLLVM)
include(AddMLIR)
include_directories(SYSTEM ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
add_definitions(${LLVM_DEFINITIONS_LIST})

get_property(imported_targets DIRECTORY PROPERTY IMPORTED_TARGETS)
foreach(target ${imported_targets})
  get_target_property(libraries ${target} INTERFACE_LINK_LIBRARIES)
  if(target MATCHES "^MLIR" AND libraries)
    list(REMOVE_ITEM libraries LLVM MLIR)
    set_target_properties(${target} PROPERTIES INTERFACE_LINK_LIBRARIES "${libraries}")
  endif()
endforeach()

# The components behind MLIR itself, then those that turn LLVM IR into code.
llvm_map_components_to_libnames(rdattn_llvm_components
  core support analysis bitreader bitwriter frontendopenmp irreader linker
  passes instrumentation transformutils vectorize target targetparser mc
  orcjit jitlink executionengine orctargetprocess orcshared object
  x86codegen x86asmparser x86desc x86info x86disassembler
  nvptxcodegen nvptxdesc nvptxinfo)
add_library(rdattn_llvm INTERFACE)
target_link_libraries(rdattn_llvm INTERFACE ${rdattn_llvm_components})

# One header precompiled for every target that speaks MLIR.
add_library(rdattn_pch OBJECT ${PROJECT_SOURCE_DIR}/cmake/pch.cpp)
target_precompile_headers(rdattn_pch PRIVATE
  <mlir/Dialect/Arith/IR/Arith.h>
  <mlir/Dialect/Func/IR/FuncOps.h>
  <mlir/Dialect/Tensor/IR/Tensor.h>
  <mlir/IR/Builders.h>
  <mlir/IR/DialectImplementation.h>
  <mlir/IR/PatternMatch.h>
  <mlir/Interfaces/DestinationStyleOpInterface.h>
  <mlir/Pass/Pass.h>
  <mlir/Pass/PassManager.h>
  <mlir/Transforms/DialectConversion.h>
)

# rdattn_add_library(name sources... [DEPENDS targets...] [LINK libraries...])
function(rdattn_add_library name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  target_precompile_headers(${name} REUSE_FROM rdattn_pch)
  target_link_libraries(${name} PUBLIC ${ARG_LINK})
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
endfunction()
