// The source text as ANTLR's lexer reads it: byte by byte, so that its positions are byte offsets.
#pragma once

#include <antlr4-runtime.h>

#include <string>
#include <string_view>

namespace weir::syntax {

class ByteStream final : public antlr4::CharStream {
 public:
  explicit ByteStream(std::string_view text) : text_(text) {}

  void consume() override { ++index_; }
  size_t LA(ssize_t i) override {
    const size_t at = index_ + static_cast<size_t>(i > 0 ? i - 1 : i);
    return at < text_.size() ? static_cast<unsigned char>(text_[at]) : EOF;
  }
  ssize_t mark() override { return -1; }
  void release(ssize_t) override {}
  size_t index() override { return index_; }
  void seek(size_t index) override { index_ = std::min(index, text_.size()); }
  size_t size() override { return text_.size(); }
  std::string getSourceName() const override { return {}; }
  std::string getText(const antlr4::misc::Interval& interval) override {
    const size_t begin = static_cast<size_t>(interval.a), end = static_cast<size_t>(interval.b) + 1;
    if (begin >= text_.size() || end <= begin) return {};
    return std::string(text_.substr(begin, end - begin));
  }
  std::string toString() const override { return std::string(text_); }

 private:
  std::string_view text_;
  size_t index_ = 0;
};

}  // namespace weir::syntax
