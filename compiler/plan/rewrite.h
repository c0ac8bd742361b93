// What passes share: changing every expression of a node, and dropping nodes that nothing uses any more.
#pragma once

#include <functional>

#include "compiler/plan/plan.h"

namespace weir::plan {

using ExpressionRewrite = std::function<ExpressionPtr(const ExpressionPtr&)>;

// Applies the rewrite to each expression of the node (those that are null stay so).
void rewrite_expressions(Node& node, const ExpressionRewrite& rewrite);
// Calls f for each expression of the node.
void visit_expressions(const Node& node, const std::function<void(const ExpressionPtr&)>& f);

// Nodes that a sink reaches, inputs before their users, numbered anew. Passes append nodes freely and end with this.
void compact(Plan& plan);

}  // namespace weir::plan
