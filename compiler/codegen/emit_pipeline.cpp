#include "compiler/codegen/emit_pipeline.h"

#include <algorithm>
#include <cstddef>

#include "compiler/codegen/emit_decode_json.h"
#include "compiler/codegen/emit_key.h"
#include "compiler/codegen/emit_message.h"
#include "compiler/codegen/emit_parts.h"
#include "compiler/diagnostics/check.h"
#include "compiler/match.h"
#include "compiler/plan/describe.h"
#include "runtime/abi/abi.h"
#include "runtime/time/windows.h"

namespace weir::codegen {
namespace {

// ---- constants -----------------------------------------------------------------------------------------

std::function<void(Emit&)> constant(int64_t value) {
  return [value](Emit& emit) {
    emit.b.CreateRet(
        llvm::ConstantInt::get(emit.function->getReturnType(), static_cast<uint64_t>(value), true));
  };
}

static_assert(static_cast<uint32_t>(typed::WindowKind::Session) ==
                  static_cast<uint32_t>(time::WindowKind::Session) &&
              static_cast<uint32_t>(typed::WindowKind::Hop) == static_cast<uint32_t>(time::WindowKind::Hop));

void add_window_holes(HoleTable& holes, const WindowSpec& window) {
  holes["hole_window_kind"] = constant(static_cast<int64_t>(window.kind));
  holes["hole_window_size"] = constant(window.size_ms);
  holes["hole_window_slide"] = constant(window.slide_ms);
  holes["hole_window_offset"] = constant(window.offset_ms);
  holes["hole_pane_size"] = constant(plan::pane_ms(window));
}

// ---- one job -------------------------------------------------------------------------------------------

class PipelineEmitter {
 public:
  PipelineEmitter(JobModule& module, const PipelineProgram& program, const JobShapes& shapes,
                  const ExpressionSettings& settings, const EmitOptions& options,
                  const KernelBitcode& kernels)
      : module_(module),
        program_(program),
        shapes_(shapes),
        settings_(settings),
        options_(options),
        kernels_(kernels) {}

  EntryFunctions run(Half half) {
    for (const Pipeline& pipeline : program_.pipelines) declare_consume(pipeline);
    if (half != Half::Rest) {
      for (const Pipeline& pipeline : program_.pipelines) emit_scan(pipeline);
    }
    if (half != Half::Scans) {
      for (const Pipeline& pipeline : program_.pipelines) emit_fire(pipeline);
      for (const Pipeline& pipeline : program_.pipelines) emit_consume(pipeline);
      for (const AggregateProgram& aggregate : program_.aggregates) emit_saving(aggregate);
    }
    return std::move(entries_);
  }

 private:
  static bool gives_changes(const PipelineProgram& program, const Pipeline& pipeline) {
    const auto* source = std::get_if<ChangesSource>(&pipeline.source);
    return source && !program.aggregates[source->operator_id].distinct_only;
  }

  KernelCopy copy_kernel(std::string_view name, std::string_view suffix) {
    const std::span<const char> bitcode = kernels_(name);
    WEIR_CHECK(!bitcode.empty(), "there is no kernel " + std::string(name));
    return module_.add_kernel(bitcode, suffix);
  }
  static llvm::Function* function(const KernelCopy& copy, std::string_view name) {
    const auto found = copy.functions.find(name);
    WEIR_CHECK(found != copy.functions.end(), "a kernel lacks its function " + std::string(name));
    return found->second;
  }
  void add_entry(const std::string& role, uint32_t id, llvm::Function* function) {
    entries_.emplace_back(role + "_" + std::to_string(id), function);
  }

  // ---- consume_<pipeline>(Context*, const Block*): the kernel of each consumer that has a state, in turn

  std::string consume_role(const Pipeline& pipeline) const {
    return gives_changes(program_, pipeline) ? "consume_changes" : "consume";
  }

