// Compiled queries from messages of a log to records of a log.
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/backend/backend.h"
#include "compiler/compile.h"
#include "runtime/abi/message.h"
#include "runtime/formats/message_key.h"
#include "runtime/job/manifest/entry_points.h"
#include "runtime/job/manifest/manifest.h"
#include "runtime/state/arena.h"
#include "runtime/state/groups.h"
#include "runtime/state/row_writer.h"
#include "runtime/state/saved_chunk.h"
#include "tests/unit/compiler/log_tables.h"

namespace weir::codegen {
namespace {

using compiler_tests::LogTables;

struct Message {
  std::optional<std::string> value;
  std::optional<std::string> key = std::nullopt;
  int64_t timestamp_ms = 1000;
};

// A program of one scan whose consumers write to sinks, or update groups that do.
class Program {
 public:
  Program(LogTables& tables, const std::string& query) {
    const auto job = tables.job(query);
    EmittedModule module = compiler::emit(*job, tables.source(), {});
    manifest = module.manifest;
    const backend::BackendOptions options;
    backend::optimize(module, options);
    auto program = backend::jit(std::move(module), options);
    EXPECT_TRUE(program.has_value()) << program.error();
    program_ = std::move(*program);
    state::open_arena(context_.arena);

    std::vector<formats::JsonScanColumn> columns;
    const job::ManifestScan& scan = manifest.scans[0];
    for (const job::ManifestColumn& column : scan.columns)
      columns.push_back({column.name, static_cast<abi::ColumnKind>(column.kind), column.precision,
                         column.scale, column.not_null, column.decoded, column.carrier, column.offset});
    json_ = std::make_unique<formats::JsonScan>(columns, scan.row_bytes, 0);
    key_ = std::make_unique<formats::MessageKey>(
        scan.key_format == job::MessageFormat::Raw ? formats::KeyFormat::Raw : formats::KeyFormat::Json,
        columns, scan.key_columns, scan.key_names, 0);
    abi::ScanState& state = json_->state();
    state.context = &context_;
    state.topic = {"orders", 6};
    state.topic_partition = 2;
    if (!scan.key_columns.empty()) state.key = key_->columns();
    state.owner = this;
    state.on_reject = [](abi::ScanState* scan, const abi::RowError* error, const char*, const char*) {
      auto* self = static_cast<Program*>(scan->owner);
      self->rejected.push_back(
          std::to_string(static_cast<uint32_t>(error->reason)) + (error->in_key ? " key" : "") +
          (error->column == abi::kNoColumn ? "" : " " + self->manifest.scans[0].columns[error->column].name));
    };
    output_.begin = output_.cursor = buffer_;
    output_.limit = buffer_ + sizeof buffer_;
    writer_.output = &output_;
    writer_.insert_kind = 255;
    consumers_.assign(manifest.consumers.size(), nullptr);
    for (const job::ManifestConsumer& consumer : manifest.consumers) {
      const bool writes = consumer.kernel == job::ConsumerKernel::WriteRows ||
                          consumer.kernel == job::ConsumerKernel::WriteChanges;
      consumers_[consumer.id] = writes ? static_cast<void*>(&writer_) : nullptr;
    }
    context_.consumers = consumers_.data();
  }
  ~Program() { state::close_arena(context_.arena); }

  // What is written for these messages: "key -> value", "-" for what is not there, "@time".
  std::vector<std::string> run(const std::vector<Message>& messages) {
    output_.cursor = output_.begin;
    rejected.clear();
    std::vector<std::string> bytes;
    bytes.reserve(messages.size());
    std::vector<abi::MessageInfo> infos;
    for (const Message& message : messages) {
      abi::MessageInfo info{};
      if (message.value) {
        std::string& text = bytes.emplace_back(*message.value + "\n" + std::string(abi::kPaddingBytes, ' '));
        info.value = {text.data(), message.value->size()};
      }
      if (message.key) info.key = {message.key->data(), message.key->size()};
      info.offset = 70 + static_cast<int64_t>(infos.size());
      info.timestamp_ms = message.timestamp_ms;
      info.timestamp_type = 1;
      infos.push_back(info);
    }
    const job::EntryPoints entries(*program_->program());
    entries.get<job::ScanMessages>("scan", manifest.scans[0].pipeline)(&json_->state(), infos.data(),
                                                                       static_cast<uint32_t>(infos.size()));
    return records();
  }

