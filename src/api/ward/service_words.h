#pragma once

#include <string>
#include <vector>

#include "state/snapshot.h"

namespace swarmward::api {

/// How far the update of the service is, what it waits for or why it stopped, and how to go on.
/// Empty if there is nothing to say. Pure.
[[nodiscard]] std::vector<std::string> update_words(model::Service const& service,
                                                    state::Snapshot const& snapshot);

/// The slots of a replicated service that have no task and get none, and why. Pure.
[[nodiscard]] std::vector<std::string> empty_slot_words(model::Service const& service,
                                                        state::Snapshot const& snapshot);

/// A task as one of the service would be, to ask placement about. Not in the state.
[[nodiscard]] model::Task sample_task(model::Service const& service);

}  // namespace swarmward::api
