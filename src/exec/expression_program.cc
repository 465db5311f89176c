#include "exec/expression_program.h"

#include <algorithm>

#include "types/cast.h"

namespace weir::exec {

using functions::NullRule;
using types::Column;
using types::Selection;

namespace {

// A total kernel over all rows is faster than over a selection that holds this share of them.
constexpr uint32_t kDenseShare = 3;

std::string literal_key(const types::Value& value) {
  return std::visit(
      []<typename T>(const T& held) -> std::string {
        if constexpr (std::is_same_v<T, std::monostate>) {
          return "null";
        } else if constexpr (std::is_same_v<T, std::string>) {
          return "s" + held;
        } else if constexpr (std::is_same_v<T, bool>) {
          return held ? "true" : "false";
        } else {
          std::string key(1, 'x');
          key.append(reinterpret_cast<const char*>(&held), sizeof(held));
          return key;
        }
      },
      value);
}

// Where all of `columns` have a value; null: everywhere. Constants have one.
BufferRef common_validity(std::span<const types::ColumnRef> columns, uint32_t rows) {
  BufferRef common;
  std::shared_ptr<Buffer> own;
  for (const auto& column : columns) {
    if (column->is_constant() || !column->may_have_nulls()) continue;
    if (!common) {
      common = column->parts().validity;
      continue;
    }
    if (!own) {
      own = Buffer::allocate(types::bitmap_bytes(rows));
      std::memcpy(own->mutable_data(), common->data(), own->size());
      common = own;
    }
    auto* bits = own->mutable_as<uint8_t>();
    const uint8_t* other = column->validity();
    for (size_t i = 0; i < own->size(); ++i) bits[i] = static_cast<uint8_t>(bits[i] & other[i]);
  }
  return common;
}

types::ColumnRef with_validity(const types::ColumnRef& column, const BufferRef& validity) {
  if (!validity) return column;
  if (column->is_constant()) {
    if (column->is_null(0)) return column;
    // A kernel may answer with a constant; it becomes flat where rows differ in being NULL.
    const std::vector<uint32_t> rows(column->length(), 0);
    Column::Parts one = column->parts();
    one.constant = false;
    one.length = 1;
    return with_validity(types::gather_rows(*Column::make(std::move(one)), rows), validity);
  }
  Column::Parts parts = column->parts();
  if (!parts.validity) {
    parts.validity = validity;
  } else {
    auto both = Buffer::copy_of(parts.validity->bytes());
    auto* bits = both->mutable_as<uint8_t>();
    const auto* other = validity->as<uint8_t>();
    for (size_t i = 0; i < both->size(); ++i) bits[i] = static_cast<uint8_t>(bits[i] & other[i]);
    parts.validity = std::move(both);
  }
  return Column::make(std::move(parts));
}

}  // namespace

Evaluator::Program::NodeId Evaluator::Program::intern(Node node, std::string key) {
  if (node.deterministic) {
    const auto found = index_.find(key);
    if (found != index_.end()) return found->second;
    index_.emplace(std::move(key), static_cast<NodeId>(nodes_.size()));
  }
  nodes_.push_back(std::move(node));
  return static_cast<NodeId>(nodes_.size() - 1);
}

Evaluator::Program::NodeId Evaluator::Program::add(const sql::Expression& expression) {
  Node node;
  node.kind = expression.kind;
  node.type = expression.type;
  std::string key =
      fmt::format("{}|{}|", static_cast<int>(expression.kind), expression.type.to_string());
  node.total = true;
  node.literal_only = true;
  for (const auto& argument : expression.arguments) {
    const NodeId id = add(*argument);
    node.arguments.push_back(id);
    node.deterministic = node.deterministic && nodes_[id].deterministic;
    node.total = node.total && nodes_[id].total;
    node.literal_only = node.literal_only && nodes_[id].literal_only;
    key += fmt::format("{},", id);
  }
  switch (expression.kind) {
    case Kind::kInput:
      node.input = expression.input;
      node.literal_only = false;
      key += fmt::format("i{}", expression.input);
      break;
    case Kind::kLiteral:
      node.literal = types::make_constant(expression.type, expression.literal, 1);
      key += literal_key(expression.literal);
      break;
    case Kind::kCall:
      node.function = expression.function;
      node.resolution = expression.resolution;
      node.state = expression.state;
      node.deterministic = node.deterministic && expression.function->deterministic;
      node.total = node.total && expression.function->null_rule == NullRule::kTotal;
      node.literal_only = node.literal_only && node.deterministic && !node.arguments.empty();
      key += fmt::format("f{}.{}.{}", expression.function->name,
                         reinterpret_cast<uintptr_t>(expression.resolution.kernel),
                         node.literal_only ? 0 : reinterpret_cast<uintptr_t>(node.state.get()));
      break;
    case Kind::kCast:
      node.total =
          node.total && types::cast_is_total(expression.arguments[0]->type, expression.type);
      break;
    case Kind::kTryCast:
    case Kind::kAnd:
    case Kind::kOr:
    case Kind::kCase:
    case Kind::kCoalesce: break;
  }
  return intern(std::move(node), std::move(key));
}

void Evaluator::Program::begin(const types::Batch& batch, const Selection& selection,
                               functions::EvaluationContext& context) {
  batch_ = &batch;
  context_ = &context;
  scopes_.assign(1, Scope{selection, 0});
  selections_used_ = 0;
}

void Evaluator::Program::end() {
  for (auto& node : nodes_) node.result = nullptr;
  batch_ = nullptr;
  context_ = nullptr;
}

types::OwnedSelection& Evaluator::Program::next_selection() {
  if (selections_used_ == selections_.size()) selections_.emplace_back();
  return selections_[selections_used_++];
}

Evaluator::Program::ScopeId Evaluator::Program::open(ScopeId parent,
                                                     const types::OwnedSelection& rows) {
  if (rows.size() == scopes_[parent].selection.size()) return parent;
  scopes_.push_back({rows.view(), parent});
  return static_cast<ScopeId>(scopes_.size() - 1);
}

bool Evaluator::Program::serves(const Node& node, ScopeId scope) const {
  if (!node.result) return false;
  while (scope != node.scope) {
    if (scope == 0) return false;
    scope = scopes_[scope].parent;
  }
  return true;
}

Result<types::ColumnRef> Evaluator::Program::evaluate(NodeId id, ScopeId scope) {
  Node& node = nodes_[id];
  if (serves(node, scope)) return node.result;
  if (node.folded) {
    node.result = node.folded->with_length(batch_->rows());
    node.scope = 0;
    return node.result;
  }
  const size_t errors_before = context_->errors->entries().size();
  auto result = WEIR_TRY(compute(node, scope));
  if (node.literal_only && result->is_constant() &&
      context_->errors->entries().size() == errors_before) {
    node.folded = result;
  }
  if (node.deterministic) {
    node.result = result;
    node.scope = scope;
  }
  return result;
}

Result<types::ColumnRef> Evaluator::Program::compute(Node& node, ScopeId scope) {
  switch (node.kind) {
    case Kind::kInput: return batch_->column_ref(node.input);
    case Kind::kLiteral: return node.literal->with_length(batch_->rows());
    case Kind::kCall: return call(node, scope);
    case Kind::kCast:
    case Kind::kTryCast: return cast(node, scope);
    case Kind::kAnd:
    case Kind::kOr: return connective(node, scope);
    case Kind::kCase: return choose(node, scope);
    case Kind::kCoalesce: return coalesce(node, scope);
  }
  return internal_error("an expression of no kind");
}

Result<types::ColumnRef> Evaluator::Program::run(const Node& node,
                                                 std::span<const ColumnRef> arguments,
                                                 uint32_t rows, const Selection& selection,
                                                 functions::RowErrors& errors) {
  functions::RowErrors* const outer = std::exchange(context_->errors, &errors);
  auto result = node.resolution.kernel(
      {arguments, node.resolution.result, rows, selection, node.state.get(), *context_});
  context_->errors = outer;
  return result;
}

Result<types::ColumnRef> Evaluator::Program::call(const Node& node, ScopeId scope) {
  std::vector<ColumnRef> arguments;
  arguments.reserve(node.arguments.size());
  bool constant = node.function->deterministic && !node.arguments.empty();
  bool null = false;
  for (const NodeId argument : node.arguments) {
    arguments.push_back(WEIR_TRY(evaluate(argument, scope)));
    constant = constant && arguments.back()->is_constant();
    null = null || (arguments.back()->is_constant() && arguments.back()->is_null(0));
  }
  if (null && node.function->null_rule != NullRule::kCustom) {
    return Column::null_constant(node.resolution.result, batch_->rows());
  }
  const Selection& selection = scopes_[scope].selection;
  if (constant) return call_constant(node, arguments, selection);
  return call_columns(node, arguments, selection);
}

Result<types::ColumnRef> Evaluator::Program::call_constant(const Node& node,
                                                           std::span<const ColumnRef> arguments,
                                                           const Selection& selection) {
  std::vector<ColumnRef> single;
  single.reserve(arguments.size());
  for (const auto& argument : arguments) single.push_back(argument->with_length(1));
  functions::RowErrors errors;
  const auto result = WEIR_TRY(run(node, single, 1, Selection(1), errors));
  if (!errors.empty()) {
    const std::string& reason = errors.entries()[0].reason;
    selection.for_each([&](uint32_t row) { context_->errors->add(row, reason); });
  }
  return types::as_constant(*result, batch_->rows());
}

Result<types::ColumnRef> Evaluator::Program::call_columns(const Node& node,
                                                          std::span<const ColumnRef> arguments,
                                                          const Selection& selection) {
  const uint32_t rows = batch_->rows();
  functions::RowErrors& errors = *context_->errors;
  switch (node.function->null_rule) {
    case NullRule::kCustom: return run(node, arguments, rows, selection, errors);
    case NullRule::kTotal: {
      const bool dense = selection.size() * kDenseShare >= rows;
      const auto result =
          WEIR_TRY(run(node, arguments, rows, dense ? Selection(rows) : selection, errors));
      return with_validity(result, common_validity(arguments, rows));
    }
    case NullRule::kPropagate: break;
  }
  const BufferRef validity = common_validity(arguments, rows);
  if (!validity) return run(node, arguments, rows, selection, errors);
  types::select_bits(validity->as<uint8_t>(), true, selection, present_);
  if (present_.size() == selection.size()) return run(node, arguments, rows, selection, errors);
  const auto result = WEIR_TRY(run(node, arguments, rows, present_.view(), errors));
  return with_validity(result, validity);
}

Result<types::ColumnRef> Evaluator::Program::cast(const Node& node, ScopeId scope) {
  const auto argument = WEIR_TRY(evaluate(node.arguments[0], scope));
  std::vector<types::CastFailure> failures;
  const types::CastContext context{context_->time_zone,
                                   node.kind == Kind::kCast ? &failures : nullptr};
  auto result = types::cast_column(argument, node.type, scopes_[scope].selection, context);
  for (auto& failure : failures) context_->errors->add(failure.row, std::move(failure.reason));
  return result;
}

Result<Evaluator::Program::ScopeId> Evaluator::Program::narrow(NodeId node, ScopeId scope) {
  const auto column = WEIR_TRY(evaluate(node, scope));
  auto& rows = next_selection();
  types::select_true(*column, scopes_[scope].selection, rows);
  return open(scope, rows);
}

}  // namespace weir::exec