  void declare_consume(const Pipeline& pipeline) {
    llvm::LLVMContext& context = module_.context();
    llvm::Type* pointer = llvm::PointerType::getUnqual(context);
    auto* type = llvm::FunctionType::get(llvm::Type::getVoidTy(context), {pointer, pointer}, false);
    auto* declared =
        llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage,
                               consume_role(pipeline) + "_" + std::to_string(pipeline.id), module_.module());
    declared->addFnAttr(llvm::Attribute::NoUnwind);
    consume_.push_back(declared);
  }

  // A hole that hands its block on.
  std::function<void(Emit&)> hand_on(const Pipeline& pipeline) {
    return [consume = consume_[pipeline.id]](Emit& emit) {
      // Once per block: inlining it would only make the functions of the loops larger.
      emit.b.CreateCall(consume, {emit.argument(0), emit.argument(1)})->setIsNoInline();
      emit.b.CreateRetVoid();
    };
  }

  void emit_consume(const Pipeline& pipeline) {
    std::vector<std::pair<uint32_t, llvm::Function*>> kernels;
    for (const Consumer& consumer : pipeline.consumers) {
      kernels.emplace_back(consumer.id, emit_consumer(pipeline, consumer));
    }
    add_entry(consume_role(pipeline), pipeline.id, consume_[pipeline.id]);
    Emit emit(module_, consume_[pipeline.id]);
    llvm::Value* states =
        emit.load(emit.b.getPtrTy(), emit.at(emit.argument(0), offsetof(abi::Context, consumers)));
    // After a crash, input is read again for the consumers whose state is rebuilt from it; the others have no state then.
    for (const auto& [id, kernel] : kernels) {
      llvm::Value* state = emit.load(emit.b.getPtrTy(), emit.at(states, uint64_t{id} * sizeof(void*)));
      emit.when(emit.b.CreateIsNotNull(state), [&] {
        llvm::CallInst* call = emit.b.CreateCall(kernel, {state, emit.argument(0), emit.argument(1)});
        if (kernels.size() > 1) call->setIsNoInline();
      });
    }
    emit.b.CreateRetVoid();
  }

  // ---- consumers

  llvm::Function* emit_consumer(const Pipeline& pipeline, const Consumer& consumer) {
    const std::string_view name = kernel_of(pipeline, consumer);
    const KernelCopy copy = copy_kernel(name, ".c" + std::to_string(consumer.id));
    HoleTable holes;
    add_prepare_holes(holes, pipeline, consumer);
    match(
        consumer.target,
        [&](const AggregateInput& input) {
          add_group_holes(holes, program_.aggregates[input.operator_id], name == "group_aggregate");
        },
        [&](const SinkInput&) { add_output_holes(holes, consumer); });
    add_unused_window_holes(holes);
    fill_holes(module_, copy, holes);
    return function(copy, name);
  }

  // Kernels name them in branches that are never taken where there is no window.
  static void add_unused_window_holes(HoleTable& holes) {
    if (!holes.contains("hole_window_kind")) {
      add_window_holes(holes,
                       {.kind = typed::WindowKind::Tumble, .size_ms = 1, .slide_ms = 1, .time_type = {}});
    }
    holes.try_emplace("hole_source_time", constant(0));
    holes.try_emplace("hole_passes_outside", constant(true));
  }

  std::string_view kernel_of(const Pipeline& pipeline, const Consumer& consumer) const {
    if (std::holds_alternative<SinkInput>(consumer.target)) {
      return gives_changes(program_, pipeline) ? "write_changes" : "write_rows";
    }
    switch (program_.aggregates[std::get<AggregateInput>(consumer.target).operator_id].windowing) {
      case plan::Windowing::None: return "group_aggregate";
      case plan::Windowing::Attached: return "attached_aggregate";
      case plan::Windowing::Sliced: return "pane_aggregate";
      case plan::Windowing::Session: return "session_aggregate";
    }
    WEIR_CHECK(false, "a windowing out of range");
  }

