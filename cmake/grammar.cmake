# grammar/WeirLexer.g4 and WeirParser.g4 -> C++ in the build tree, in namespace weir::grammar, seen by compiler/syntax.

set(grammar ${PROJECT_SOURCE_DIR}/grammar)
file(GLOB WEIR_GRAMMAR_FILES CONFIGURE_DEPENDS ${grammar}/*.g4)
if(NOT WEIR_GRAMMAR_FILES)
  return()
endif()

find_program(WEIR_ANTLR4_TOOL antlr4 REQUIRED)
set(generated ${PROJECT_BINARY_DIR}/generated/grammar)
file(MAKE_DIRECTORY ${generated})
set(antlr4_options -Dlanguage=Cpp -no-visitor -no-listener -package weir::grammar -lib ${generated} -o ${generated} -Werror)

add_custom_command(
  OUTPUT ${generated}/WeirLexer.cpp ${generated}/WeirLexer.h ${generated}/WeirLexer.tokens
  COMMAND ${WEIR_ANTLR4_TOOL} ${antlr4_options} WeirLexer.g4
  DEPENDS ${grammar}/WeirLexer.g4 WORKING_DIRECTORY ${grammar} VERBATIM COMMENT "ANTLR WeirLexer.g4")
add_custom_command(
  OUTPUT ${generated}/WeirParser.cpp ${generated}/WeirParser.h
  COMMAND ${WEIR_ANTLR4_TOOL} ${antlr4_options} WeirParser.g4
  DEPENDS ${grammar}/WeirParser.g4 ${generated}/WeirLexer.tokens
  WORKING_DIRECTORY ${grammar} VERBATIM COMMENT "ANTLR WeirParser.g4")

add_library(weir_grammar OBJECT ${generated}/WeirLexer.cpp ${generated}/WeirParser.cpp)
target_compile_options(weir_grammar PRIVATE -w -fvisibility=hidden)
target_link_libraries(weir_grammar PRIVATE weir_antlr4)

add_library(weir_grammar_headers INTERFACE)
target_include_directories(weir_grammar_headers SYSTEM INTERFACE ${generated})
add_dependencies(weir_grammar_headers weir_grammar)
