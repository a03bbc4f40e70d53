#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/template/syntax/tree.h"

namespace swarmward::model::templates {

/// Whether a function of this name exists.
using KnowsFunction = std::function<bool(std::string_view name)>;

/// Errors: InvalidArgument, `template: expansion:<line>: …`.
[[nodiscard]] Result<std::vector<Statement>> parse(std::string_view text,
                                                   KnowsFunction const& knows_function);

}  // namespace swarmward::model::templates
