#include "compiler/codegen/emit_constant_set.h"

#include <llvm/IR/GlobalVariable.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <set>

#include "compiler/diagnostics/check.h"
#include "runtime/abi/constant_set.h"

namespace weir::codegen {
namespace {

using typed::Operation;
using typed::Operator;

// Fewer are compared one by one.
constexpr size_t kTableFrom = 16;
// A comparison joins one of the last so many terms of constants, so that their number does not make the search long.
constexpr size_t kLookBack = 8;

struct Comparison {
  const typed::Expression* compared = nullptr;
  const types::Value* constant = nullptr;
};

const types::Value* usable_constant(const typed::Expression& expression) {
  const auto* literal = std::get_if<typed::Literal>(&expression.node);
  if (!literal || literal->value.is_null() || expression.type.kind == Kind::Boolean) return nullptr;
  const auto* number = std::get_if<double>(&literal->value.data);
  return number && std::isnan(*number) ? nullptr : &literal->value;  // NaN equals nothing
}

Comparison comparison_with_constant(const typed::Expression& expression, Operator wanted) {
  const auto* node = std::get_if<Operation>(&expression.node);
  if (!node || node->op != wanted || !expression.deterministic) return {};
  for (const size_t side : {0, 1}) {
    if (const types::Value* constant = usable_constant(*node->operands[1 - side]))
      return {node->operands[side].get(), constant};
  }
  return {};
}

// `(a OR b) OR c` is `a OR b OR c`.
std::vector<const typed::Expression*> operands_of(const Operation& node) {
  std::vector<const typed::Expression*> operands;
  std::vector<const typed::Expression*> open;  // the next one last
  const auto add = [&](const Operation& from) {
    for (auto at = from.operands.rbegin(); at != from.operands.rend(); ++at) open.push_back(at->get());
  };
  add(node);
  while (!open.empty()) {
    const typed::Expression* next = open.back();
    open.pop_back();
    const auto* nested = std::get_if<Operation>(&next->node);
    if (nested && nested->op == node.op) {
      add(*nested);
    } else {
      operands.push_back(next);
    }
  }
  return operands;
}

// ---- tables ------------------------------------------------------------------------------------------

uint64_t slots_for(size_t values) { return std::bit_ceil(uint64_t{values} * 2); }

llvm::GlobalVariable* constant_table(Emit& emit, llvm::Constant* data, const char* name) {
  auto* const table = new llvm::GlobalVariable(emit.module.module(), data->getType(), /*isConstant=*/true,
                                               llvm::GlobalValue::PrivateLinkage, data, name);
  table->setAlignment(llvm::Align(16));
  return table;
}

// As emit_is_one_of has the value that is looked up.
int64_t integer_of(const types::Value& value, Kind kind) {
  const auto* number = std::get_if<double>(&value.data);
  if (kind != Kind::Float && kind != Kind::Double)
    return static_cast<int64_t>(std::get<types::Int128>(value.data));
  double wide = number ? *number : static_cast<double>(std::get<types::Int128>(value.data));
  if (kind == Kind::Float) wide = static_cast<float>(wide);
  return std::bit_cast<int64_t>(wide == 0 ? 0.0 : wide);
}

llvm::Value* is_one_of_integers(Emit& emit, llvm::Value* value, const std::set<int64_t>& constants) {
  int64_t free = 0;
  while (constants.contains(free)) ++free;
  const uint64_t mask = slots_for(constants.size()) - 1;
  std::vector<uint64_t> slots(mask + 1, static_cast<uint64_t>(free));
  for (const int64_t constant : constants) {
    uint64_t at = abi::first_slot(constant, mask);
    while (slots[at] != static_cast<uint64_t>(free)) at = (at + 1) & mask;
    slots[at] = static_cast<uint64_t>(constant);
  }
  llvm::Constant* data = llvm::ConstantDataArray::get(emit.module.context(), slots);
  return emit.call("weir_in_integers", {{constant_table(emit, data, "integers")},
                                        {emit.i64(static_cast<int64_t>(mask))},
                                        {emit.i64(free)},
                                        {value}});
}

llvm::Value* is_one_of_strings(Emit& emit, llvm::Value* data, llvm::Value* size,
                               const std::set<std::string>& constants) {
  const uint64_t mask = slots_for(constants.size()) - 1;
  std::vector<abi::StringSlot> slots(mask + 1, {0, 0, abi::kFreeStringSlot});
  std::string bytes;
  for (const std::string& constant : constants) {
    const uint64_t hash = abi::constant_hash(constant.data(), constant.size());
    uint64_t at = hash & mask;
    while (slots[at].size != abi::kFreeStringSlot) at = (at + 1) & mask;
    slots[at] = {hash, static_cast<uint32_t>(bytes.size()), static_cast<uint32_t>(constant.size())};
    bytes += constant;
  }
  std::vector<uint64_t> words(2 * slots.size());
  std::memcpy(words.data(), slots.data(), words.size() * sizeof(uint64_t));
  llvm::Constant* table = llvm::ConstantDataArray::get(emit.module.context(), words);
  return emit.call("weir_in_strings", {{constant_table(emit, table, "strings")},
                                       {emit.i64(static_cast<int64_t>(mask))},
                                       {emit.text(bytes)},
                                       {data},
                                       {size}});
}

std::string bytes_of(types::Int128 number) {
  std::string bytes(sizeof number, '\0');
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

}  // namespace

std::vector<LogicTerm> combine_comparisons(const Operation& node) {
  const std::vector<const typed::Expression*> operands = operands_of(node);
  const Operator wanted = node.op == Operator::Or ? Operator::Equal : Operator::NotEqual;
  std::vector<LogicTerm> terms;
  std::vector<size_t> term_of;  // by operand
  size_t barrier = 0;           // no comparison moves before this term
  for (const typed::Expression* operand : operands) {
    const auto [compared, constant] = comparison_with_constant(*operand, wanted);
    size_t place = terms.size();
    if (compared) {
      // What may fail is not evaluated earlier than it stands, except beside itself.
      const size_t first = operand->can_fail && !terms.empty() ? terms.size() - 1 : barrier;
      size_t looked_at = 0;
      for (size_t i = terms.size(); i-- > first && looked_at < kLookBack;) {
        if (!terms[i].compared) continue;
        ++looked_at;
        if (!typed::equal(*terms[i].compared, *compared)) continue;
        place = i;
        break;
      }
    }
    if (place == terms.size()) {
      terms.push_back({operand, compared, {}});
      if (operand->can_fail) barrier = place;
    }
    if (constant) terms[place].constants.push_back(constant);
    term_of.push_back(place);
  }
  std::vector<LogicTerm> result;
  for (size_t i = 0; i < term_of.size(); ++i) {
    const LogicTerm& term = terms[term_of[i]];
    if (term.constants.size() < kTableFrom) {
      result.push_back({operands[i]});
    } else if (term.operand == operands[i]) {
      result.push_back(term);
    }
  }
  return result;
}

Value emit_is_one_of(ExpressionScope& scope, const LogicTerm& term) {
  Emit& emit = scope.emit;
  const Value value = emit_expression(scope, *term.compared);
  const Carrier carrier = types::carrier(term.compared->type);
  if (carrier == Carrier::String || carrier == Carrier::I128) {
    std::set<std::string> constants;
    for (const types::Value* constant : term.constants) {
      const auto* text = std::get_if<std::string>(&constant->data);
      constants.insert(text ? *text : bytes_of(std::get<types::Int128>(constant->data)));
    }
    llvm::Value* data = value.data;
    llvm::Value* size = value.size;
    if (carrier == Carrier::I128) {
      data = emit.slot(emit.b.getInt128Ty(), "looked_up");
      size = emit.i64(sizeof(types::Int128));
      emit.store(value.data, data);
    }
    return {is_one_of_strings(emit, data, size, constants), nullptr, value.null};
  }
  std::set<int64_t> constants;
  for (const types::Value* constant : term.constants) {
    constants.insert(integer_of(*constant, term.compared->type.kind));
  }
  llvm::Value* number = value.data;
  if (number->getType()->isFloatingPointTy()) {
    llvm::Value* wide = emit.b.CreateFPExt(number, emit.b.getDoubleTy());
    llvm::Value* zero = llvm::ConstantFP::get(emit.b.getDoubleTy(), 0.0);
    wide = emit.choose(emit.b.CreateFCmpOEQ(wide, zero), zero, wide);  // -0 is 0
    number = emit.b.CreateBitCast(wide, emit.b.getInt64Ty());
  } else {
    number = emit.b.CreateSExt(number, emit.b.getInt64Ty());
  }
  return {is_one_of_integers(emit, number, constants), nullptr, value.null};
}

}  // namespace weir::codegen
