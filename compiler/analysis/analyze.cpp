#include "compiler/analysis/analyze.h"

#include <algorithm>
#include <set>

#include "compiler/analysis/context.h"
#include "compiler/analysis/ddl.h"
#include "compiler/analysis/insert.h"
#include "compiler/analysis/listing.h"
#include "compiler/analysis/sink_rules.h"
#include "compiler/analysis/stream_rules.h"
#include "compiler/diagnostics/no_place.h"
#include "compiler/diagnostics/suggest.h"
#include "compiler/match.h"

namespace weir::analysis {
namespace {

WEIR_ERROR(CreateFunctionNotBuilt, "CREATE FUNCTION is not built yet");
WEIR_ERROR(UnknownOverride, "`--set {}`: there is neither such a setting nor such a table", std::string_view);

// Settings that may change between two INSERTs without parting them: they say nothing about values.
bool concerns_whole_job(std::string_view key) {
  return key == "parallelism.default" || key == "pipeline.name";
}

class Analyzer {
 public:
  Analyzer(const std::shared_ptr<const diagnostics::Source>& source, const Overrides& overrides,
           catalog::Catalog& catalog, Diagnostics& diagnostics)
      : source_(source),
        overrides_(overrides),
        shared_{catalog, catalog::FunctionCatalog::instance(), {}, {}, {}, std::vector<typed::WindowSpec>(1)},
        diagnostics_(diagnostics) {}

  typed::Program analyze(syntax::Script script) {
    apply_overrides();
    for (auto& statement : script.statements) analyze_statement(statement);
    flush();
    check_overrides();
    return std::move(program_);
  }

 private:
  Context context() { return {shared_, diagnostics_, source_.get(), std::nullopt}; }
  catalog::Settings& settings() { return shared_.catalog.settings; }

  // What the command line says holds whatever SET says.
  void apply_overrides() {
    for (const auto& [key, value] : overrides_) {
      if (!catalog::is_setting(key)) continue;
      if (const auto accepted = catalog::check_setting(
              {key, value, diagnostics::kNoPlace, diagnostics::kNoPlace}, diagnostics_)) {
        settings().set(accepted->key, accepted->value, diagnostics::kNoPlace);
      }
    }
  }

  bool is_overridden(std::string_view key) const {
    return std::any_of(overrides_.begin(), overrides_.end(),
                       [&](const auto& pair) { return pair.first == key; });
  }

  // A table's name may hold dots, and so may an option's.
  bool names_table(const std::string& key) const {
    for (size_t dot = key.find('.'); dot != std::string::npos; dot = key.find('.', dot + 1)) {
      const std::string table = key.substr(0, dot);
      if (shared_.catalog.table(table) != nullptr || shared_.failed.contains(table)) return true;
    }
    return false;
  }

  void check_overrides() {
    for (const auto& [key, value] : overrides_) {
      if (catalog::is_setting(key)) continue;
      if (names_table(key)) continue;
      const std::string table = key.substr(0, key.find('.'));
      auto emitted = diagnostics_.emit(UnknownOverride{}, diagnostics::kNoPlace, key);
      std::vector<std::string> names = shared_.catalog.table_names();
      for (const auto& option : catalog::options()) {
        if (option.scope == catalog::OptionScope::Setting) names.emplace_back(option.key);
      }
      if (const auto near = diagnostics::nearest(key, names))
        emitted.hint("did you mean `{}`?", *near);
      else if (const auto near_table = diagnostics::nearest(table, names))
        emitted.hint("did you mean `{}.…`?", *near_table);
    }
  }

  void set(const syntax::SetOption& statement) {
    if (!statement.option) {
      flush();
      program_.steps.emplace_back(typed::Listing{settings_listing(settings())});
      return;
    }
    const auto accepted = catalog::check_setting(*statement.option, diagnostics_);
    if (!accepted || is_overridden(accepted->key)) return;
    if (!concerns_whole_job(accepted->key)) flush();
    settings().set(accepted->key, accepted->value, statement.option->key_span);
    shared_.views.clear();  // types and windows may depend on settings
  }

  void reset(const syntax::ResetOption& statement) {
    flush();
    if (statement.key) {
      const auto key = catalog::stored_setting(*statement.key, diagnostics_);
      if (!key) return;
      settings().erase(*key);
    } else {
      settings() = {};
    }
    apply_overrides();
    shared_.views.clear();
  }

