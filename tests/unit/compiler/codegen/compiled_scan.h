// The decoder that the compiler makes for a table, as a query runs it, and the strict parser in its place: for fuzzing and
// tests that compare them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/backend/backend.h"
#include "compiler/compile.h"
#include "compiler/diagnostics/check.h"
#include "runtime/formats/json_scan.h"
#include "runtime/job/manifest/entry_points.h"
#include "runtime/job/manifest/manifest.h"
#include "runtime/state/arena.h"
#include "runtime/state/row_writer.h"

namespace weir::compiled_scan {

// Declarations that differ in what the compiler makes of them: which parsers, NOT NULL, columns that are only checked, a
// computed event time, one column, more columns than a word of the bitmap has bits. The query over each is beside it.
struct Declared {
  std::string columns;
  std::string query;
};
inline std::vector<Declared> declarations() {
  std::string wide = "a0 BIGINT";
  for (int i = 1; i < 70; ++i) wide += ", a" + std::to_string(i) + (i % 3 == 0 ? " STRING" : " INT");
  return {
      {"id BIGINT NOT NULL, name STRING, amount DECIMAL(10, 2), ts TIMESTAMP(3), ok BOOLEAN, "
       "WATERMARK FOR ts AS ts - INTERVAL '1' SECOND",
       "SELECT * FROM t"},
      {"a TINYINT, b SMALLINT, c INT, d FLOAT, e DOUBLE, f DECIMAL(38, 8), g DATE, h BYTES, i "
       "TIMESTAMP_LTZ(3)",
       "SELECT * FROM t"},
      {"id BIGINT, name STRING, amount DECIMAL(10, 2), s STRING NOT NULL", "SELECT amount FROM t"},
      {"ms BIGINT, v DOUBLE, ts AS TO_TIMESTAMP_LTZ(ms, 3), WATERMARK FOR ts AS ts", "SELECT ms, v FROM t"},
      {"id BIGINT", "SELECT id FROM t"},
      {wide, "SELECT * FROM t"},
  };
}

struct Seen {
  std::string rows;
  std::vector<std::string> rejected;  // reason, column, place
  int64_t watermark = 0;
  uint64_t read = 0;
  friend bool operator==(const Seen&, const Seen&) = default;
};
inline std::string text(const Seen& seen) {
  std::string out = std::to_string(seen.read) + " read, watermark " + std::to_string(seen.watermark) + "\n";
  for (const std::string& rejected : seen.rejected) out += "rejected " + rejected + "\n";
  return out + seen.rows;
}

// A declaration, compiled.
struct Program {
  explicit Program(const Declared& declared) {
    const compiler::CompileOptions options;
    const auto source = std::make_shared<const diagnostics::Source>(
        "t.stream", "CREATE TABLE t (" + declared.columns +
                        ") WITH ('connector' = 'filesystem', 'path' = 'x', 'format' = 'json'); " +
                        declared.query + ";");
    catalog::Catalog catalog;
    const compiler::Compilation compilation = compiler::compile(source, options, catalog);
    WEIR_CHECK(!compilation.diagnostics.has_errors(), "a declaration is wrong");
    const auto& job = std::get<std::unique_ptr<compiler::CompiledJob>>(compilation.steps.at(0));
    codegen::EmittedModule module = compiler::emit(*job, *source, options);
    manifest = module.manifest;
    const backend::BackendOptions backend_options;
    backend::optimize(module, backend_options);
    auto made = backend::jit(std::move(module), backend_options);
    WEIR_CHECK(made.has_value(), "no code can be made");
    code = std::move(*made);
  }
  job::Manifest manifest;
  std::unique_ptr<backend::JitProgram> code;
};

class Scan {
 public:
  // `flags`: kScan… of runtime/abi/scan_state.h; kScanStrictOnly leaves the decoder of the program out.
  Scan(const Program& program, uint64_t flags) : program_(program) { open(flags); }
  ~Scan() { state::close_arena(context_.arena); }
  Scan(const Scan&) = delete;
  Scan& operator=(const Scan&) = delete;

  // Runs can follow each other: the shapes are remembered.
  Seen run(std::string_view input) {
    std::string buffer(input);
    buffer.append(abi::kPaddingBytes, ' ');
    const auto lines = static_cast<uint64_t>(std::count(input.begin(), input.end(), '\n'));
    room_.resize((lines + 2) * kMostRowBytes + input.size() * 8);  // there is nobody to hand rows on to
    output_.begin = output_.cursor = room_.data();
    output_.limit = room_.data() + room_.size();
    abi::ScanState& state = json_->state();
    state.position = 0;
    state.line = 0;
    state.watermark = abi::kNoWatermark;
    state.stop = false;
    state.rows_read = 0;
    begin_ = buffer.data();
    seen_ = {};
    const job::EntryPoints entries(*program_.code->program());
    entries.get<job::ScanLines>("scan", program_.manifest.scans[0].pipeline)(&state, buffer.data(),
                                                                             buffer.data() + input.size());
    seen_.rows.assign(output_.begin, output_.cursor);
    seen_.watermark = state.watermark;
    seen_.read = state.rows_read;
    return seen_;
  }

  uint64_t fast_rows() const { return json_->state().fast_rows; }  // of all runs

 private:
  void open(uint64_t flags) {
    state::open_arena(context_.arena);
    const job::ManifestScan& scan = program_.manifest.scans[0];
    std::vector<formats::JsonScanColumn> columns;
    for (const job::ManifestColumn& column : scan.columns) {
      columns.push_back({column.name, static_cast<abi::ColumnKind>(column.kind), column.precision,
                         column.scale, column.not_null, column.decoded, column.carrier, column.offset});
    }
    json_ = std::make_unique<formats::JsonScan>(columns, scan.row_bytes, flags);
    abi::ScanState& state = json_->state();
    state.context = &context_;
    state.owner = this;
    state.block_rows = abi::kBlockRows;
    state.on_reject = [](abi::ScanState* scan_state, const abi::RowError* error, const char* begin,
                         const char*) {
      auto* self = static_cast<Scan*>(scan_state->owner);
      self->seen_.rejected.push_back(std::to_string(static_cast<uint32_t>(error->reason)) + " " +
                                     std::to_string(error->column) + " " + std::to_string(error->offset) +
                                     " at " + std::to_string(begin - self->begin_));
    };
    writer_.output = &output_;
    writer_.insert_kind = 255;
    consumers_.assign(program_.manifest.consumers.size(), &writer_);
    context_.consumers = consumers_.data();
  }

  // A row of the widest table, but for its strings.
  static constexpr uint64_t kMostRowBytes = 8192;

  const Program& program_;
  std::unique_ptr<formats::JsonScan> json_;
  abi::Context context_{};
  std::string room_;
  abi::OutputBuffer output_{};
  state::RowWriterState writer_{};
  std::vector<void*> consumers_;
  const char* begin_ = nullptr;
  Seen seen_;
};

}  // namespace weir::compiled_scan
