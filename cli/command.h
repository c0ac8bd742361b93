// The commands of `weir`: a table in main.cpp, a file each.
#pragma once

#include <string>
#include <vector>

namespace weir::cli {

// Exit statuses, as scripts see them.
constexpr int kFinished = 0;
constexpr int kQueryWrong = 1;
constexpr int kUsage = 2;
constexpr int kInputOutput = 3;

using Arguments = std::vector<std::string>;  // without the command's own name

int run(const Arguments& arguments);
int compile(const Arguments& arguments);
int check(const Arguments& arguments);
int explain(const Arguments& arguments);
int test(const Arguments& arguments);
int functions(const Arguments& arguments);
int repl(const Arguments& arguments);
int job(const Arguments& arguments);
int run_text(const std::string& text, const Arguments& arguments);  // weir -c 'SQL'

}  // namespace weir::cli
