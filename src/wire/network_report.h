#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/network_report.h"

namespace swarmward::wire {

// What managers and nodes tell each other of a look at networks, as JSON text. Errors of the
// readers: InvalidArgument.

/// Tells plans apart, for people: eight digits. The same for equal texts on every host and version.
[[nodiscard]] std::string network_plan_checksum(std::string_view plan);

[[nodiscard]] std::string network_question_text(model::NetworkQuestion const& question);
[[nodiscard]] Result<model::NetworkQuestion> network_question_from(std::string_view text);

[[nodiscard]] std::string network_report_text(model::NetworkReport const& report);
[[nodiscard]] Result<model::NetworkReport> network_report_from(std::string_view text);

}  // namespace swarmward::wire
