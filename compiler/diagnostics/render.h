// Diagnostics as text for people and as JSON for editors.
#pragma once

#include <string>

#include "compiler/diagnostics/diagnostic.h"

namespace weir::diagnostics {

struct RenderOptions {
  bool colour = false;
};

// error: column `amout` does not exist in `orders` [unknown-column]
//   --> sales.stream:7:12
//    |
//  7 | SELECT SUM(amout)
//    |            ^^^^^ optional label text
//    = note: …
//    = hint: did you mean `amount`?
std::string render(const Diagnostic& diagnostic, const Source& source, const RenderOptions& options = {});
std::string render_all(const Diagnostics& diagnostics, const Source& source,
                       const RenderOptions& options = {});
// An array of {severity, code, message, line, column, end_line, end_column, labels, notes, hints}.
std::string render_json(const Diagnostics& diagnostics, const Source& source);

}  // namespace weir::diagnostics
