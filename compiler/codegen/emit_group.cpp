#include "compiler/codegen/emit_group.h"

#include "compiler/codegen/emit_key.h"
#include "compiler/codegen/emit_parts.h"

namespace weir::codegen {
namespace {

// ---- what is asked of a prepared row and of entries

// The time of a row, or the bounds of the window that it carries; ms.
void add_time_holes(HoleTable& holes, const AggregateProgram& aggregate, const GroupShape& shape) {
  if (aggregate.time_column) {
    holes["hole_event_time"] = [&](Emit& emit) {
      const Value time = load_column(emit, emit.argument(1), shape.prepared, *aggregate.time_column);
      emit.b.CreateRet(floor_to_milliseconds(emit, time.data));
    };
  }
  const int64_t zone = aggregate.window ? aggregate.window->zone_offset_ms : 0;
  const auto bound = [&](uint32_t column) {
    return [&shape, column, zone](Emit& emit) {
      const Value value = load_column(emit, emit.argument(0), shape.prepared, column);
      emit.b.CreateRet(emit.b.CreateSub(floor_to_milliseconds(emit, value.data), emit.i64(zone)));
    };
  };
  if (aggregate.start_column) holes["hole_attached_start"] = bound(*aggregate.start_column);
  if (aggregate.end_column) holes["hole_attached_end"] = bound(*aggregate.end_column);
}

void add_key_holes(HoleTable& holes, const GroupShape& shape) {
  holes["hole_key_hash"] = [&](Emit& emit) {
    emit.b.CreateRet(emit_key_hash(emit, emit.argument(0), shape.prepared, shape.keys));
  };
  holes["hole_key_equal"] = [&](Emit& emit) {
    emit.b.CreateRet(emit_key_equal(emit, emit.argument(0), shape.prepared, emit.argument(1),
                                    emit.argument(2), shape.keys));
  };
  holes["hole_key_compare"] = [&](Emit& emit) {
    emit_key_compare(emit, emit.argument(0), emit.argument(1), emit.argument(2), shape.keys);
  };
  holes["hole_entry_equal"] = [&](Emit& emit) {
    emit.b.CreateRet(emit_entry_keys_equal(emit, emit.argument(0), emit.argument(1), emit.argument(2),
                                           emit.argument(3), shape.keys));
  };
}

// (into, into_memory, from, from_memory)
EntryArguments entry_arguments(Emit& emit) {
  return {emit.argument(0), emit.argument(1), emit.argument(2), emit.argument(3)};
}

// ---- the row that a group becomes

std::vector<Value> finished_values(Emit& emit, const GroupCode& group,
                                   std::span<const plan::AggregateOutput> outputs) {
  const AggregateProgram& aggregate = group.aggregate;
  const GroupShape& shape = group.shape;
  llvm::Value* context = emit.argument(0);
  llvm::Value* entry = emit.argument(1);
  llvm::Value* memory = emit.argument(2);
  ExpressionScope scope = scope_of_row(emit, group.settings, context, entry, shape.keys);
  const WindowSpec window =
      aggregate.window.value_or(WindowSpec{.kind = typed::WindowKind::Tumble, .time_type = {}});
  std::vector<Value> values;
  for (const plan::AggregateOutput& output : outputs) {
    using What = plan::AggregateOutput::What;
    switch (output.what) {
      case What::Key: values.push_back(load_key(emit, entry, memory, shape.keys, output.index)); break;
      case What::WindowStart:
        values.push_back(emit.not_null(window_bound(emit, window, emit.argument(3))));
        break;
      case What::WindowEnd:
        values.push_back(emit.not_null(window_bound(emit, window, emit.argument(4))));
        break;
      case What::WindowTime: values.push_back(emit.not_null(window_time(emit, emit.argument(4)))); break;
      case What::Aggregate:
        values.push_back(emit_finish(scope, shape, aggregate, output.index, entry, memory));
        break;
    }
    Value& value = values.back();
    if (group.keeps_strings && value.size)
      value.data = emit.call("weir_copy_string", {{context}, {value.data}, {value.size}});
  }
  return values;
}

// hole_finish(context, entry, memory, window_start, window_end, result)
void emit_finish_row(Emit& emit, const GroupCode& group) {
  emit_in_parts(emit, group.aggregate.outputs.size(), [&](Emit& in, uint32_t first, uint32_t last) {
    const auto outputs = std::span(group.aggregate.outputs).subspan(first, last - first);
    store_columns(in, in.argument(5), group.result, first, finished_values(in, group, outputs));
  });
  emit.b.CreateRetVoid();
}

}  // namespace

void add_group_holes(HoleTable& holes, const GroupCode& group) {
  const AggregateProgram& aggregate = group.aggregate;
  const GroupShape& shape = group.shape;
  if (aggregate.window && !holes.contains("hole_window_kind")) add_window_holes(holes, *aggregate.window);
  holes["hole_entry_bytes"] = constant(shape.entry_bytes);
  holes["hole_append_only"] = constant(aggregate.distinct_only);
  holes["hole_keeps_changes"] = constant(aggregate.keeps_changes);
  add_time_holes(holes, aggregate, shape);
  add_key_holes(holes, shape);
  holes["hole_entry_create"] = [&](Emit& emit) {  // (context, prepared, entry, memory)
    if (!shape.keys.types.empty()) {
      store_keys(emit, emit.argument(2), emit.argument(3), shape.keys, [&](Emit& in, uint32_t column) {
        return load_column(in, in.argument(1), shape.prepared, column);
      });
    }
    emit_init(emit, shape, emit.argument(2));
    emit.b.CreateRetVoid();
  };
  holes["hole_update"] = [&](Emit& emit) {
    emit_update(emit, shape, emit.argument(0), emit.argument(1), emit.argument(2), emit.argument(3));
    emit.b.CreateRetVoid();
  };
  holes["hole_entry_copy"] = [&](Emit& emit) {  // (into, into_memory, from, from_memory)
    if (!shape.keys.types.empty()) {
      store_keys(emit, emit.argument(0), emit.argument(1), shape.keys, [&](Emit& in, uint32_t column) {
        return load_key(in, in.argument(2), in.argument(3), shape.keys, column);
      });
    }
    emit_copy(emit, shape, entry_arguments(emit));
    emit.b.CreateRetVoid();
  };
  holes["hole_merge"] = [&](Emit& emit) {
    emit_merge(emit, shape, entry_arguments(emit));
    emit.b.CreateRetVoid();
  };
  holes["hole_retract"] = [&](Emit& emit) {
    if (is_invertible(aggregate)) emit_retract(emit, shape, entry_arguments(emit));
    emit.b.CreateRetVoid();
  };
  holes["hole_result_bytes"] = constant(group.result.layout.row_bytes);
  holes["hole_finish"] = [group](Emit& emit) { emit_finish_row(emit, group); };
  holes["hole_result_equal"] = [&result = group.result](Emit& emit) {
    emit.b.CreateRet(rows_equal(emit, emit.argument(0), emit.argument(1), result));
  };
}

}  // namespace weir::codegen
