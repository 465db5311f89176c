// The compiled form of expressions: a graph of nodes in which equal sub-expressions are one.
//
// For exec/expression*.cc only. Results live for one batch; a result that was made under a
// selection also serves narrower ones (Scope). One lane.
#pragma once

#include <deque>
#include <map>

#include "exec/expression.h"
#include "types/builder.h"

namespace weir::exec {

class Evaluator::Program {
 public:
  using ColumnRef = types::ColumnRef;
  using NodeId = uint32_t;
  using ScopeId = uint32_t;

  NodeId add(const sql::Expression& expression);

  // Begins a batch; its widest selection is scope 0.
  void begin(const types::Batch& batch, const types::Selection& selection,
             functions::EvaluationContext& context);
  Result<ColumnRef> evaluate(NodeId node, ScopeId scope);
  [[nodiscard]] const types::Selection& selection(ScopeId scope) const {
    return scopes_[scope].selection;
  }
  // The rows of `scope` for which the BOOLEAN node is TRUE.
  Result<ScopeId> narrow(NodeId node, ScopeId scope);
  // Drops the batch's columns.
  void end();

  std::vector<NodeId> roots;

 private:
  using Kind = sql::Expression::Kind;

  struct Node {
    Kind kind = Kind::kLiteral;
    types::LogicalType type;
    uint32_t input = 0;
    ColumnRef literal;
    const functions::Function* function = nullptr;
    functions::Resolution resolution;
    functions::KernelState state;
    std::vector<NodeId> arguments;
    bool deterministic = true;
    bool total = false;         // neither it nor anything below it can fail a row
    bool literal_only = false;  // nothing below it but literals, deterministic
    ColumnRef folded;           // its value, when literal_only
    ColumnRef result;           // of the current batch
    ScopeId scope = 0;
  };

  struct Scope {
    types::Selection selection{0};
    ScopeId parent = 0;
  };

  NodeId intern(Node node, std::string key);
  // Room for a narrowed selection; open() makes it a scope.
  types::OwnedSelection& next_selection();
  ScopeId open(ScopeId parent, const types::OwnedSelection& rows);
  [[nodiscard]] bool serves(const Node& node, ScopeId scope) const;

  Result<ColumnRef> compute(Node& node, ScopeId scope);
  Result<ColumnRef> call(const Node& node, ScopeId scope);
  Result<ColumnRef> call_constant(const Node& node, std::span<const ColumnRef> arguments,
                                  const types::Selection& selection);
  Result<ColumnRef> call_columns(const Node& node, std::span<const ColumnRef> arguments,
                                 const types::Selection& selection);
  Result<ColumnRef> run(const Node& node, std::span<const ColumnRef> arguments, uint32_t rows,
                        const types::Selection& selection, functions::RowErrors& errors);
  Result<ColumnRef> cast(const Node& node, ScopeId scope);
  Result<ColumnRef> connective(const Node& node, ScopeId scope);
  Result<ColumnRef> choose(const Node& node, ScopeId scope);
  Result<ColumnRef> coalesce(const Node& node, ScopeId scope);

  std::vector<Node> nodes_;
  std::map<std::string, NodeId> index_;

  const types::Batch* batch_ = nullptr;
  functions::EvaluationContext* context_ = nullptr;
  std::vector<Scope> scopes_;
  std::deque<types::OwnedSelection> selections_;  // stable addresses
  size_t selections_used_ = 0;
  types::OwnedSelection present_;  // rows without NULL arguments, during one call
};

}  // namespace weir::exec
