#pragma once

#include <cstdint>
#include <string>

#include "api/swarm_control.h"
#include "state/state_store.h"

namespace swarmward::api {

/// `POST /swarm/update`, with what it may need of fresh secrets made beforehand: the change runs on
/// the state's thread.
struct SwarmUpdate {
  std::uint64_t version = 0;
  model::ClusterSpec spec;
  Rotate worker_token = Rotate::No;
  Rotate manager_token = Rotate::No;
  Rotate unlock_key = Rotate::No;
  std::string new_worker_token;
  std::string new_manager_token;
  std::string new_unlock_key;
  std::string signing_ca_cert;
  std::string signing_ca_key;
  CaChange ca_change;
};

/// Errors: Internal if the version is not the cluster's present one; those of the CA's change.
[[nodiscard]] Result<void> update_swarm(state::Draft& draft, SwarmUpdate const& update);

/// The error of an update whose `version` is not the object's present one.
[[nodiscard]] Error out_of_sequence();

}  // namespace swarmward::api
