// Where everything of a job lies in memory: decided once, for the code and for the manifest.
#pragma once

#include <vector>

#include "compiler/codegen/emit_accumulators.h"
#include "compiler/codegen/emit_encode.h"
#include "compiler/codegen/emit_row.h"
#include "compiler/codegen/pipeline.h"

namespace weir::codegen {

struct JobShapes {
  std::vector<RowShape> sources;     // by pipeline
  std::vector<GroupShape> groups;    // by aggregate
  std::vector<RowShape> prepared;    // by consumer
  std::vector<OutputShape> outputs;  // by consumer; of those that write to a sink
};
// What the records of a sink that writes to a log are made of.
FrameShape frame_shape(const SinkProgram& sink);
JobShapes make_job_shapes(const PipelineProgram& program);

}  // namespace weir::codegen
