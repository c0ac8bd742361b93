#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/run_steps.h"
#include "compiler/backend/backend.h"

namespace weir::cli {
namespace {

// The one job of a text; null, with a message, if there are none or several.
const compiler::CompiledJob* only_job(const compiler::Compilation& compilation) {
  std::vector<const compiler::CompiledJob*> jobs;
  for (const auto& step : compilation.steps)
    if (const auto* job = std::get_if<std::unique_ptr<compiler::CompiledJob>>(&step))
      jobs.push_back(job->get());
  if (jobs.size() == 1) {
    if (const size_t others = compilation.steps.size() - 1; others != 0)
      fmt::print(
          stderr,
          "warning: {} left out of the executable\n"
          "  = note: SHOW, DESCRIBE and EXPLAIN, and SET without a key, show something while a text is run\n",
          others == 1 ? "one statement is" : fmt::format("{} statements are", others));
    return jobs.front();
  }
  fmt::print(stderr, "error: an executable is one job, and `{}` holds {}\n", compilation.source->name(),
             jobs.empty() ? "none" : fmt::format("{}", jobs.size()));
  for (const compiler::CompiledJob* job : jobs)
    fmt::print(stderr, "  = note: {}\n", job->typed.inserts.front().label);
  fmt::print(stderr, "  = hint: {}\n",
             jobs.empty() ? "add an INSERT INTO or a SELECT"
                          : "each SELECT is a job of its own; INSERTs that follow each other are one");
  return nullptr;
}

int write_executable(const compiler::Compilation& compilation, const compiler::CompiledJob& job,
                     const compiler::CompileOptions& options, const std::string& output, backend::Cpu cpu) {
  const backend::BackendOptions backend_options{.optimize = true, .cpu = cpu};
  codegen::EmittedModule module = compiler::emit(job, *compilation.source, options);
  backend::optimize(module, backend_options);
  const std::string object = fmt::format("{}.{}.o", output, getpid());
  auto done = backend::write_object(module, backend_options, object);
  if (done) done = backend::link_executable(object, output, job::uses_log(module.manifest));
  std::error_code ignored;
  std::filesystem::remove(object, ignored);
  if (done) return kFinished;
  fmt::print(stderr, "error: {}\n", done.error());
  return kInputOutput;
}

}  // namespace

int compile(const Arguments& arguments) {
  CLI::App app("Makes a stand-alone executable of a query. It needs neither weir nor LLVM where it runs.",
               "compile");
  QueryArguments query_arguments;
  std::string output, cpu = "x86-64-v3";
  add_query_arguments(app, query_arguments);
  app.add_option("-o", output, "the executable")->required()->type_name("JOB");
  app.add_option("--cpu", cpu, "what it is made for: x86-64-v3, or native for this machine only")
      ->type_name("CPU")
      ->check(CLI::IsMember({"x86-64-v3", "native"}));
  if (const auto status = parse_arguments(app, arguments)) return *status;
  auto query = read_query(query_arguments);
  if (!query) return query.error();
  catalog::Catalog catalog;
  const compiler::Compilation compilation =
      compiler::compile(std::move(query->source), query->options, catalog);
  print_diagnostics(compilation);
  if (const int status = status_of(compilation); status != kFinished) return status;
  const compiler::CompiledJob* job = only_job(compilation);
  if (!job) return kQueryWrong;
  return write_executable(compilation, *job, query->options, output,
                          cpu == "native" ? backend::Cpu::Host : backend::Cpu::X86_64_v3);
}

}  // namespace weir::cli
