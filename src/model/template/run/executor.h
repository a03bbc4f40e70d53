#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/template/syntax/tree.h"
#include "model/template/template.h"

namespace swarmward::model::templates {

/// Runs a parsed template. `text` is what it was parsed from, for places in messages; `root` is
/// `.` and `$`.
/// Errors: InvalidArgument, `template: expansion:1:2: executing "expansion" at <.Foo>: …`.
[[nodiscard]] Result<std::string> execute(std::vector<Statement> const& statements,
                                          std::string_view text,
                                          Record const& root,
                                          std::span<TemplateFunction const> functions);

}  // namespace swarmward::model::templates
