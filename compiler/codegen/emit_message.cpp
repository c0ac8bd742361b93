// For a table with key.fields, and the metadata columns `offset` and `timestamp` at 3 and 4:
//
//   if (!message_key(scan, message, row, error, …)) return false;
//   if (!message_offset(scan, message, row, error, 24, 3, true)) return false;
//   if (!message_timestamp(scan, message, row, error, 32, 4, false)) return false;
//   return true;
//
// The functions are C++ (runtime/kernels/scan_messages.cpp).
#include "compiler/codegen/emit_message.h"

#include <algorithm>

#include "compiler/diagnostics/check.h"

namespace weir::codegen {
namespace {

MessageFormat format_of(const std::string& name) {
  return name == "raw" ? MessageFormat::Raw : MessageFormat::Json;
}

void call_column(Emit& emit, const KernelCopy& kernel, const std::string& name, uint32_t offset,
                 uint32_t column, bool not_null) {
  const auto found = kernel.functions.find(name);
  WEIR_CHECK(found != kernel.functions.end(), "scan_messages lacks " + name);
  llvm::Value* const fine = emit.b.CreateCall(
      found->second, {emit.argument(0), emit.argument(1), emit.argument(2), emit.argument(3),
                      emit.i32(offset), emit.i32(column), emit.i1(not_null)});
  emit.return_when(emit.negate(fine), emit.i1(false));
}

}  // namespace

MessageFormat value_format(const catalog::Table& table) {
  return format_of(table.options.get("value.format", table.options.get("format")));
}

MessageFormat key_format(const catalog::Table& table) { return format_of(table.options.get("key.format")); }

void emit_message_columns(Emit& emit, const KernelCopy& kernel, const plan::Scan& scan, const RowShape& row) {
  if (std::ranges::find(scan.origins, plan::Origin::Key) != scan.origins.end()) {
    call_column(emit, kernel, "message_key", abi::kNoOffset, 0, false);
  }
  for (uint32_t i = 0; i < scan.origins.size(); ++i) {
    const uint32_t offset = row.layout.offsets[i];
    const bool not_null = !row.types[i].nullable;
    if (scan.origins[i] == plan::Origin::Value && value_format(*scan.table) == MessageFormat::Raw) {
      call_column(emit, kernel, "message_raw", offset, i, not_null);
    }
    // What nobody reads is never wrong, unless it must not be NULL.
    if (scan.origins[i] != plan::Origin::Metadata || (offset == abi::kNoOffset && !not_null)) continue;
    std::string name = "message_" + scan.table->columns[scan.table_columns[i]].metadata_key;
    std::ranges::replace(name, '-', '_');
    call_column(emit, kernel, name, offset, i, not_null);
  }
  emit.b.CreateRet(emit.i1(true));
}

}  // namespace weir::codegen
