// Messages to rows: where a value ends, tombstones, keys, metadata, format raw; and the same rows as lines give.
#define WEIR_COPY scan_messages_test
#include "tests/unit/runtime/kernels/kernel_copy.h"
// first of all, for it renames what follows

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/abi/row_layout.h"
#include "runtime/formats/message_key.h"
#include "runtime/kernels/scan_lines.cpp"
#include "runtime/kernels/scan_messages.cpp"
#include "runtime/state/arena.h"

namespace weir::kernel_tests {
namespace {

using abi::Carrier;
using abi::ColumnKind;
using abi::MessageInfo;
using abi::RowReason;
using abi::StringRef;

// id and name stand in the value; region and number in the key; the rest is metadata.
enum Column : uint32_t { kId, kName, kRegion, kNumber, kTopic, kPartition, kOffset, kTime, kType, kHeaders };
const std::vector<formats::JsonScanColumn>& columns() {
  static const std::vector<formats::JsonScanColumn> all = {
      {"id", ColumnKind::BigInt, 0, 0, false, true, Carrier::I64, 8},
      {"name", ColumnKind::String, 0, 0, false, true, Carrier::String, 16},
      {"key_region", ColumnKind::String, 0, 0, false, false, Carrier::String, 32},
      {"key_number", ColumnKind::BigInt, 0, 0, true, false, Carrier::I64, 48},
      {"topic", ColumnKind::String, 0, 0, true, false, Carrier::String, 56},
      {"partition", ColumnKind::Integer, 0, 0, true, false, Carrier::I32, 72},
      {"offset", ColumnKind::BigInt, 0, 0, true, false, Carrier::I64, 80},
      {"timestamp", ColumnKind::TimestampLtz, 3, 0, false, false, Carrier::I64, 88},
      {"timestamp-type", ColumnKind::String, 0, 0, true, false, Carrier::String, 96},
      {"headers", ColumnKind::String, 0, 0, false, false, Carrier::String, 112},
  };
  return all;
}
constexpr uint32_t kRowBytes = 128;

bool raw = false;
bool with_key = false;
bool with_metadata = false;
bool headers_not_null = false;

class Messages;

std::string value_text(const char* row, uint32_t column) {
  if ((abi::load<uint64_t>(row) >> column & 1) != 0) return "NULL";
  const char* at = row + columns()[column].offset;
  switch (columns()[column].carrier) {
    case Carrier::I32: return std::to_string(abi::load<int32_t>(at));
    case Carrier::I64: return std::to_string(abi::load<int64_t>(at));
    default: {
      const auto text = abi::load<StringRef>(at);
      return "'" + std::string(text.data, text.size) + "'";
    }
  }
}

struct Message {
  std::optional<std::string> value;
  std::optional<std::string> key = std::nullopt;
  int64_t timestamp_ms = 5000;
  std::optional<std::string> headers = std::nullopt;
};

class Messages : public testing::Test {
 protected:
  explicit Messages() { start(0); }
  ~Messages() override { state::close_arena(context_.arena); }

  void start(uint64_t flags, formats::KeyFormat format = formats::KeyFormat::Json) {
    raw = with_key = with_metadata = headers_not_null = false;
    if (context_.arena.chunks != nullptr) state::close_arena(context_.arena);
    state::open_arena(context_.arena);
    json_ = std::make_unique<formats::JsonScan>(columns(), kRowBytes, flags);
    if (format == formats::KeyFormat::Json) {
      key_ = std::make_unique<formats::MessageKey>(format, columns(), std::vector<uint32_t>{kRegion, kNumber},
                                                   std::vector<std::string>{"region", "number"}, flags);
    } else {
      key_ = std::make_unique<formats::MessageKey>(format, columns(), std::vector<uint32_t>{kNumber},
                                                   std::vector<std::string>{}, flags);
    }
    abi::ScanState& state = json_->state();
    state.context = &context_;
    state.key = key_->columns();
    state.topic = {"orders", 6};
    state.topic_partition = 3;
    state.owner = this;
    state.on_reject = [](abi::ScanState* scan, const abi::RowError* error, const char* begin,
                         const char* end) {
      auto* self = static_cast<Messages*>(scan->owner);
      std::string text = "rejected " + std::to_string(static_cast<uint32_t>(error->reason));
      if (error->in_key) text += " key";
      if (error->column != abi::kNoColumn) text += " " + columns()[error->column].name;
      if (begin != nullptr) text += " at " + std::to_string(error->offset) + " of " + std::string(begin, end);
      self->events_.emplace_back(self->of_lines_ ? 0 : scan->message->offset, std::move(text));
      scan->stop = self->stop_at_reject_;
    };
    context_.worker = this;
  }

