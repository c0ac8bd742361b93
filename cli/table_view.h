// Rows of a bare SELECT as an aligned table on a terminal, while they come.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/job/manifest/manifest.h"

namespace weir::cli {

// The widths are those of the first rows; a wider value later widens its column from there on.
class TableView {
 public:
  using Write = std::function<void(std::string_view)>;
  TableView(const job::ManifestSink& sink, Write write);

  void add(std::string_view rows);  // whole NDJSON rows
  void finish();                    // writes what is held back, and the number of rows; once

 private:
  struct Column {
    std::string name;
    bool right = false;        // numbers
    int fraction_digits = -1;  // TIMESTAMP(p): shown with p digits
    size_t width = 0;
  };
  std::vector<std::string> cells_of(std::string_view row) const;
  void write_header();
  void write_row(const std::vector<std::string>& cells);
  void release();

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> held_;  // until the widths are known
  Write write_;
  uint64_t rows_ = 0;
  bool header_written_ = false;
  bool finished_ = false;
};

}  // namespace weir::cli
