#pragma once

#include "state/snapshot.h"

namespace swarmward::scheduler::simulation {

// What requests of clients do to the state, as the API's own operations do it; that room is not
// known here. `version` is the one that the client has seen.

Result<void> create_service(state::Draft& draft,
                            model::ServiceId const& id,
                            std::shared_ptr<model::ServiceSpec const> spec);
Result<void> update_service(state::Draft& draft,
                            model::ServiceId const& id,
                            std::uint64_t version,
                            std::shared_ptr<model::ServiceSpec const> spec);
Result<void> roll_back_service(state::Draft& draft,
                               model::ServiceId const& id,
                               std::uint64_t version);
Result<void> remove_service(state::Draft& draft, model::ServiceId const& id);
Result<void> update_node(state::Draft& draft,
                         model::NodeId const& id,
                         std::uint64_t version,
                         model::NodeSpec const& spec);
Result<void> remove_node(state::Draft& draft, model::NodeId const& id);
Result<void> set_history_limit(state::Draft& draft, std::int64_t limit);

[[nodiscard]] bool is_job_spec(model::ServiceSpec const& spec);

}  // namespace swarmward::scheduler::simulation
