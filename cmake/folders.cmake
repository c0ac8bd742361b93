# One object library per folder, named after it: compiler/plan -> weir_compiler_plan. A folder without sources is skipped.

set(WEIR_FOLDERS "")

function(weir_target_of folder result)
  string(REPLACE "/" "_" name ${folder})
  set(${result} weir_${name} PARENT_SCOPE)
endfunction()

# weir_folder(folder): the object library of the .cpp files that lie directly in the folder.
function(weir_folder folder)
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cpp)
  if(NOT sources)
    return()
  endif()
  weir_target_of(${folder} target)
  if(folder STREQUAL "compiler")
    set(target weir_compiler_compile)
  endif()
  add_library(${target} OBJECT ${sources})
  target_compile_options(${target} PRIVATE ${WEIR_WARNINGS})
  if(folder MATCHES "^runtime/")
    target_compile_options(${target} PRIVATE -ffunction-sections -fdata-sections)
  else()
    target_compile_options(${target} PRIVATE -fvisibility=hidden)
  endif()
  set(WEIR_FOLDERS ${WEIR_FOLDERS} ${target} PARENT_SCOPE)
endfunction()

# weir_library(name prefix): the static library of all folders below the prefix (runtime, compiler).
function(weir_library name prefix)
  set(objects "")
  foreach(target ${WEIR_FOLDERS})
    if(target MATCHES "^weir_${prefix}_")
      list(APPEND objects $<TARGET_OBJECTS:${target}>)
    endif()
  endforeach()
  if(NOT objects)
    file(WRITE ${PROJECT_BINARY_DIR}/generated/${name}_empty.cpp "")
    set(objects ${PROJECT_BINARY_DIR}/generated/${name}_empty.cpp)
  endif()
  add_library(${name} STATIC ${objects})
  set_target_properties(${name} PROPERTIES LINKER_LANGUAGE CXX)
endfunction()

# weir_uses(folder library): the folder's sources may include the library (antlr4, llvm).
function(weir_uses folder library)
  weir_target_of(${folder} target)
  if(TARGET ${target} AND TARGET weir_${library})
    target_link_libraries(${target} PRIVATE weir_${library})
    if(library STREQUAL "antlr4" AND TARGET weir_grammar)
      target_link_libraries(${target} PRIVATE weir_grammar_headers)
    endif()
  endif()
endfunction()

function(weir_precompile folder)
  weir_target_of(${folder} target)
  if(WEIR_PCH AND TARGET ${target})
    list(TRANSFORM ARGN REPLACE "(.+)" "<\\1>")
    target_precompile_headers(${target} PRIVATE ${ARGN})
    target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  endif()
endfunction()

# weir_link_everything(executable): compiler and runtime; the runtime whole and its C functions exported, because
# code that is compiled at run time refers to them by name.
function(weir_link_everything executable)
  if(TARGET weir_grammar)
    target_sources(${executable} PRIVATE $<TARGET_OBJECTS:weir_grammar>)
  endif()
  target_sources(${executable} PRIVATE $<TARGET_OBJECTS:weir_bitcode>)
  target_link_libraries(${executable} PRIVATE
    weir_compiler -Wl,--whole-archive weir_runtime -Wl,--no-whole-archive
    weir_antlr4 weir_llvm Threads::Threads ${CMAKE_DL_LIBS})
  target_link_options(${executable} PRIVATE "-Wl,--export-dynamic-symbol=weir_*" -Wl,--gc-sections)
endfunction()