  std::vector<std::string> records() const {
    std::vector<std::string> result;
    for (const char* at = output_.begin; at < output_.cursor;) {
      abi::RecordFrame frame;
      std::memcpy(&frame, at, sizeof frame);
      at += sizeof frame;
      const auto take = [&](uint32_t size) {
        if (size == abi::kNullBytes) return std::string("-");
        std::string text(at, size);
        at += size;
        return text;
      };
      std::string text = take(frame.key_bytes);
      text += " -> " + take(frame.value_bytes);
      if (frame.timestamp_ms != abi::kNoTimestamp) text += " @" + std::to_string(frame.timestamp_ms);
      result.push_back(std::move(text));
    }
    return result;
  }

  job::Manifest manifest;
  std::vector<std::string> rejected;
  std::vector<void*>& consumers() { return consumers_; }
  uint64_t written() const { return output_.rows; }
  job::EntryPoints entries() const { return job::EntryPoints(*program_->program()); }
  void set_groups(void* state) {
    for (const job::ManifestConsumer& consumer : manifest.consumers)
      if (consumer.kernel == job::ConsumerKernel::GroupAggregate) consumers_[consumer.id] = state;
  }

 private:
  std::unique_ptr<backend::JitProgram> program_;
  std::unique_ptr<formats::JsonScan> json_;
  std::unique_ptr<formats::MessageKey> key_;
  abi::Context context_{};
  char buffer_[1 << 16];
  abi::OutputBuffer output_{};
  state::RowWriterState writer_{};
  std::vector<void*> consumers_;
};

using Records = std::vector<std::string>;

const char* const kFiles = " WITH ('connector' = 'filesystem', 'path' = 'x', 'format' = 'json');\n";
std::string table(const std::string& name, const std::string& columns) {
  return "CREATE TABLE " + name + " (" + columns + ")" + kFiles;
}
// Columns become metadata, which the tables here declare as physical ones.
void metadata(catalog::Table& table, const std::string& name, const std::string& key = "") {
  catalog::TableColumn& column = LogTables::column(table, name);
  column.kind = catalog::ColumnKind::Metadata;
  column.metadata_key = key.empty() ? name : key;
}

TEST(CompiledMessages, AreRecordsOfTheirValue) {
  LogTables tables(table("orders", "id BIGINT, name STRING") + table("big", "id BIGINT, name STRING"));
  tables.in_log("orders").in_log("big");
  Program program(tables, "INSERT INTO big SELECT id * 2, name FROM orders WHERE id > 1;");
  EXPECT_TRUE(program.manifest.scans[0].messages);
  EXPECT_FALSE(program.manifest.scans[0].with_headers);
  EXPECT_TRUE(program.manifest.sinks[0].framed);
  EXPECT_EQ(program.run({{R"({"id":1,"name":"a"})"},
                         {R"({"id":2,"name":"b\n"})"},
                         {std::nullopt},
                         {"{\n\"id\":3}\n"},
                         {"x"},
                         {R"({"id":4,"name":""})"}}),
            (Records{R"(- -> {"id":4,"name":"b\n"})", R"(- -> {"id":6,"name":null})",
                     R"(- -> {"id":8,"name":""})"}));
  EXPECT_EQ(program.rejected.size(), 1u);
}

TEST(CompiledMessages, HaveMetadataColumns) {
  LogTables tables(
      table("orders",
            "o BIGINT, id BIGINT, p INT, topic STRING, at TIMESTAMP_LTZ(3), kind STRING, h STRING, WATERMARK "
            "FOR at AS at - INTERVAL '1' SECOND") +
      table("sink", "id BIGINT, o BIGINT, p INT, topic STRING, at TIMESTAMP_LTZ(3), kind STRING, h STRING"));
  tables.in_log("orders").in_log("sink").change("orders", [](catalog::Table& table) {
    metadata(table, "o", "offset");
    metadata(table, "p", "partition");
    metadata(table, "topic");
    metadata(table, "at", "timestamp");
    metadata(table, "kind", "timestamp-type");
    metadata(table, "h", "headers");
  });
  Program program(tables, "INSERT INTO sink SELECT id, o, p, topic, at, kind, h FROM orders;");
  EXPECT_TRUE(program.manifest.scans[0].with_headers);
  // A member of the value that is called as a metadata column is a stranger.
  EXPECT_EQ(
      program.run({{R"({"id":1,"o":"x"})"}, {R"({"id":2})", std::nullopt, -1}}),
      (Records{
          R"(- -> {"id":1,"o":70,"p":2,"topic":"orders","at":"1970-01-01 00:00:01Z","kind":"CreateTime","h":null})"}));
  EXPECT_EQ(program.rejected, Records{std::to_string(static_cast<uint32_t>(abi::RowReason::EventTimeNull))});
}

TEST(CompiledMessages, HaveKeyFields) {
  LogTables tables(table("orders", "k_region STRING, id BIGINT, k_number BIGINT NOT NULL") +
                   table("sink", "id BIGINT, region STRING, number BIGINT"));
  tables.in_log("orders").in_log("sink").change("orders", [](catalog::Table& table) {
    table.key_columns = {2, 0};
    table.key_in_value = false;
    table.key_prefix = "k_";
    table.options.set("key.format", "json");
  });
  Program program(tables, "INSERT INTO sink SELECT id, k_region, k_number FROM orders;");
  EXPECT_EQ(program.run({{R"({"id":1})", R"({"region":"EU","number":7})"}, {R"({"id":2})"}}),
            (Records{R"(- -> {"id":1,"region":"EU","number":7})"}));
  EXPECT_EQ(program.rejected,
            Records{std::to_string(static_cast<uint32_t>(abi::RowReason::NullNotAllowed)) + " key k_number"});
}

TEST(CompiledMessages, RepeatKeyFieldsInTheValue) {
  LogTables tables(table("orders", "region STRING, id BIGINT") + table("sink", "id BIGINT, region STRING"));
  tables.in_log("orders").in_log("sink").change("orders", [](catalog::Table& table) {
    table.key_columns = {0};
    table.options.set("key.format", "json");
  });
  Program program(tables, "INSERT INTO sink SELECT id, region FROM orders;");
  EXPECT_TRUE(program.manifest.scans[0].key_columns.empty());
  EXPECT_EQ(program.run({{R"({"id":1,"region":"US"})", "x"}}), (Records{R"(- -> {"id":1,"region":"US"})"}));
}

TEST(CompiledMessages, AreRaw) {
  LogTables tables(table("logs", "line STRING, k BIGINT") + table("sink", "k BIGINT, line STRING"));
  tables.in_log("logs").in_log("sink");
  tables.change("logs", [](catalog::Table& table) {
    table.key_columns = {1};
    table.key_in_value = false;
    table.options.set("format", "raw");
    table.options.set("key.format", "raw");
  });
  tables.change("sink", [](catalog::Table& table) {
    table.key_columns = {0};
    table.key_in_value = false;
    table.options.set("value.format", "raw");
    table.options.set("key.format", "raw");
  });
  Program program(tables, "INSERT INTO sink SELECT k + 1, UPPER(line) FROM logs;");
  const std::string seven("\0\0\0\0\0\0\0\7", 8);
  const std::string eight("\0\0\0\0\0\0\0\10", 8);
  EXPECT_EQ(program.run({{"any \"text", seven}, {"", seven}, {std::nullopt, seven}, {"no key"}}),
            (Records{eight + " -> ANY \"TEXT", eight + " -> ", eight + " -> -", "- -> NO KEY"}));
  EXPECT_EQ(program.manifest.sinks[0].key_columns, (std::vector<uint32_t>{0}));
}

TEST(CompiledRecords, HaveKeysAndTimes) {
  LogTables tables(table("orders", "id BIGINT, name STRING, at TIMESTAMP(3)") +
                   table("sink", "k_name STRING, at TIMESTAMP(3), id BIGINT"));
  tables.in_log("orders").in_log("sink").change("sink", [](catalog::Table& table) {
    metadata(table, "at", "timestamp");
    table.key_columns = {0};
    table.key_in_value = false;
    table.key_prefix = "k_";
    table.options.set("key.format", "json");
  });
  Program program(tables, "INSERT INTO sink SELECT name, at, id FROM orders;");
  EXPECT_EQ(
      program.run({{R"({"id":1,"name":"a\"","at":"1970-01-01 00:00:02.5"})"}, {R"({"id":2,"at":null})"}}),
      (Records{R"({"name":"a\""} -> {"id":1} @2500)", R"({"name":null} -> {"id":2})"}));
}

TEST(CompiledRecords, OfUpdatesByKey) {
  LogTables tables(table("orders", "id BIGINT, name STRING") +
                   table("sink", "name STRING NOT NULL, n BIGINT, PRIMARY KEY (name) NOT ENFORCED"));
  tables.in_log("orders").in_log("sink", "upsert-kafka").change("sink", [](catalog::Table& table) {
    table.key_columns = table.primary_key;
    table.options.set("key.format", "raw");
    table.options.set("value.format", "json");
  });
  Program program(
      tables,
      "INSERT INTO sink SELECT * FROM (SELECT COALESCE(name, '') AS name, COUNT(*) AS n FROM orders GROUP "
      "BY COALESCE(name, '')) WHERE n <> 2;");
  EXPECT_TRUE(program.manifest.sinks[0].upsert);
  state::GroupStore groups{};
  state::open_groups(groups, program.manifest.operators[0].entry_bytes, nullptr);
  state::GroupAggregateState state{{}, &groups};
  program.set_groups(&state);
  const Message a{R"({"name":"a"})"};
  const Message none{R"({"name":null})"};
  // One, two (which WHERE leaves out), three.
  EXPECT_EQ(program.run({a}), (Records{R"(a -> {"name":"a","n":1})"}));
  EXPECT_EQ(program.run({a, none}), (Records{"a -> -", R"( -> {"name":"","n":1})"}));
  EXPECT_EQ(program.run({a, a}), (Records{R"(a -> {"name":"a","n":3})", R"(a -> {"name":"a","n":4})"}));
  EXPECT_EQ(program.written(), 5u);
  state::close_groups(groups);
}

// Keys, accumulators with strings, and sets of DISTINCT come back from a changelog as they were.
TEST(CompiledState, ComesBackFromAChangelog) {
  LogTables tables(table("orders", "id BIGINT, name STRING, note STRING") +
                   table("sink",
                         "name STRING NOT NULL, n BIGINT, ids BIGINT, most STRING, PRIMARY KEY (name) NOT "
                         "ENFORCED"));
  tables.in_log("orders").in_log("sink", "upsert-kafka").change("sink", [](catalog::Table& table) {
    table.key_columns = table.primary_key;
    table.options.set("key.format", "raw");
  });
  Program program(
      tables,
      "INSERT INTO sink SELECT COALESCE(name, ''), COUNT(*), COUNT(DISTINCT id), MAX(note) FROM orders GROUP "
      "BY COALESCE(name, '');");
  const job::ManifestOperator& op = program.manifest.operators[0];
  EXPECT_EQ(op.recovery, commit::RecoveryMode::Changelog);
  EXPECT_NE(op.state_layout, 0u);
  state::GroupStore groups{};
  state::open_groups(groups, op.entry_bytes, nullptr);
  state::GroupAggregateState state{{}, &groups};
  program.set_groups(&state);
  const auto message = [](int id, const std::string& name, const std::string& note) {
    return Message{R"({"id":)" + std::to_string(id) + R"(,"name":")" + name + R"(","note":")" + note + "\"}"};
  };
  std::vector<std::string> changelog;
  const auto commit = [&] {
    state::SavedChunk chunk;
    state::open_chunk(chunk, groups.table.stride, 1000);
    const auto& changed = groups.table.changed;
    for (uint32_t at = 0; at < changed.count;) {
      at += program.entries().get<job::SaveGroups>("save_groups", op.id)(
          &groups.table, &chunk, changed.numbers + at, changed.count - at);
      changelog.push_back(state::take_bytes(chunk));
    }
    state::clear_changed(groups.table.changed);
    state::close_chunk(chunk);
  };
  std::vector<Message> first;
  for (int i = 0; i < 300; ++i)
    first.push_back(message(i % 7, "a name of some length " + std::to_string(i % 50), std::to_string(i)));
  program.run(first);
  commit();
  program.run({message(1000, "a name of some length 3", "zzz"), message(1, "new", "n")});
  commit();
  EXPECT_GT(changelog.size(), 3u);

  state::GroupStore back{};
  state::open_groups(back, op.entry_bytes, nullptr);
  for (const std::string& bytes : changelog) {
    state::SavedChunk chunk;
    ASSERT_TRUE(state::read_chunk(bytes, back.table.stride, chunk).has_value());
    program.entries().get<job::LoadGroups>("load_groups", op.id)(&back.table, &chunk);
    state::close_chunk(chunk);
  }
  ASSERT_TRUE(state::finish_groups(back.table));
  EXPECT_EQ(back.table.count, 51u);
  state::close_groups(groups);

  state.store = &back;
  EXPECT_EQ(
      program.run({message(1000, "a name of some length 3", "a"), message(2, "new", "m"),
                   message(3, "a name of some length 3", "zzzz")}),
      (Records{
          R"(a name of some length 3 -> {"name":"a name of some length 3","n":8,"ids":7,"most":"zzz"})",
          R"(new -> {"name":"new","n":2,"ids":2,"most":"n"})",
          R"(a name of some length 3 -> {"name":"a name of some length 3","n":9,"ids":7,"most":"zzzz"})"}));
  state::close_groups(back);
}

TEST(CompiledConsumers, WithoutStateAreLeftOut) {
  LogTables tables(table("orders", "id BIGINT, name STRING") + table("a", "id BIGINT") +
                   table("b", "name STRING"));
  tables.in_log("orders").in_log("a").in_log("b");
  Program program(tables, "INSERT INTO a SELECT id FROM orders; INSERT INTO b SELECT name FROM orders;");
  ASSERT_EQ(program.consumers().size(), 2u);
  const std::vector<Message> messages = {{R"({"id":1,"name":"x"})"}, {R"({"id":2,"name":"y"})"}};
  void* const second = program.consumers()[1];
  program.consumers()[1] = nullptr;
  EXPECT_EQ(program.run(messages), (Records{R"(- -> {"id":1})", R"(- -> {"id":2})"}));
  program.consumers()[0] = nullptr;
  EXPECT_EQ(program.run(messages), Records{});
  program.consumers()[1] = second;
  EXPECT_EQ(program.run(messages), (Records{R"(- -> {"name":"x"})", R"(- -> {"name":"y"})"}));
}

}  // namespace
}  // namespace weir::codegen
