#pragma once

#include <string>
#include <vector>

namespace swarmward::model {

/// The options of resolv.conf for a container that shall find names of one word in its networks:
/// those asked for, without `ndots`. An engine whose container has that, by itself or from its
/// host, does not pass on questions for such names, and answers that there are none. Never empty:
/// else the engine would take its host's.
[[nodiscard]] std::vector<std::string> resolver_options(std::vector<std::string> wanted);

}  // namespace swarmward::model
