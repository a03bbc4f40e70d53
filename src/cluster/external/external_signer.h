#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/cluster.h"

namespace swarmward::cluster {

/// External CAs that sign for the swarm.
struct ExternalSigner {
  std::string root;          ///< PEM of the root in whose name they sign; also vouches for them.
  std::string intermediate;  ///< As in Signer: goes with each issued certificate.
  std::vector<std::string> urls;  ///< To be asked one after another.
};

/// The root that an external CA signs for: the one it names, else the present one. As normal_pem()
/// writes it.
[[nodiscard]] std::string root_of(model::ExternalCa const& ca, std::string const& present);

/// Who signs certificates now if it is not the swarm itself: the external CAs configured for the
/// root that signs, the next one while the root changes. They come before a key that the swarm
/// keeps, and it does not stand in for them. Source: swarm mode. Nothing if there are none.
[[nodiscard]] std::optional<ExternalSigner> external_signer_of(model::Cluster const& cluster);

}  // namespace swarmward::cluster