  // Values lie in one buffer, each behind a line end and padding, as a batch has them. Offsets are 100, 110, …
  std::vector<std::string> run(const std::vector<Message>& messages) {
    events_.clear();
    of_lines_ = false;
    std::deque<std::string> bytes;
    std::vector<MessageInfo> infos;
    for (const Message& message : messages) {
      MessageInfo info{};
      if (message.value) {
        std::string& text = bytes.emplace_back(*message.value + "\n");
        // What an older batch has left there.
        text += std::string(R"(,"id":2,"name":"x"}
{"id":3,"name":"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy)");
        info.value = {text.data(), message.value->size()};
      }
      if (message.key) {
        const std::string& text = bytes.emplace_back(*message.key);
        info.key = {text.data(), text.size()};
      }
      if (message.headers) info.headers = {message.headers->data(), message.headers->size()};
      info.offset = 100 + 10 * static_cast<int64_t>(infos.size());
      info.timestamp_ms = message.timestamp_ms;
      info.timestamp_type = static_cast<uint32_t>(abi::TimestampType::CreateTime);
      infos.push_back(info);
    }
    abi::ScanState& state = reset();
    scan_messages(&state, infos.data(), static_cast<uint32_t>(infos.size()));
    return finish();
  }

  std::vector<std::string> run_lines(const std::vector<std::string>& lines) {
    events_.clear();
    of_lines_ = true;
    std::string buffer;
    for (const std::string& line : lines) buffer += line + "\n";
    const size_t size = buffer.size();
    buffer.resize(size + abi::kPaddingBytes);
    abi::ScanState& state = reset();
    state.position = 1;
    scan_lines(&state, buffer.data(), buffer.data() + size);
    return finish();
  }

  std::string run_one(const Message& message) {
    const auto events = run({message});
    return events.empty() ? "nothing" : events[0];
  }

  abi::ScanState& state() { return json_->state(); }

 public:
  void take(const Block* block) {
    block_sizes_.push_back(block->count);
    for (uint32_t i = 0; i < block->count; ++i) {
      const char* row = block->rows + uint64_t{i} * kRowBytes;
      std::string text;
      for (uint32_t column = 0; column < columns().size(); ++column) {
        const std::string value = value_text(row, column);
        if (value == "NULL") continue;
        if (!text.empty()) text += ' ';
        text += columns()[column].name + "=" + value;
      }
      if (show_watermark_) text += " w" + std::to_string(block->watermark[i]);
      events_.emplace_back(of_lines_ ? 0 : static_cast<int64_t>(block->position[i]), std::move(text));
    }
  }

 protected:
  abi::ScanState& reset() {
    abi::ScanState& state = json_->state();
    state.watermark = 7;
    state.line = 0;
    state.stop = false;
    state.rows_read = state.rows_rejected = state.fast_rows = 0;
    context_.failure = {};
    return state;
  }
  std::vector<std::string> finish() {
    if (!of_lines_) {
      std::sort(events_.begin(), events_.end());
    }
    std::vector<std::string> texts;
    for (auto& event : events_) texts.push_back(std::move(event.second));
    return texts;
  }

  std::unique_ptr<formats::JsonScan> json_;
  std::unique_ptr<formats::MessageKey> key_;
  abi::Context context_{};
  std::vector<std::pair<int64_t, std::string>> events_;
  std::vector<uint32_t> block_sizes_;
  bool of_lines_ = false;
  bool stop_at_reject_ = false;
  bool show_watermark_ = false;
};

}  // namespace
}  // namespace weir::kernel_tests

extern "C" {
using namespace weir::kernel_tests;

uint32_t hole_row_bytes() { return kRowBytes; }
const char* hole_decode_columns(ScanState* scan, const weir::abi::ShapeStep** step, const char* at,
                                const char* end, char* row, weir::abi::Commas* commas) {
  while (true) {
    const uint32_t column = (*step)->action;
    switch (column) {
      case kId: at = column_bigint(scan, at, end, row, 8, kId); break;
      case kName: at = column_string(scan, at, end, row, 16, kName); break;
      default: return at;
    }
    if (at == nullptr) return nullptr;
    at = column_end(at, ++*step, commas, column != kName);
    if (at == nullptr) return nullptr;
  }
}
bool hole_nulls_allowed(const char*) { return true; }
bool hole_value_raw() { return raw; }
bool hole_message_columns(ScanState* scan, const MessageInfo* message, char* row, RowError* error) {
  if (raw && !message_raw(scan, message, row, error, 16, kName, false)) return false;
  if (with_key && !message_key(scan, message, row, error, 0, 0, false)) return false;
  if (!with_metadata) return true;
  return message_topic(scan, message, row, error, 56, kTopic, true) &&
         message_partition(scan, message, row, error, 72, kPartition, true) &&
         message_offset(scan, message, row, error, 80, kOffset, true) &&
         message_timestamp(scan, message, row, error, 88, kTime, false) &&
         message_timestamp_type(scan, message, row, error, 96, kType, true) &&
         message_headers(scan, message, row, error, 112, kHeaders, headers_not_null);
}
// The metadata `timestamp` is the event time.
uint32_t hole_complete_row(Context*, char* row, int64_t* watermark) {
  *watermark = weir::abi::kNoWatermark;
  if (!with_metadata) return 0;
  if ((weir::abi::load<uint64_t>(row) >> kTime & 1) != 0) return 1;
  *watermark = weir::abi::load<int64_t>(row + 88) / 1000;
  return 0;
}
void hole_consume(Context* context, const Block* block) {
  static_cast<Messages*>(context->worker)->take(block);
}
}

namespace weir::kernel_tests {
namespace {

using Events = std::vector<std::string>;

std::string reason(RowReason reason) { return "rejected " + std::to_string(static_cast<uint32_t>(reason)); }

TEST_F(Messages, AreRows) {
  EXPECT_EQ(run({{R"({"id":1,"name":"a"})"}, {R"({"id":2,"name":"b"})"}, {R"({"id":3,"name":"c"})"}}),
            (Events{"id=1 name='a'", "id=2 name='b'", "id=3 name='c'"}));
  EXPECT_EQ(state().rows_read, 3u);
  EXPECT_EQ(state().line, 3u);
  EXPECT_EQ(state().fast_rows, 2u);  // the first shows what they look like
}

TEST_F(Messages, WithoutValueAreNoRecords) {
  EXPECT_EQ(run({{R"({"id":1})"}, {std::nullopt}, {R"({"id":2})"}}), (Events{"id=1", "id=2"}));
  EXPECT_EQ(state().rows_read, 2u);
  EXPECT_EQ(state().line, 3u);
}

TEST_F(Messages, OfWhiteSpaceAreRejected) {
  EXPECT_EQ(run({{""}, {"  "}, {"\n"}, {R"({"id":2})"}}),
            (Events{reason(RowReason::Truncated) + " at 0 of ", reason(RowReason::Truncated) + " at 2 of   ",
                    reason(RowReason::Truncated) + " at 1 of \n", "id=2"}));
  EXPECT_EQ(state().rows_rejected, 3u);
}

TEST_F(Messages, MayHoldLineEnds) {
  const std::string pretty = "{\n  \"id\": 1,\n  \"name\": \"a\"\n}\n";
  EXPECT_EQ(run({{pretty}, {pretty}, {"\n" + pretty}}), (Events(3, "id=1 name='a'")));
  EXPECT_EQ(state().fast_rows, 0u);
  // A value that looks like the one before up to a line end, but goes on.
  start(0);
  const std::string plain = R"({"id":1,"name":"a"})";
  EXPECT_EQ(run({{plain}, {plain}, {plain + "\n"}, {plain + "\n" + plain}, {plain + "\nx"}}),
            (Events{"id=1 name='a'", "id=1 name='a'", "id=1 name='a'",
                    reason(RowReason::BytesAfterObject) + " at 20 of " + plain + "\n" + plain,
                    reason(RowReason::BytesAfterObject) + " at 20 of " + plain + "\nx"}));
  EXPECT_EQ(state().fast_rows, 1u);
}

// The bytes behind a value are those of others and must not complete it.
TEST_F(Messages, EndWhereTheySay) {
  const std::string whole = R"({"id":1,"name":"a"})";
  run({{whole}, {whole}});
  for (size_t size = 0; size < whole.size(); ++size) {
    const auto event = run_one({whole.substr(0, size)});
    EXPECT_TRUE(event.starts_with("rejected")) << event;
  }
  EXPECT_EQ(run_one({R"({"id":1)"}), reason(RowReason::Truncated) + R"( at 7 of {"id":1)");
}

TEST_F(Messages, InBlocks) {
  state().block_rows = 4;
  std::vector<Message> messages(10, Message{R"({"id":1})"});
  messages[5].value = "x";
  EXPECT_EQ(run(messages).size(), 10u);
  EXPECT_EQ(block_sizes_, (std::vector<uint32_t>{4, 3, 2}));
}

TEST_F(Messages, StopAtARejectedOne) {
  stop_at_reject_ = true;
  EXPECT_EQ(run({{R"({"id":1})"}, {"x"}, {R"({"id":2})"}}),
            (Events{"id=1", reason(RowReason::UnexpectedByte) + " at 0 of x"}));
  EXPECT_EQ(state().line, 2u);
}

TEST_F(Messages, HaveMetadata) {
  with_metadata = show_watermark_ = true;
  EXPECT_EQ(
      run({{R"({"id":1})", std::nullopt, 5000, R"({"a":"b"})"}, {R"({"id":2})", std::nullopt, 4000}}),
      (Events{"id=1 topic='orders' partition=3 offset=100 timestamp=5000000 timestamp-type='CreateTime' "
              "headers='{\"a\":\"b\"}' w7",
              "id=2 topic='orders' partition=3 offset=110 timestamp=4000000 timestamp-type='CreateTime' "
              "w5000"}));
  EXPECT_EQ(run_one({R"({"id":1})", std::nullopt, -1}),
            reason(RowReason::EventTimeNull) + R"( at 0 of {"id":1})");
  headers_not_null = true;
  EXPECT_EQ(run_one({R"({"id":1})"}), reason(RowReason::NullNotAllowed) + R"( headers at 0 of {"id":1})");
}

TEST_F(Messages, HaveKeys) {
  with_key = true;
  EXPECT_EQ(run({{R"({"id":1,"name":"a"})", R"({"region":"EU","number":7})"},
                 {R"({"id":2,"name":"b"})", R"({"number":8,"region":null,"more":[]})"},
                 {R"({"id":3,"name":"c"})", " {\n\"region\":\"\\u0041\",\"number\":9}"}}),
            (Events{"id=1 name='a' key_region='EU' key_number=7", "id=2 name='b' key_number=8",
                    "id=3 name='c' key_region='A' key_number=9"}));
  EXPECT_EQ(run_one({R"({"id":1})", R"({"number":"x"})"}),
            reason(RowReason::NotANumber) + R"( key key_number at 10 of {"id":1})");
  EXPECT_EQ(run_one({R"({"id":1})", R"({"region":"EU"})"}),
            reason(RowReason::NullNotAllowed) + R"( key key_number at 0 of {"id":1})");
  EXPECT_EQ(run_one({R"({"id":1})", "7"}), reason(RowReason::NotAnObject) + R"( key at 0 of {"id":1})");
  EXPECT_EQ(run_one({R"({"id":1})", ""}), reason(RowReason::Truncated) + R"( key at 0 of {"id":1})");
  EXPECT_EQ(run_one({R"({"id":1})"}),  // no key
            reason(RowReason::NullNotAllowed) + R"( key key_number at 0 of {"id":1})");
  // The members of the key are none of the value.
  EXPECT_EQ(run_one({R"({"id":1,"region":"US","key_number":3})", R"({"number":7})"}), "id=1 key_number=7");
}

TEST_F(Messages, HaveRawKeys) {
  start(0, formats::KeyFormat::Raw);
  with_key = true;
  EXPECT_EQ(run_one({R"({"id":1})", std::string("\0\0\0\0\0\0\1\2", 8)}), "id=1 key_number=258");
  EXPECT_EQ(run_one({R"({"id":1})", std::string("\xff\xff\xff\xff\xff\xff\xff\xfe", 8)}),
            "id=1 key_number=-2");
  EXPECT_EQ(run_one({R"({"id":1})", "123"}),
            reason(RowReason::BadLength) + R"( key key_number at 0 of {"id":1})");
}

TEST_F(Messages, AreRaw) {
  raw = true;
  EXPECT_EQ(run({{"any \"text\n"}, {""}, {"\xc3\xa4 0123456789 \xf0\x9f\x98\x80"}, {"0123456789\xc3"}}),
            (Events{"name='any \"text\n'", "name=''", "name='\xc3\xa4 0123456789 \xf0\x9f\x98\x80'",
                    reason(RowReason::InvalidUtf8) + " name at 10 of 0123456789\xc3"}));
  EXPECT_EQ(run_one({std::nullopt}), "");  // a row, whose only column is NULL
  EXPECT_EQ(state().rows_read, 1u);
}

// Broken in every way that one byte can be: messages and lines give the same rows and reasons.
TEST_F(Messages, GiveWhatLinesGive) {
  std::mt19937_64 random(11);
  const std::string model = R"({"id":123456,"name":"some text"})";
  std::vector<std::string> texts;
  std::vector<Message> messages;
  for (int i = 0; i < 3000; ++i) {
    std::string text = model;
    for (uint64_t k = random() % 3; k != 0; --k) {
      char byte;
      do byte = static_cast<char>(random() % 2 == 0 ? random() : R"({}[],:"\0123456789 null)"[random() % 22]);
      while (byte == '\n' || byte == '\r');
      text[random() % text.size()] = byte;
    }
    texts.push_back(text);
    messages.push_back({text});
  }
  const Events of_messages = run(messages);
  const uint64_t fast = state().fast_rows;
  start(0);
  Events of_lines = run_lines(texts);
  ASSERT_EQ(of_lines.size(), of_messages.size());
  Events sorted = of_messages;
  std::ranges::sort(sorted);
  std::ranges::sort(of_lines);
  EXPECT_EQ(sorted, of_lines);
  EXPECT_EQ(fast, state().fast_rows);
  EXPECT_GT(fast, 500u);
}

}  // namespace
}  // namespace weir::kernel_tests
