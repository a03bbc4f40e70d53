#pragma once

#include <cstdint>
#include <string>

#include "state/state_store.h"

namespace swarmward::api {

/// A service to be made. The spec has a name and has passed all checks that need no state.
struct ServiceCreate {
  model::ServiceId id;
  std::shared_ptr<model::ServiceSpec const> spec;
  std::string registry_auth;
};

/// The endpoint is left to the allocator. Errors: InvalidArgument (ports, secrets), Conflict
/// (name).
[[nodiscard]] Result<void> create_service(state::Draft& draft, ServiceCreate const& create);

enum class Rollback { None, Previous };
/// Whose registry credentials hold for an update that brings none.
enum class AuthFrom { Spec, PreviousSpec };

struct ServiceUpdate {
  model::ServiceId id;
  std::uint64_t version = 0;  ///< What the client read; anything else is out of sequence.
  std::shared_ptr<model::ServiceSpec const> spec;
  std::string registry_auth;  ///< Empty: taken over as `auth_from` says.
  AuthFrom auth_from = AuthFrom::Spec;
  Rollback rollback = Rollback::None;
};

/// Replaces the spec, or swaps it with the previous one. A change of the replicas alone keeps an
/// existing previous spec: a rollback after scaling undoes the last real change.
/// Errors: NotImplemented (mode, name), InvalidArgument, Internal (stale version).
[[nodiscard]] Result<void> update_service(state::Draft& draft, ServiceUpdate const& update);

/// Erases the service; the loops then retire its tasks. Errors: NotFound.
[[nodiscard]] Result<void> remove_service(state::Draft& draft, model::ServiceId const& id);

}  // namespace swarmward::api
