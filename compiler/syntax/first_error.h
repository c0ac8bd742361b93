// Where a statement stops to parse, and what could have stood there. Only compiler/syntax includes this.
#pragma once

#include <antlr4-runtime.h>

#include <string>

#include "compiler/syntax/tokens.h"

namespace weir::syntax {

// Notes at each decision which tokens it waits for; stops at the first error.
class FirstError final : public antlr4::DefaultErrorStrategy {
 public:
  void sync(antlr4::Parser* parser) override {
    const size_t at = parser->getInputStream()->index();
    if (at != at_) {
      at_ = at;
      expected_.clear();
    }
    const antlr4::atn::ATN& atn = parser->getATN();
    expected_.addAll(atn.nextTokens(atn.states[parser->getState()]));
  }
  antlr4::Token* recoverInline(antlr4::Parser* parser) override { stop(parser); }
  void recover(antlr4::Parser* parser, std::exception_ptr) override { stop(parser); }
  void reportError(antlr4::Parser*, const antlr4::RecognitionException&) override {}

  size_t at() const { return at_; }
  bool expects(size_t type) const { return expected_.contains(type); }
  const antlr4::misc::IntervalSet& expected() const { return expected_; }

 private:
  [[noreturn]] void stop(antlr4::Parser* parser) {
    sync(parser);
    // What may follow once the rules at hand have ended.
    expected_.addAll(parser->getExpectedTokens());
    throw antlr4::ParseCancellationException();
  }

  size_t at_ = SIZE_MAX;
  antlr4::misc::IntervalSet expected_;
};

bool is_keyword(size_t type);
std::string keyword_text(size_t type);

// What is expected, for people: kinds of things first, then keywords and signs. After a name a parenthesis could always
// follow; it is not told.
std::string describe_expected(const FirstError& error, bool after_name);

}  // namespace weir::syntax
