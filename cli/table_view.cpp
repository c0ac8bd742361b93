#include "cli/table_view.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir::cli {
namespace {

// So many rows decide the widths.
constexpr size_t kHeldRows = 200;
constexpr size_t kWidestCell = 60;

// Characters, and two for the wide ones of East Asia.
size_t width_of(std::string_view text) {
  size_t width = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0) == 0x80) continue;
    const bool wide = (byte >= 0xE3 && byte <= 0xED) || (byte == 0xF0 && i + 1 < text.size() &&
                                                         static_cast<unsigned char>(text[i + 1]) >= 0x9F);
    width += wide ? 2 : 1;
  }
  return width;
}

std::string shortened(std::string text) {
  if (width_of(text) <= kWidestCell) return text;
  size_t end = 0, width = 0;
  while (end < text.size() && width < kWidestCell - 1) {
    size_t next = end + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0) == 0x80) ++next;
    width += width_of(std::string_view(text).substr(end, next - end));
    end = next;
  }
  return text.substr(0, end) + "…";
}

// The string at text[i] == '"' as it is shown: escapes resolved, control characters kept as escapes.
std::string take_string(std::string_view text, size_t& i) {
  std::string out;
  for (++i; i < text.size() && text[i] != '"'; ++i) {
    if (text[i] != '\\' || i + 1 >= text.size()) {
      out += text[i];
      continue;
    }
    ++i;
    if (text[i] == '"' || text[i] == '\\' || text[i] == '/')
      out += text[i];
    else
      out += std::string("\\") + text[i];
  }
  ++i;
  return out;
}

}  // namespace

TableView::TableView(const job::ManifestSink& sink, Write write) : write_(std::move(write)) {
  if (sink.changes) columns_.push_back({"op", false, -1, 2});
  for (const job::ManifestColumn& column : sink.columns) {
    const std::string& type = column.sql_type;
    const bool number = type.starts_with("DECIMAL") || type.ends_with("INT") || type.starts_with("INT") ||
                        type == "FLOAT" || type == "DOUBLE" || type.starts_with("BIGINT");
    const bool is_timestamp = type.starts_with("TIMESTAMP");
    columns_.push_back({column.name, number && !type.starts_with("INTERVAL"),
                        is_timestamp ? static_cast<int>(column.precision) : -1, width_of(column.name)});
  }
}

// The values of a flat JSON object, in order.
std::vector<std::string> TableView::cells_of(std::string_view row) const {
  std::vector<std::string> cells;
  size_t i = row.find('{');
  if (i == std::string_view::npos) return cells;
  ++i;
  while (i < row.size() && row[i] != '}') {
    if (row[i] == ',' || row[i] == ' ') {
      ++i;
      continue;
    }
    take_string(row, i);  // the name
    while (i < row.size() && (row[i] == ':' || row[i] == ' ')) ++i;
    std::string value;
    if (i < row.size() && row[i] == '"') {
      value = take_string(row, i);
    } else {
      const size_t begin = i;
      while (i < row.size() && row[i] != ',' && row[i] != '}') ++i;
      value = row.substr(begin, i - begin);
      if (value == "null") value = "NULL";
    }
    const size_t column = cells.size();
    if (column < columns_.size() && columns_[column].fraction_digits > 0 && value != "NULL") {
      const bool utc = value.ends_with('Z');
      if (utc) value.pop_back();
      const size_t point = value.find('.');
      const size_t digits = point == std::string::npos ? 0 : value.size() - point - 1;
      if (point == std::string::npos) value += '.';
      value.append(
          columns_[column].fraction_digits - std::min<size_t>(digits, columns_[column].fraction_digits), '0');
      if (utc) value += 'Z';
    }
    cells.push_back(shortened(std::move(value)));
  }
  cells.resize(columns_.size());
  return cells;
}

void TableView::write_header() {
  std::string names, rule;
  for (size_t i = 0; i < columns_.size(); ++i) {
    const Column& column = columns_[i];
    if (i > 0) {
      names += " │ ";
      rule += "─┼─";
    }
    const std::string padding(column.width - width_of(column.name), ' ');
    names += column.right ? padding + column.name : column.name + padding;
    for (size_t k = 0; k < column.width; ++k) rule += "─";
  }
  while (names.ends_with(' ')) names.pop_back();
  write_(names + "\n" + rule + "\n");
  header_written_ = true;
}

void TableView::write_row(const std::vector<std::string>& cells) {
  std::string line;
  for (size_t i = 0; i < columns_.size(); ++i) {
    Column& column = columns_[i];
    const size_t width = width_of(cells[i]);
    column.width = std::max(column.width, width);
    if (i > 0) line += " │ ";
    const std::string padding(column.width - width, ' ');
    line += column.right ? padding + cells[i] : cells[i] + padding;
  }
  while (line.ends_with(' ')) line.pop_back();
  write_(line + "\n");
}

void TableView::release() {
  for (const std::vector<std::string>& cells : held_)
    for (size_t i = 0; i < columns_.size(); ++i)
      columns_[i].width = std::max(columns_[i].width, width_of(cells[i]));
  if (!header_written_) write_header();
  for (const std::vector<std::string>& cells : held_) write_row(cells);
  held_.clear();
}

void TableView::add(std::string_view rows) {
  while (!rows.empty()) {
    const size_t end = rows.find('\n');
    const std::string_view row = rows.substr(0, end);
    rows.remove_prefix(end == std::string_view::npos ? rows.size() : end + 1);
    if (row.empty()) continue;
    ++rows_;
    held_.push_back(cells_of(row));
    if (held_.size() >= kHeldRows) release();
  }
  // Rows come in batches of the sink: what has come is shown.
  release();
}

void TableView::finish() {
  if (std::exchange(finished_, true)) return;
  release();
  write_(fmt::format("({} row{})\n", rows_, rows_ == 1 ? "" : "s"));
}

}  // namespace weir::cli
