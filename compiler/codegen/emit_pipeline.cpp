#include "compiler/codegen/emit_pipeline.h"

#include <cstddef>

#include "compiler/codegen/emit_group.h"
#include "compiler/codegen/emit_scan.h"
#include "compiler/diagnostics/check.h"
#include "compiler/match.h"
#include "runtime/abi/abi.h"

namespace weir::codegen {
namespace {

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

  // `keeps_strings`: finished rows outlive the group's memory, so their strings are copied.
  void add_group_holes(HoleTable& holes, const AggregateProgram& aggregate, bool keeps_strings) {
    const Pipeline& output = output_of(aggregate);
    codegen::add_group_holes(holes, {settings_, aggregate, shapes_.groups[aggregate.id],
                                     shapes_.sources[output.id], keeps_strings});
    holes["hole_consume"] = hand_on(output);
    holes["hole_consume_changes"] = hand_on(output);
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
    HoleTable holes;
    add_scan_holes(holes, settings_, copy, scan, shapes_.sources[pipeline.id], options_.strict_decoder_only);
    holes["hole_consume"] = hand_on(pipeline);
    fill_holes(module_, copy, holes);
    add_entry("scan", pipeline.id, function(copy, name));
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
      for (const char* role : {"save_sessions", "load_sessions", "link_sessions"})
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

EntryFunctions emit_pipelines(JobModule& module, Half half, const PipelineProgram& program,
                              const JobShapes& shapes, const ExpressionSettings& settings,
                              const EmitOptions& options, const KernelBitcode& kernels) {
  return PipelineEmitter(module, program, shapes, settings, options, kernels).run(half);
}

}  // namespace weir::codegen
