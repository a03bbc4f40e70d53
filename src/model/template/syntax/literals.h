#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/template/run/value.h"

namespace swarmward::model::templates {

/// Reads a Go literal. Errors: InvalidArgument in Go's words, without place.
[[nodiscard]] Result<Value> read_number(std::string const& text);
[[nodiscard]] Result<Value> read_string(std::string_view text);     ///< With its double quotes.
[[nodiscard]] Result<Value> read_character(std::string_view text);  ///< With its single quotes.

}  // namespace swarmward::model::templates
