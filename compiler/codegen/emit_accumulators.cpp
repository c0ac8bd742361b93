#include "compiler/codegen/emit_accumulators.h"

#include <algorithm>

#include "compiler/codegen/emit_key.h"
#include "compiler/codegen/emit_parts.h"
#include "compiler/diagnostics/check.h"

namespace weir::codegen {
namespace {

using PatternForm = catalog::TypePattern::Form;

uint32_t column_of(const typed::ExpressionPtr& expression) {
  const auto* column = std::get_if<typed::ColumnIndex>(&expression->node);
  WEIR_CHECK(column != nullptr, "an aggregate's argument is no column of the prepared row");
  return column->index;
}

// The least of distinct values is the least of all.
bool needs_set(const AggregateCall& call) {
  return call.distinct && call.function->name != "MIN" && call.function->name != "MAX" &&
         !call.arguments.empty();
}

std::string state_symbol(const catalog::Aggregate& function) {
  return function.state_symbol.empty() ? function.symbol : function.state_symbol;
}

llvm::Function* part(Emit& emit, const Accumulator& accumulator, const char* name) {
  return emit.module.stdlib_function(state_symbol(*accumulator.function) + name);
}

// ---- sets of DISTINCT (stdlib/value_set.h): integers, bits of doubles, 128-bit integers, bytes ------------

std::string set_function(const char* name, const Type& type) {
  switch (types::carrier(type)) {
    case Carrier::String: return std::string(name) + "_bytes";
    case Carrier::I128: return std::string(name) + "_i128";
    default: return std::string(name) + "_i64";
  }
}

Emit::Argument to_set(Emit& emit, const Type& type, const Value& value) {
  if (value.size) return {value.data, value.size};
  if (types::is_approximate(type)) {
    const Value wide = emit.not_null(emit.b.CreateFPExt(value.data, emit.b.getDoubleTy()));
    return {emit.b.CreateBitCast(canonical_number(emit, types::simple(Kind::Double), wide).data,
                                 emit.b.getInt64Ty())};
  }
  if (value.data->getType()->isIntegerTy(1)) return {emit.b.CreateZExt(value.data, emit.b.getInt64Ty())};
  return {types::carrier(type) == Carrier::I128 ? value.data
                                                : emit.b.CreateSExt(value.data, emit.b.getInt64Ty())};
}

Value from_set(Emit& emit, const Type& type, llvm::Value* returned) {
  if (types::is_approximate(type)) {
    llvm::Value* wide = emit.b.CreateBitCast(returned, emit.b.getDoubleTy());
    return emit.not_null(emit.b.CreateFPTrunc(wide, emit.register_type(type)));
  }
  const Value value = emit.result(returned, type);
  return value.size ? value : emit.not_null(emit.b.CreateTrunc(value.data, emit.register_type(type)));
}

llvm::Value* insert_into_set(Emit& emit, const Type& type, llvm::Value* memory, llvm::Value* set,
                             const Value& value) {
  const Emit::Argument arguments[] = {{memory}, {set}, to_set(emit, type, value)};
  return emit.call(emit.module.stdlib_function(set_function("weir_set_insert", type)), arguments);
}

// Calls f for each value of a set.
void for_each_value(Emit& emit, const Type& type, llvm::Value* memory, llvm::Value* set,
                    const std::function<void(const Value&)>& f) {
  llvm::Value* set_offset = emit.load(emit.b.getInt64Ty(), set, 8);
  llvm::Value* count = emit.call("weir_set_count", {{memory}, {set_offset}});
  llvm::BasicBlock* before = emit.b.GetInsertBlock();
  llvm::BasicBlock* next = emit.block("next_value");
  llvm::BasicBlock* body = emit.block("value");
  llvm::BasicBlock* behind = emit.block("values_end");
  emit.b.CreateBr(next);
  emit.b.SetInsertPoint(next);
  llvm::PHINode* position = emit.b.CreatePHI(emit.b.getInt64Ty(), 2);
  position->addIncoming(emit.i64(0), before);
  emit.b.CreateCondBr(emit.b.CreateICmpULT(position, count), body, behind);
  emit.b.SetInsertPoint(body);
  llvm::Function* read = emit.module.stdlib_function(set_function("weir_set_value", type));
  const Emit::Argument arguments[] = {{memory}, {set_offset}, {position}};
  f(from_set(emit, type, emit.call(read, arguments)));
  position->addIncoming(emit.b.CreateAdd(position, emit.i64(1)), emit.b.GetInsertBlock());
  emit.b.CreateBr(next);
  emit.b.SetInsertPoint(behind);
}

// ---- one accumulator ---------------------------------------------------------------------------------

void call_update(Emit& emit, const GroupShape& shape, const Accumulator& accumulator, llvm::Value* context,
                 llvm::Value* state, llvm::Value* memory, std::span<const Value> values) {
  std::vector<Emit::Argument> arguments = {{context}, {state}, {memory}};
  for (size_t i = 0; i < values.size(); ++i) {
    const PatternForm form = accumulator.function->parameters[i].form;
    if (form == PatternForm::Any) continue;
    Emit::Argument argument{values[i].data, values[i].size};
    if (shape.prepared.types[accumulator.arguments[i]].kind == Kind::Decimal) {
      llvm::Type* carrier = form == PatternForm::AnyDecimal64 ? emit.b.getInt64Ty() : emit.b.getInt128Ty();
      argument.data = emit.b.CreateSExtOrTrunc(argument.data, carrier);
    }
    arguments.push_back(argument);
  }
  emit.call(part(emit, accumulator, "_update"), arguments);
}

enum class Inline : uint8_t { Wanted, Never };

void init(Emit& emit, const Accumulator& accumulator, llvm::Value* entry, Inline inlining) {
  if (accumulator.distinct) emit.store(emit.i64(0), emit.at(entry, accumulator.set_offset), 8);
  const Emit::Argument state{emit.at(entry, accumulator.offset)};
  llvm::CallInst* const made = emit.call(part(emit, accumulator, "_init"), std::span(&state, 1));
  if (inlining == Inline::Never) made->setIsNoInline();
}

void update(Emit& emit, const GroupShape& shape, const Accumulator& accumulator, llvm::Value* context,
            llvm::Value* prepared, llvm::Value* entry, llvm::Value* memory) {
  llvm::Value* taken = emit.i1(true);
  if (accumulator.filter)
    taken = emit.is_true(load_column(emit, prepared, shape.prepared, *accumulator.filter));
  std::vector<Value> values;
  for (size_t i = 0; i < accumulator.arguments.size(); ++i) {
    const uint32_t column = accumulator.arguments[i];
    const bool unused = accumulator.function->parameters[i].form == PatternForm::Any && !accumulator.distinct;
    values.push_back(unused ? Value{nullptr, nullptr, load_null(emit, prepared, shape.prepared, column)}
                            : load_column(emit, prepared, shape.prepared, column));
    taken = emit.both(taken, emit.negate(values.back().null));
  }
  llvm::Value* state = emit.at(entry, accumulator.offset);
  emit.when(taken, [&] {
    if (!accumulator.distinct) {
      call_update(emit, shape, accumulator, context, state, memory, values);
      return;
    }
    const Type& type = shape.prepared.types[accumulator.arguments[0]];
    llvm::Value* is_new =
        insert_into_set(emit, type, memory, emit.at(entry, accumulator.set_offset), values[0]);
    emit.when(is_new, [&] { call_update(emit, shape, accumulator, context, state, memory, values); });
  });
}

void merge(Emit& emit, const GroupShape& shape, const Accumulator& accumulator, const EntryArguments& e,
           Inline inlining) {
  llvm::Value* into = emit.at(e.into, accumulator.offset);
  if (!accumulator.distinct) {
    const Emit::Argument arguments[] = {
        {into}, {e.into_memory}, {emit.at(e.from, accumulator.offset)}, {e.from_memory}};
    llvm::CallInst* const made = emit.call(part(emit, accumulator, "_merge"), arguments);
    if (inlining == Inline::Never) made->setIsNoInline();
    return;
  }
  const Type& type = shape.prepared.types[accumulator.arguments[0]];
  for_each_value(emit, type, e.from_memory, emit.at(e.from, accumulator.set_offset), [&](const Value& value) {
    llvm::Value* set = emit.at(e.into, accumulator.set_offset);
    llvm::Value* is_new = insert_into_set(emit, type, e.into_memory, set, value);
    llvm::Value* no_context = llvm::ConstantPointerNull::get(emit.b.getPtrTy());
    emit.when(is_new, [&] {
      call_update(emit, shape, accumulator, no_context, into, e.into_memory, std::span(&value, 1));
    });
  });
}

// ---- all of them -------------------------------------------------------------------------------------

void for_each_accumulator(Emit& emit, const GroupShape& shape,
                          const std::function<void(Emit&, const Accumulator&)>& f) {
  emit_in_parts(emit, shape.accumulators.size(), [&](Emit& in, uint32_t first, uint32_t last) {
    for (uint32_t i = first; i < last; ++i) f(in, shape.accumulators[i]);
  });
}

EntryArguments entries_in(Emit& part, const EntryArguments& entries) {
  return {parameter_in(part, entries.into), parameter_in(part, entries.into_memory),
          parameter_in(part, entries.from), parameter_in(part, entries.from_memory)};
}

}  // namespace

GroupShape make_group_shape(const AggregateProgram& aggregate) {
  GroupShape shape;
  shape.prepared = make_row_shape(aggregate.prepared);
  shape.keys = make_row_shape({aggregate.prepared.begin(), aggregate.prepared.begin() + aggregate.key_count});
  uint32_t at = aggregate.key_count == 0 ? 0 : shape.keys.layout.row_bytes;
  const auto place = [&](uint32_t bytes, uint32_t align) {
    at = (at + align - 1) / align * align;
    const uint32_t offset = at;
    at += bytes;
    return offset;
  };
  for (const AggregateCall& call : aggregate.aggregates) {
    Accumulator wanted{call.function, {}, std::nullopt, needs_set(call)};
    for (const auto& argument : call.arguments) wanted.arguments.push_back(column_of(argument));
    if (call.filter) wanted.filter = column_of(call.filter);
    const auto same = std::ranges::find_if(shape.accumulators, [&](const Accumulator& other) {
      return state_symbol(*other.function) == state_symbol(*wanted.function) &&
             other.arguments == wanted.arguments && other.filter == wanted.filter &&
             other.distinct == wanted.distinct;
    });
    shape.of_aggregate.push_back(static_cast<uint32_t>(same - shape.accumulators.begin()));
    if (same != shape.accumulators.end()) continue;
    if (wanted.distinct) wanted.set_offset = place(8, 8);
    wanted.offset = place(call.function->state_bytes, std::max(call.function->state_align, 8u));
    shape.accumulators.push_back(std::move(wanted));
  }
  shape.entry_bytes = std::max(16u, (at + 15) / 16 * 16);
  return shape;
}

bool is_invertible(const AggregateProgram& aggregate) {
  return std::ranges::all_of(aggregate.aggregates, [](const AggregateCall& call) {
    return call.function->invertible && !needs_set(call);
  });
}

void emit_init(Emit& emit, const GroupShape& shape, llvm::Value* entry) {
  for_each_accumulator(emit, shape, [&](Emit& in, const Accumulator& accumulator) {
    init(in, accumulator, parameter_in(in, entry), Inline::Wanted);
  });
}

void emit_update(Emit& emit, const GroupShape& shape, llvm::Value* context, llvm::Value* prepared,
                 llvm::Value* entry, llvm::Value* memory) {
  for_each_accumulator(emit, shape, [&](Emit& in, const Accumulator& accumulator) {
    update(in, shape, accumulator, parameter_in(in, context), parameter_in(in, prepared),
           parameter_in(in, entry), parameter_in(in, memory));
  });
}

void emit_merge(Emit& emit, const GroupShape& shape, const EntryArguments& entries) {
  for_each_accumulator(emit, shape, [&](Emit& in, const Accumulator& accumulator) {
    merge(in, shape, accumulator, entries_in(in, entries), Inline::Wanted);
  });
}

void emit_copy(Emit& emit, const GroupShape& shape, const EntryArguments& entries) {
  const Inline inlining = shape.accumulators.size() > kColumnsPerPart ? Inline::Never : Inline::Wanted;
  for_each_accumulator(emit, shape, [&](Emit& in, const Accumulator& accumulator) {
    const EntryArguments e = entries_in(in, entries);
    init(in, accumulator, e.into, inlining);
    merge(in, shape, accumulator, e, inlining);
  });
}

void emit_retract(Emit& emit, const GroupShape& shape, const EntryArguments& entries) {
  for_each_accumulator(emit, shape, [&](Emit& in, const Accumulator& accumulator) {
    const EntryArguments e = entries_in(in, entries);
    const Emit::Argument arguments[] = {{in.at(e.into, accumulator.offset)},
                                        {e.into_memory},
                                        {in.at(e.from, accumulator.offset)},
                                        {e.from_memory}};
    in.call(part(in, accumulator, "_retract"), arguments);
  });
}

Value emit_finish(ExpressionScope& scope, const GroupShape& shape, const AggregateProgram& aggregate,
                  uint32_t call, llvm::Value* entry, llvm::Value* memory) {
  Emit& emit = scope.emit;
  const AggregateCall& of = aggregate.aggregates[call];
  const Accumulator& accumulator = shape.accumulators[shape.of_aggregate[call]];
  const catalog::Aggregate& function = *of.function;
  std::vector<Emit::Argument> arguments = {{scope.context}, {emit.at(entry, accumulator.offset)}, {memory}};
  if (function.takes_types) {
    arguments.push_back({emit.i32(of.arguments[0]->type.precision)});
    arguments.push_back({emit.i32(of.arguments[0]->type.scale)});
  }
  const bool narrow = function.result.form == PatternForm::SameAs &&
                      function.parameters[function.result.argument].form == PatternForm::AnyDecimal64;
  return call_with_status(scope, emit.module.stdlib_function(function.symbol + "_finish"),
                          std::move(arguments), emit.i1(false), of.type, of.span, {.narrow_decimal = narrow});
}

}  // namespace weir::codegen
