#pragma once

#include <nlohmann/json.hpp>

#include "base/time.h"
#include "cli/connect/requests.h"

namespace swarmward::cli {

/// What can only be seen from where the plugin runs, in the form of the daemon's own checks
/// (`{"Check","Subject","Status","Detail","Cure"}`): whether the daemon answers, whether it is as
/// new as the plugin, whether its clock agrees with `clock`, the local one.
[[nodiscard]] nlohmann::json check_daemon(Requests& daemon, Clock const& clock);

}  // namespace swarmward::cli
