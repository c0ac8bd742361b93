// The tokens of one statement as ANTLR's parser reads them.
#pragma once

#include <antlr4-runtime.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "compiler/syntax/byte_stream.h"
#include "compiler/syntax/tokens.h"

namespace weir::syntax {

class TokenCursor final : public antlr4::TokenStream {
 public:
  TokenCursor(std::span<const Token> statement, ByteStream& text) {
    tokens_.reserve(statement.size() + 1);
    for (const Token& token : statement) add(token.type, token.span, text);
    const uint32_t end = statement.empty() ? 0 : statement.back().span.end;
    add(antlr4::Token::EOF, {end, end}, text);
  }

  antlr4::Token* LT(ssize_t k) override {
    const size_t at = index_ + static_cast<size_t>(k > 0 ? k - 1 : k);
    return tokens_[std::min(at, tokens_.size() - 1)].get();
  }
  size_t LA(ssize_t i) override { return LT(i)->getType(); }
  antlr4::Token* get(size_t index) const override { return tokens_[index].get(); }
  void consume() override {
    if (index_ + 1 < tokens_.size()) ++index_;
  }
  ssize_t mark() override { return -1; }
  void release(ssize_t) override {}
  size_t index() override { return index_; }
  void seek(size_t index) override { index_ = std::min(index, tokens_.size() - 1); }
  size_t size() override { return tokens_.size(); }
  std::string getSourceName() const override { return {}; }
  // The parser's own needs end here; texts come from the source by span.
  antlr4::TokenSource* getTokenSource() const override { return nullptr; }
  std::string getText(const antlr4::misc::Interval&) override { return {}; }
  std::string getText() override { return {}; }
  std::string getText(antlr4::RuleContext*) override { return {}; }
  std::string getText(antlr4::Token*, antlr4::Token*) override { return {}; }

 private:
  void add(size_t type, diagnostics::Span span, ByteStream& text) {
    auto token = std::make_unique<antlr4::CommonToken>(
        std::pair<antlr4::TokenSource*, antlr4::CharStream*>(nullptr, &text), type,
        antlr4::Token::DEFAULT_CHANNEL, span.begin, span.end - 1);
    token->setTokenIndex(tokens_.size());
    tokens_.push_back(std::move(token));
  }

  std::vector<std::unique_ptr<antlr4::CommonToken>> tokens_;
  size_t index_ = 0;
};

}  // namespace weir::syntax
