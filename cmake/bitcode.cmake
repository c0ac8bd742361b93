# runtime/kernels/*.cpp and stdlib/*.cpp -> LLVM bitcode, carried inside the executable (compiler/codegen/bitcode.h).
# Kernels stay apart, one blob each, so that a query loads only what it fills; the stdlib is one blob.

set(bitcode_dir ${PROJECT_BINARY_DIR}/bitcode)
set(bitcode_flags -std=c++23 -O1 -Xclang -disable-llvm-passes -emit-llvm -c
  -march=x86-64-v3 -fPIC -ffp-contract=off -fno-char8_t -fno-exceptions -fno-rtti
  -fno-stack-protector -fno-asynchronous-unwind-tables -DWEIR_BITCODE=1 -ffile-compilation-dir=.
  -I${PROJECT_SOURCE_DIR} ${WEIR_WARNINGS})

# What can be simplified before a query is known is done here, once: variables move to registers and small functions into
# their callers, so that `weir run` has half as much code to go through. Nothing that looks further (unrolling, vectors): the
# holes are not filled yet.
set(bitcode_passes "function(sroa<modify-cfg>,early-cse,simplifycfg),cgscc(inline),globaldce,\
function(sroa<modify-cfg>,early-cse<memssa>,instcombine<no-verify-fixpoint>,simplifycfg,loop-mssa(loop-rotate,licm),gvn,simplifycfg)")

# weir_bitcode_of(sources result): one .bc per source.
function(weir_bitcode_of sources result)
  set(outputs "")
  foreach(source ${sources})
    file(RELATIVE_PATH relative ${PROJECT_SOURCE_DIR} ${source})
    string(REGEX REPLACE "\\.cpp$" ".bc" output ${bitcode_dir}/${relative})
    get_filename_component(folder ${output} DIRECTORY)
    file(MAKE_DIRECTORY ${folder})
    add_custom_command(
      OUTPUT ${output}
      COMMAND ${WEIR_CACHED} ${CMAKE_CXX_COMPILER} ${bitcode_flags} -MD -MF ${output}.d -MT ${output} -o ${output} ${source}
      COMMAND ${WEIR_OPT} -passes=${bitcode_passes} -o ${output} ${output}
      DEPENDS ${source} DEPFILE ${output}.d VERBATIM COMMENT "Bitcode ${relative}")
    list(APPEND outputs ${output})
  endforeach()
  set(${result} ${outputs} PARENT_SCOPE)
endfunction()

file(GLOB kernel_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/runtime/kernels/*.cpp)
file(GLOB stdlib_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/stdlib/*.cpp)
weir_bitcode_of("${kernel_sources}" kernel_blobs)
weir_bitcode_of("${stdlib_sources}" stdlib_parts)

set(blobs ${kernel_blobs})
if(stdlib_parts)
  # The annotations of functions become a table of text, the registry of functions at run time; the rest is the stdlib's blob.
  add_executable(weir_extract_functions ${PROJECT_SOURCE_DIR}/tools/extract_functions/extract_functions.cpp)
  target_compile_options(weir_extract_functions PRIVATE ${WEIR_WARNINGS} -fno-sanitize=all)
  target_link_options(weir_extract_functions PRIVATE -fno-sanitize=all)
  target_link_libraries(weir_extract_functions PRIVATE weir_llvm)
  add_custom_command(OUTPUT ${bitcode_dir}/stdlib.bc ${bitcode_dir}/functions.txt
    COMMAND ${WEIR_LLVM_LINK} -o ${bitcode_dir}/stdlib_linked.bc ${stdlib_parts}
    COMMAND weir_extract_functions ${bitcode_dir}/stdlib_linked.bc ${bitcode_dir}/stdlib.bc ${bitcode_dir}/functions.txt
    DEPENDS ${stdlib_parts} weir_extract_functions VERBATIM COMMENT "Bitcode stdlib.bc")
  list(APPEND blobs ${bitcode_dir}/stdlib.bc ${bitcode_dir}/functions.txt)
endif()

set(assembly "    .section .rodata.weir_bitcode, \"a\", @progbits\n")
set(declarations "")
set(kernel_rows "")
set(stdlib_row "")
set(functions_row "")
foreach(blob ${blobs})
  get_filename_component(name ${blob} NAME_WE)
  string(APPEND assembly "    .balign 16\nweir_blob_${name}:\n    .incbin \"${blob}\"\nweir_blob_${name}_end:\n    .byte 0\n"
    "    .globl weir_blob_${name}, weir_blob_${name}_end\n    .hidden weir_blob_${name}, weir_blob_${name}_end\n")
  string(APPEND declarations "extern const char weir_blob_${name}[], weir_blob_${name}_end[];\n")
  if(blob IN_LIST kernel_blobs)
    string(APPEND kernel_rows "    {\"${name}\", weir_blob_${name}, weir_blob_${name}_end},\n")
  else()
    set(${name}_row "weir_blob_${name}, weir_blob_${name}_end")
  endif()
endforeach()
string(APPEND assembly "    .section .note.GNU-stack, \"\", @progbits\n")

set(embedded ${PROJECT_BINARY_DIR}/generated/bitcode_blobs.S)
file(CONFIGURE OUTPUT ${embedded} CONTENT "${assembly}" @ONLY)
configure_file(${PROJECT_SOURCE_DIR}/cmake/bitcode.cpp.in ${PROJECT_BINARY_DIR}/generated/bitcode.cpp @ONLY)
set_source_files_properties(${embedded} PROPERTIES OBJECT_DEPENDS "${blobs}")
add_library(weir_bitcode OBJECT ${embedded} ${PROJECT_BINARY_DIR}/generated/bitcode.cpp)
target_compile_options(weir_bitcode PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fvisibility=hidden>)

# The stdlib once more as machine code, for unit tests of single functions.
if(stdlib_sources)
  add_library(weir_stdlib_native OBJECT ${stdlib_sources})
  target_compile_options(weir_stdlib_native PRIVATE ${WEIR_WARNINGS})
endif()
