#pragma once

#include <string>

#include "base/result.h"

namespace swarmward::backends {

/// Whether an engine's text about a failed pull says that the registry wants another credential, or
/// one at all. Docker Hub says the same of repositories that it does not have.
[[nodiscard]] bool wants_credential(Error const& failure);

/// The failures of a pull that was tried twice.
struct TwoPulls {
  std::string server;    ///< Whose stored credential was one of the tries.
  bool has_own = false;  ///< The service has a credential; else the other try was without any.
  Error own;             ///< With the service's credential, or with none.
  Error stored;          ///< With the stored one.
};
/// One error whose text helps most.
[[nodiscard]] Error explain_refusal(TwoPulls const& failures);

}  // namespace swarmward::backends