  void add_prepare_holes(HoleTable& holes, const Pipeline& pipeline, const Consumer& consumer) {
    const RowShape& source = shapes_.sources[pipeline.id];
    const RowShape& prepared = shapes_.prepared[consumer.id];
    holes["hole_row_bytes"] = constant(source.layout.row_bytes);
    holes["hole_prepared_bytes"] = constant(prepared.layout.row_bytes);
    holes["hole_prepare"] = [&](Emit& emit) {
      emit_prepare(emit, settings_, consumer.prepare, source, prepared);
    };
    holes["hole_prepared_equal"] = [&](Emit& emit) {
      emit.b.CreateRet(rows_equal(emit, emit.argument(0), emit.argument(1), prepared));
    };
    const PrepareFanOut* fan_out = find_fan_out(consumer.prepare);
    holes["hole_fan_out"] = constant(fan_out != nullptr);
    if (!fan_out) return;
    add_window_holes(holes, fan_out->spec);
    holes["hole_source_time"] = [&, fan_out](Emit& emit) {
      emit_source_time(emit, settings_, *fan_out, source);
    };
    holes["hole_passes_outside"] = [&](Emit& emit) {
      emit_passes_outside(emit, settings_, consumer.prepare, source);
    };
  }

  void add_output_holes(HoleTable& holes, const Consumer& consumer) {
    const OutputShape& output = shapes_.outputs[consumer.id];
    holes["hole_encode_bound"] = [&](Emit& emit) { emit_encode_bound(emit, output, emit.argument(0)); };
    holes["hole_keeps_update_before"] = constant(!output.frame.upsert);
    holes["hole_encode"] = [&](Emit& emit) {
      emit_encode(emit, output, emit.argument(0), emit.argument(1), emit.argument(2));
    };
  }

  // ---- groups

  // `keeps_strings`: finished rows outlive the group's memory, so their strings are copied.
  void add_group_holes(HoleTable& holes, const AggregateProgram& aggregate, bool keeps_strings) {
    const GroupShape& shape = shapes_.groups[aggregate.id];
    if (aggregate.window && !holes.contains("hole_window_kind")) add_window_holes(holes, *aggregate.window);
    holes["hole_entry_bytes"] = constant(shape.entry_bytes);
    holes["hole_append_only"] = constant(aggregate.distinct_only);
    holes["hole_keeps_changes"] = constant(aggregate.keeps_changes);
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
      emit_init(emit, shape, emit.argument(0));
      emit_merge(emit, shape, entry_arguments(emit));
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
    add_result_holes(holes, aggregate, keeps_strings);
  }

  void add_result_holes(HoleTable& holes, const AggregateProgram& aggregate, bool keeps_strings) {
    const Pipeline& output = output_of(aggregate);
    const RowShape& result = shapes_.sources[output.id];
    holes["hole_result_bytes"] = constant(result.layout.row_bytes);
    holes["hole_finish"] = [&, keeps_strings](Emit& emit) {
      emit_finish_row(emit, aggregate, result, keeps_strings);
    };
    holes["hole_result_equal"] = [&](Emit& emit) {
      emit.b.CreateRet(rows_equal(emit, emit.argument(0), emit.argument(1), result));
    };
    holes["hole_consume"] = hand_on(output);
    holes["hole_consume_changes"] = hand_on(output);
  }

  static EntryArguments entry_arguments(Emit& emit) {
    return {emit.argument(0), emit.argument(1), emit.argument(2), emit.argument(3)};
  }

  // hole_finish(context, entry, memory, window_start, window_end, result)
  void emit_finish_row(Emit& emit, const AggregateProgram& aggregate, const RowShape& result,
                       bool keeps_strings) {
    emit_in_parts(emit, aggregate.outputs.size(), [&](Emit& in, uint32_t first, uint32_t last) {
      const auto outputs = std::span(aggregate.outputs).subspan(first, last - first);
      store_columns(in, in.argument(5), result, first,
                    finished_values(in, aggregate, outputs, keeps_strings));
    });
    emit.b.CreateRetVoid();
  }

