#include "compiler/catalog/option_values.h"
#include "compiler/diagnostics/suggest.h"

namespace weir::catalog {
namespace {

using diagnostics::Diagnostics;
using diagnostics::Span;

WEIR_ERROR(UnknownSetting, "there is no setting `{}`", std::string_view);
WEIR_ERROR(SettingNotSupported, "setting `{}` is not supported", std::string_view);
WEIR_ERROR(SettingValue, "setting `{}` takes {}, not `{}`", std::string_view, std::string_view,
           std::string_view);
WEIR_ERROR(BatchMode, "`execution.runtime-mode` = `batch` is not built yet");
WEIR_ERROR(ZoneName, "time zone `{}` is not known: there is no zone database yet", std::string_view);
WEIR_ERROR(CommitInterval, "setting `{}` is zero", std::string_view);
WEIR_NOTE(SettingWithoutEffect, "setting `{}` has no effect: {}", std::string_view, std::string_view);

bool is_any_setting(const Option& option) { return option.scope == OptionScope::Setting; }

// The row of a setting; null, after an error, if there is none or Weir does not do it.
const Option* known_setting(const std::string& key, Span span, Diagnostics& diagnostics) {
  const Option* option = find_option(key, is_any_setting);
  if (option == nullptr) {
    auto emitted = diagnostics.emit(UnknownSetting{}, span, key);
    std::vector<std::string> keys;
    for (const Option& candidate : options()) {
      if (is_any_setting(candidate)) keys.emplace_back(candidate.key);
    }
    if (const auto near = diagnostics::nearest(key, keys)) {
      emitted.hint("did you mean `{}`?", *near);
    } else if (find_option(key, [](const Option& other) { return !is_any_setting(other); })) {
      emitted.hint("it is an option of a table: write it in WITH (…), or give --set <table>.{}=…", key);
    }
    return nullptr;
  }
  if (option->status != OptionStatus::Refused) return option;
  diagnostics.emit(SettingNotSupported{}, span, key).hint("{}", option->detail);
  return nullptr;
}

}  // namespace

void note_setting_without_effect(std::string_view key, std::string_view reason, Span span,
                                 Diagnostics& diagnostics) {
  diagnostics.emit(SettingWithoutEffect{}, span, key, reason);
}

std::optional<syntax::OptionPair> check_setting(const syntax::OptionPair& written, Diagnostics& diagnostics) {
  const Option* option = known_setting(written.key, written.key_span, diagnostics);
  if (option == nullptr) return std::nullopt;
  if (option->key == "execution.runtime-mode" && lower(written.value) == "batch") {
    diagnostics.emit(BatchMode{}, written.value_span)
        .hint(
            "leave it out: over files a run ends with the files, and windows are final when they are "
            "written");
    return std::nullopt;
  }
  syntax::OptionPair accepted = written;
  const std::string expected = value_mismatch(*option, accepted.value);
  if (!expected.empty()) {
    auto emitted = diagnostics.emit(SettingValue{}, written.value_span, written.key, expected, written.value);
    if (const auto near = diagnostics::nearest(written.value, alternatives(option->allowed))) {
      emitted.hint("did you mean `{}`?", *near);
    }
    return std::nullopt;
  }
  if (option->key == "commit.interval" && parse_duration_ms(accepted.value) == 0) {
    diagnostics.emit(CommitInterval{}, written.value_span, written.key)
        .note("each commit is a transaction of its own, and no records stand between two")
        .hint("write '100 ms' for early results");
    return std::nullopt;
  }
  if (option->key == "table.local-time-zone") {
    const auto offset = parse_zone_offset_ms(accepted.value);
    if (!offset) {
      diagnostics.emit(ZoneName{}, written.value_span, written.value)
          .hint("use `UTC` or a fixed offset such as `+08:00`");
      return std::nullopt;
    }
  }
  if (option->status == OptionStatus::Accepted) {
    note_setting_without_effect(written.key, option->detail, written.key_span, diagnostics);
  }
  if (option->status == OptionStatus::Mapped) {
    accepted.key = option->detail;
    return check_setting(accepted, diagnostics);
  }
  return accepted;
}

std::optional<std::string> stored_setting(const syntax::Name& key, Diagnostics& diagnostics) {
  const Option* option = known_setting(key.text, key.span, diagnostics);
  if (option == nullptr) return std::nullopt;
  return std::string(option->status == OptionStatus::Mapped ? option->detail : key.text);
}

}  // namespace weir::catalog
