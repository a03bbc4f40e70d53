#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/node.h"

namespace swarmward::model {

/// A placement constraint, `key == value` or `key != value`.
struct Constraint {
  enum class Op { Equal, NotEqual };
  std::string key;
  Op op = Op::Equal;
  std::string value;
  bool operator==(Constraint const&) const = default;
};

/// Errors: Internal with native's texts (RPC code Unknown). Unknown keys are accepted.
[[nodiscard]] Result<Constraint> parse_constraint(std::string_view text);

/// Values compare in any letter case, node.ip by address or CIDR. An unknown key or a malformed
/// address matches nothing, not even with `!=`; a label that is missing counts as empty.
[[nodiscard]] bool constraint_matches(Constraint const& constraint, Node const& node);

}  // namespace swarmward::model