  std::vector<Value> finished_values(Emit& emit, const AggregateProgram& aggregate,
                                     std::span<const plan::AggregateOutput> outputs, bool keeps_strings) {
    const GroupShape& shape = shapes_.groups[aggregate.id];
    llvm::Value* context = emit.argument(0);
    llvm::Value* entry = emit.argument(1);
    llvm::Value* memory = emit.argument(2);
    ExpressionScope scope = scope_of_row(emit, settings_, context, entry, shape.keys);
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
      if (keeps_strings && value.size)
        value.data = emit.call("weir_copy_string", {{context}, {value.data}, {value.size}});
    }
    return values;
  }

  const Pipeline& output_of(const AggregateProgram& aggregate) const {
    for (const Pipeline& pipeline : program_.pipelines) {
      const auto* fired = std::get_if<FiredSource>(&pipeline.source);
      const auto* changes = std::get_if<ChangesSource>(&pipeline.source);
      if ((fired && fired->operator_id == aggregate.id) ||
          (changes && changes->operator_id == aggregate.id)) {
        return pipeline;
      }
    }
    WEIR_CHECK(false, "an aggregate feeds no pipeline");
  }

  // ---- sources

  // Rejected rows: the runtime calls consume_<pipeline>; changes: group_aggregate does.

  void emit_scan(const Pipeline& pipeline) {
    const auto* source = std::get_if<ScanSource>(&pipeline.source);
    if (!source) return;
    const plan::Scan& scan = *program_.scans[source->scan].scan;
    const bool messages = catalog::has_messages(*scan.table);
    const std::string_view name = messages ? "scan_messages" : "scan_lines";
    const KernelCopy copy = copy_kernel(name, ".s" + std::to_string(pipeline.id));
    const RowShape& row = shapes_.sources[pipeline.id];
    HoleTable holes;
    holes["hole_row_bytes"] = constant(row.layout.row_bytes);
    holes["hole_decode_columns"] = [&](Emit& emit) {
      if (options_.strict_decoder_only) {
        emit.b.CreateRet(llvm::ConstantPointerNull::get(emit.b.getPtrTy()));
      } else {
        emit_decode_columns(emit, copy, scan, row);
      }
    };
    holes["hole_nulls_allowed"] = [&](Emit& emit) { emit_nulls_allowed(emit, scan, row); };
    if (messages) {
      holes["hole_value_raw"] = constant(value_format(*scan.table) == MessageFormat::Raw);
      holes["hole_message_columns"] = [&](Emit& emit) { emit_message_columns(emit, copy, scan, row); };
    }
    holes["hole_complete_row"] = [&](Emit& emit) { emit_complete_row(emit, scan, row); };
    holes["hole_consume"] = hand_on(pipeline);
    fill_holes(module_, copy, holes);
    add_entry("scan", pipeline.id, function(copy, name));
  }

  // hole_complete_row(context, row, watermark): 0 fine, 1 event time is NULL, 2 it or the watermark cannot be computed
  void emit_complete_row(Emit& emit, const plan::Scan& scan, const RowShape& row_shape) {
    llvm::Value* row = emit.argument(1);
    ExpressionScope scope = scope_of_row(emit, settings_, emit.argument(0), row, row_shape);
    scope.on_failure = OnFailure::Flag;
    scope.failed = emit.slot(emit.b.getInt1Ty(), "failed");
    emit.store(emit.i1(false), scope.failed);
    const auto reject_failed = [&](const typed::Expression& expression) {
      if (expression.can_fail) emit.return_when(emit.load(emit.b.getInt1Ty(), scope.failed), emit.i32(2));
    };
    if (scan.computed_event_time) {
      const Value time = emit_expression(scope, *scan.computed_event_time);
      reject_failed(*scan.computed_event_time);
      emit.return_when(time.null, emit.i32(1));
      store_column(emit, row, row_shape, *scan.event_time_column, time);
    } else if (scan.event_time_column) {
      emit.return_when(load_null(emit, row, row_shape, *scan.event_time_column), emit.i32(1));
    }
    llvm::Value* watermark = emit.i64(abi::kNoWatermark);
    if (scan.watermark) {
      const Value value = emit_expression(scope, *scan.watermark);
      reject_failed(*scan.watermark);
      watermark = emit.choose(value.null, watermark, floor_to_milliseconds(emit, value.data));
    }
    emit.store(watermark, emit.argument(2), 8);
    emit.b.CreateRet(emit.i32(0));
  }

