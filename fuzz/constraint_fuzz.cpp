#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "model/constraint.h"

/// The first line is a constraint, the second a node's address and the value of its label. What was
/// parsed must parse again to the same, and `==` and `!=` never hold at once.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  namespace model = swarmward::model;
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  auto const line = text.find('\n');
  auto const constraint = model::parse_constraint(text.substr(0, line));
  if (!constraint) {
    return 0;
  }
  bool const equal = constraint->op == model::Constraint::Op::Equal;
  auto const again =
      model::parse_constraint(constraint->key + (equal ? "==" : "!=") + constraint->value);
  if (!again || *again != *constraint) {
    std::abort();
  }
  model::Node node;
  if (line != std::string_view::npos) {
    node.status.addr = text.substr(line + 1);
    node.spec.annotations.labels = {{"zone", node.status.addr}};
  }
  auto opposite = *constraint;
  opposite.op = equal ? model::Constraint::Op::NotEqual : model::Constraint::Op::Equal;
  if (constraint_matches(*constraint, node) && constraint_matches(opposite, node)) {
    std::abort();
  }
  return 0;
}
