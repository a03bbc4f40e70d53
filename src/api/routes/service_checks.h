#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "state/snapshot.h"

namespace swarmward::api {

/// Checks of a service that need the cluster; wire/validate has those of the spec by itself. Texts
/// are native's.

/// Errors: InvalidArgument; `self` is not compared with itself and empty for a new service.
[[nodiscard]] Result<void> check_port_conflicts(state::Snapshot const& snapshot,
                                                model::ServiceId const& self,
                                                model::ServiceSpec const& spec);

/// The networks that the spec names are there, and an ingress network if it publishes ports on all
/// nodes. A swarm without any network was founded before there were some: there ports are only
/// recorded. Errors: Internal, InvalidArgument.
[[nodiscard]] Result<void> check_networks_exist(state::Snapshot const& snapshot,
                                                model::ServiceSpec const& spec);

/// The secrets and configs that the spec names are there, by id and under these names. Errors:
/// InvalidArgument, `secrets not found: a, b`.
[[nodiscard]] Result<void> check_references(state::Snapshot const& snapshot,
                                            model::ServiceSpec const& spec);

/// Errors: Conflict, names compare in any letter case.
[[nodiscard]] Result<void> check_name_free(state::Snapshot const& snapshot,
                                           std::string const& name);

/// What the user should know but what is no error.
[[nodiscard]] std::vector<std::string> service_warnings(state::Snapshot const& snapshot,
                                                        model::ServiceSpec const& spec);

/// Native's text for an image whose digest is not recorded.
[[nodiscard]] std::string unpinned_image_warning(std::string const& image);

}  // namespace swarmward::api
