#pragma once

#include <cstdint>

#include "api/routes/payload_kind.h"
#include "state/state_store.h"

namespace swarmward::api {

// Changes of secrets and configs: T is model::Secret or model::Config.

/// `payload` has its id and a spec that has passed all checks that need no state. Errors: Conflict
/// (the name, in any letter case).
template <class T>
[[nodiscard]] Result<void> create_payload(state::Draft& draft, T const& payload);

template <class T>
struct PayloadUpdate {
  typename PayloadKind<T>::Id id;
  std::uint64_t version = 0;  ///< What the client read; anything else is out of sequence.
  typename PayloadKind<T>::Spec spec;
  typename PayloadKind<T>::Id fresh;  ///< Of the object that a rotation makes.
};

/// Replaces the labels, and the data where a label allows that (payload_rotation.h). Name and data
/// may be given again as they are, and the data left out; driver and templating are not looked at.
/// Errors: InvalidArgument, Internal (stale version), NotFound.
template <class T>
[[nodiscard]] Result<void> update_payload(state::Draft& draft, PayloadUpdate<T> const& update);

/// Errors: InvalidArgument while the present spec of a service refers to it; earlier specs and
/// tasks do not count. NotFound.
template <class T>
[[nodiscard]] Result<void> remove_payload(state::Draft& draft,
                                          typename PayloadKind<T>::Id const& id);

}  // namespace swarmward::api