  void add_insert(const syntax::Insert& statement, Span span) {
    auto insert = analyze_insert(context(), statement, span);
    if (!insert) return;
    pending_.inserts.push_back(std::move(*insert));
    pending_.settings = settings();
    pending_.name = settings().get("pipeline.name");
  }

  void add_select(const syntax::Query& query, Span span) {
    flush();
    auto insert = analyze_select_statement(context(), query, span);
    if (!insert) return;
    pending_.inserts.push_back(std::move(*insert));
    pending_.settings = settings();
    pending_.name = settings().get("pipeline.name");
    flush();
  }

  void flush() {
    if (pending_.inserts.empty()) return;
    note_settings();
    warn_of_unseen_deletes(context(), pending_.inserts);
    program_.steps.emplace_back(std::exchange(pending_, {}));
  }

  // Settings of logs do nothing in a job that has none.
  void note_settings() {
    bool reads_log = false, writes_log = false;
    for (const auto& insert : pending_.inserts) {
      reads_log |= find_table(*insert.query, catalog::has_messages) != nullptr;
      writes_log |= insert.sink.table != nullptr && catalog::has_messages(*insert.sink.table);
    }
    const auto note = [&](std::string_view key, std::string_view reason) {
      if (!pending_.settings.find(key) || !noted_.insert(std::string{key}).second) return;
      catalog::note_setting_without_effect(key, reason, pending_.settings.span(key), diagnostics_);
    };
    if (!writes_log) {
      note("commit.interval", "no sink of this job commits");
      note("transaction.timeout", "no sink of this job commits");
      note("changelog.snapshot-size", "no sink of this job commits");
      note("changelog.slice-size", "no sink of this job commits");
    }
    if (!reads_log) note("table.exec.source.idle-timeout", "a file is never idle: it has an end");
  }

  void explain(syntax::Explain& statement) {
    flush();
    const size_t steps = program_.steps.size();
    for (auto& inner : statement.statement) {
      analyze_statement(inner);
    }
    flush();
    for (size_t i = steps; i < program_.steps.size(); ++i) {
      if (auto* job = std::get_if<typed::Job>(&program_.steps[i])) job->explain = true;
    }
  }

  void list(std::optional<std::string> text) {
    if (!text) return;
    flush();
    program_.steps.emplace_back(typed::Listing{std::move(*text)});
  }

  void analyze_statement(syntax::Statement& statement) {
    const Span span = statement.span;
    match(
        statement.node,
        [&](const syntax::CreateTable& node) { create_table(context(), node, overrides_, span); },
        [&](syntax::CreateView& node) { create_view(context(), node, source_, span); },
        [&](const syntax::CreateFunction& node) {
          diagnostics_.emit(CreateFunctionNotBuilt{}, node.name.span);
        },
        [&](const syntax::Drop& node) {
          flush();
          drop(context(), node);
        },
        [&](const syntax::Insert& node) { add_insert(node, span); },
        [&](const syntax::SelectStatement& node) { add_select(*node.query, span); },
        [&](const syntax::SetOption& node) { set(node); },
        [&](const syntax::ResetOption& node) { reset(node); },
        [&](syntax::StatementSet& node) {
          flush();
          for (auto& insert : node.inserts) analyze_statement(insert);
          flush();
        },
        [&](syntax::Explain& node) { explain(node); },
        [&](const syntax::Show& node) { list(show(context(), node, span)); },
        [&](const syntax::Describe& node) { list(describe(context(), node)); });
  }

  const std::shared_ptr<const diagnostics::Source>& source_;
  const Overrides& overrides_;
  Shared shared_;
  Diagnostics& diagnostics_;
  typed::Program program_;
  std::set<std::string> noted_;  // settings that have been said to do nothing
  typed::Job pending_;           // INSERTs since the last statement that parts jobs
};

}  // namespace

typed::Program analyze(syntax::Script script, const std::shared_ptr<const diagnostics::Source>& source,
                       const Overrides& overrides, catalog::Catalog& catalog, Diagnostics& diagnostics) {
  return Analyzer{source, overrides, catalog, diagnostics}.analyze(std::move(script));
}

}  // namespace weir::analysis
