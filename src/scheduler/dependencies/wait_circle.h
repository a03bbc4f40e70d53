#pragma once

#include <string>

#include "state/snapshot.h"

namespace swarmward::scheduler {

/// The service that a label of `asker` names: the one that its stack's file calls so, else the one
/// of that whole name. Null if there is none. Names are compared as swarm mode does it, upper and
/// lower case alike.
[[nodiscard]] state::ServicePtr find_named_by(state::Snapshot const& cluster,
                                              model::Service const& asker,
                                              std::string const& name);

/// By its labels, and those of the services that it waits for, `service` waits for `other`; each
/// waits for itself. Were both to wait for each other, nobody would ever start.
[[nodiscard]] bool waits_for(state::Snapshot const& cluster,
                             model::Service const& service,
                             model::ServiceId const& other);

}  // namespace swarmward::scheduler
