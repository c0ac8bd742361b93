# Flags that hold everywhere, the compiler cache, the linker, and the foreign libraries.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_INCLUDE_SYSTEM_FLAG_CXX "-isystem ")
set(THREADS_PREFER_PTHREAD_FLAG ON)

set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g -D_GLIBCXX_ASSERTIONS")
set(CMAKE_CXX_FLAGS_SANITIZE "-O1 -g1 -D_GLIBCXX_ASSERTIONS")

# -fno-char8_t: ANTLR's runtime 4.9 is written for C++17. -ffp-contract=off: results are the same for every CPU.
# -ffile-compilation-dir: object files do not depend on where the clone lies, so clones share the compiler cache.
add_compile_options(
  -march=${WEIR_MARCH} -ffp-contract=off -fno-char8_t -ffile-compilation-dir=.
  $<$<COMPILE_LANGUAGE:CXX>:-fvisibility-inlines-hidden>)
add_compile_definitions(FMT_HEADER_ONLY)
include_directories(${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
set(WEIR_WARNINGS -Wall -Wextra -Werror)

if(WEIR_SANITIZE)
  add_compile_options(-fsanitize=${WEIR_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${WEIR_SANITIZE})
  if(WEIR_FUZZ)
    add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fsanitize=fuzzer-no-link>)
  endif()
endif()

# Compilations are cached across clones: paths inside the clone are hashed relative to it.
find_program(WEIR_CCACHE ccache)
if(WEIR_CCACHE)
  set(WEIR_CACHED env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${WEIR_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${WEIR_CACHED})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${WEIR_CACHED})
endif()

add_link_options(-fuse-ld=lld -Wl,-z,relro,-z,now)

# --- foreign libraries ----------------------------------------------------------------------------------------------
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)

# To load and relocate libLLVM.so takes twice as long as `weir check` of a query, so ANTLR and what is needed of LLVM are
# linked in. Builds with sanitizers, whose links would be large, take the shared libraries.
if(WEIR_SANITIZE)
  set(WEIR_STATIC_DEFAULT OFF)
else()
  set(WEIR_STATIC_DEFAULT ON)
endif()
option(WEIR_STATIC_LIBRARIES "link LLVM and ANTLR statically" ${WEIR_STATIC_DEFAULT})

add_library(weir_antlr4 INTERFACE)
find_path(WEIR_ANTLR4_INCLUDE antlr4-runtime.h PATH_SUFFIXES antlr4-runtime REQUIRED)
if(WEIR_STATIC_LIBRARIES)
  find_library(WEIR_ANTLR4_LIBRARY NAMES libantlr4-runtime.a REQUIRED)
else()
  find_library(WEIR_ANTLR4_LIBRARY NAMES antlr4-runtime REQUIRED)
endif()
target_include_directories(weir_antlr4 SYSTEM INTERFACE ${WEIR_ANTLR4_INCLUDE})
target_link_libraries(weir_antlr4 INTERFACE ${WEIR_ANTLR4_LIBRARY})

add_library(weir_llvm INTERFACE)
set(WEIR_LLVM_ROOT /usr/lib/llvm-19 CACHE PATH "where LLVM 19 is installed")
if(WEIR_STATIC_LIBRARIES)
  find_program(WEIR_LLVM_CONFIG llvm-config PATHS ${WEIR_LLVM_ROOT}/bin NO_DEFAULT_PATH REQUIRED)
  execute_process(COMMAND ${WEIR_LLVM_CONFIG} --link-static --libfiles
      bitreader linker ipo instrumentation passes orcjit x86codegen x86desc x86info
    OUTPUT_VARIABLE WEIR_LLVM_LIBRARY OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  separate_arguments(WEIR_LLVM_LIBRARY)
  # LLVM can compress sections; its package brings these libraries along, not always their headers.
  find_library(WEIR_ZLIB NAMES z libz.so.1 REQUIRED)
  find_library(WEIR_ZSTD NAMES zstd libzstd.so.1 REQUIRED)
  list(APPEND WEIR_LLVM_LIBRARY ${WEIR_ZLIB} ${WEIR_ZSTD} ${CMAKE_DL_LIBS} m rt)
else()
  find_library(WEIR_LLVM_LIBRARY LLVM-19 PATHS ${WEIR_LLVM_ROOT}/lib REQUIRED)
endif()
find_program(WEIR_LLVM_LINK llvm-link PATHS ${WEIR_LLVM_ROOT}/bin NO_DEFAULT_PATH REQUIRED)
find_program(WEIR_OPT opt PATHS ${WEIR_LLVM_ROOT}/bin NO_DEFAULT_PATH REQUIRED)
target_include_directories(weir_llvm SYSTEM INTERFACE ${WEIR_LLVM_ROOT}/include)
target_link_libraries(weir_llvm INTERFACE ${WEIR_LLVM_LIBRARY})

pkg_check_modules(WEIR_RDKAFKA REQUIRED IMPORTED_TARGET rdkafka)

# --- version --------------------------------------------------------------------------------------------------------
execute_process(COMMAND git describe --always --dirty --tags WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
  OUTPUT_VARIABLE WEIR_GIT_DESCRIBE OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
configure_file(cmake/weir_version.h.in ${PROJECT_BINARY_DIR}/generated/weir_version.h @ONLY)
