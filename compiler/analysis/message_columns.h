// What a table over a log says of its messages: METADATA columns, the columns of the key, what its formats can hold.
#pragma once

#include <string_view>

#include "compiler/analysis/context.h"
#include "compiler/syntax/ast.h"

namespace weir::analysis {

// Key and type of a METADATA column. False after an error.
bool declare_metadata(const Context& context, std::string_view connector,
                      const syntax::MetadataColumn& written, catalog::TableColumn& column);

// Whether metadata of this key can be written.
bool is_writable_metadata(std::string_view key);

// The columns of the key, once the table is declared. `primary_key` is where that stands, if it does. False after an error.
bool declare_message(const Context& context, catalog::Table& table, std::optional<Span> primary_key,
                     Span table_name);

}  // namespace weir::analysis
