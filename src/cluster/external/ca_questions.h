#pragma once

#include <optional>
#include <vector>

#include "cluster/pki/root_rotation.h"
#include "cluster/root_ca.h"

namespace swarmward::cluster {

/// What external CAs are to be asked before an update of the swarm is decided on.
struct CaQuestions {
  /// Roots, as normal_pem() writes them: is a CA that signs for them there?
  std::vector<std::string> reach;
  /// The next root, to be cross-signed by an external CA of the present one.
  std::optional<RootCa> cross;
};

/// What change_ca() will want to know. An update that is refused anyway asks little or nothing.
/// `random` gives the serial of a new root.
[[nodiscard]] CaQuestions plan_ca_questions(model::Cluster const& cluster,
                                            CaRequest const& request,
                                            Time now,
                                            RandomBytes const& random);

}  // namespace swarmward::cluster