  void emit_fire(const Pipeline& pipeline) {
    const auto* source = std::get_if<FiredSource>(&pipeline.source);
    if (!source) return;
    const AggregateProgram& aggregate = program_.aggregates[source->operator_id];
    const std::string id = std::to_string(aggregate.id);
    const bool session = aggregate.windowing == plan::Windowing::Session;
    const std::string_view name = session ? "fire_sessions" : "fire_panes";
    HoleTable holes;
    add_group_holes(holes, aggregate, false);
    const KernelCopy fire = copy_kernel(name, ".f" + id);
    fill_holes(module_, fire, holes);
    add_entry(session ? "fire_sessions" : "fire", aggregate.id, function(fire, name));
    if (session) return;

    const KernelCopy merge = copy_kernel("merge_panes", ".m" + id);
    fill_holes(module_, merge, holes);
    add_entry("merge", aggregate.id, function(merge, "merge_panes"));
    // Only sliding windows take panes out of a running result.
    const bool slides =
        aggregate.window && aggregate.window->kind == typed::WindowKind::Hop && aggregate.incremental;
    if (slides && is_invertible(aggregate)) {
      add_entry("retract", aggregate.id, function(merge, "retract_panes"));
    }
  }

  // Where a changelog keeps the state: its way into bytes and back.
  void emit_saving(const AggregateProgram& aggregate) {
    if (!aggregate.keeps_changes) return;
    const bool session = aggregate.windowing == plan::Windowing::Session;
    HoleTable holes;
    add_group_holes(holes, aggregate, false);
    const KernelCopy copy =
        copy_kernel(session ? "save_sessions" : "save_groups", ".l" + std::to_string(aggregate.id));
    fill_holes(module_, copy, holes);
    if (session) {
      for (const char* role : {"save_sessions", "load_sessions", "chain_sessions"})
        add_entry(role, aggregate.id, function(copy, role));
    } else {
      for (const char* role : {"save_groups", "load_groups"})
        add_entry(role, aggregate.id, function(copy, role));
    }
  }

  JobModule& module_;
  const PipelineProgram& program_;
  const JobShapes& shapes_;
  const ExpressionSettings& settings_;
  const EmitOptions& options_;
  const KernelBitcode& kernels_;
  std::vector<llvm::Function*> consume_;  // by pipeline
  EntryFunctions entries_;
};

}  // namespace

void fill_holes(JobModule& module, const KernelCopy& kernel, const HoleTable& holes) {
  // Bigger holes, called once per group or row that is written: whether they are inlined is left to the optimiser.
  static constexpr std::string_view large[] = {"hole_encode",       "hole_finish", "hole_entry_copy",
                                               "hole_entry_create", "hole_merge",  "hole_retract",
                                               "hole_key_compare"};
  for (const auto& [name, function] : kernel.holes) {
    const auto found = holes.find(name);
    WEIR_CHECK(found != holes.end(), "a kernel calls a hole that is not filled here: " + name);
    Emit emit(module, function);
    found->second(emit);
    function->setLinkage(llvm::GlobalValue::InternalLinkage);
    function->addFnAttr(llvm::Attribute::NoUnwind);
    if (std::ranges::find(large, name) == std::end(large)) function->addFnAttr(llvm::Attribute::AlwaysInline);
  }
}

EntryFunctions emit_pipelines(JobModule& module, Half half, const PipelineProgram& program,
                              const JobShapes& shapes, const ExpressionSettings& settings,
                              const EmitOptions& options, const KernelBitcode& kernels) {
  return PipelineEmitter(module, program, shapes, settings, options, kernels).run(half);
}

}  // namespace weir::codegen
