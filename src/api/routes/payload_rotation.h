#pragma once

#include "api/routes/payload_kind.h"
#include "base/result.h"
#include "state/state_store.h"

namespace swarmward::api {

// New values for secrets and configs that services use: T is model::Secret or model::Config.

/// Label of a secret or config: with the value "services", its data may be changed.
inline constexpr char const* kRotateLabel = "ward.rotate";
/// Label of one whose place another has taken: the name that it had.
inline constexpr char const* kRotatedLabel = "ward.rotated";

/// The labels, those there are or those wanted, allow other data.
[[nodiscard]] bool allows_rotation(model::StringMap const& labels);

/// A new object with the id `fresh` takes the name over; `present` goes on under another one for
/// those who roll back. Every service that refers to it is updated to the new one, jobs from their
/// next run on. Earlier ones of that name go, unless a service's spec or previous spec, or a task
/// that has not ended, refers to them.
template <class T>
[[nodiscard]] Result<void> rotate_payload(state::Draft& draft,
                                          T const& present,
                                          typename PayloadKind<T>::Spec const& wanted,
                                          typename PayloadKind<T>::Id const& fresh);

/// The specs differ, in nothing but which secrets and configs are meant: the second came from the
/// first by a rotation.
[[nodiscard]] bool is_rotation(model::ServiceSpec const& before, model::ServiceSpec const& after);

}  // namespace swarmward::api
