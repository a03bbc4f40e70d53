#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/result.h"
#include "model/cluster.h"

namespace swarmward::cluster {

/// `SWMTKN-1-<digest of the certificate>-<secret>`: pins the CA at the first contact.
[[nodiscard]] std::string make_join_token(std::string const& certificate,
                                          RandomBytes const& random);

/// The parts of a join token.
struct JoinToken {
  std::array<unsigned char, 32> root_digest{};  ///< SHA-256 of the root certificate's PEM text.
  std::string secret;                           ///< Never logged.
};

/// Errors: Internal with native's text `invalid join token`.
[[nodiscard]] Result<JoinToken> parse_join_token(std::string_view text);

/// Is this the root certificate that the token pins? Errors: InvalidArgument with native's text.
[[nodiscard]] Result<void> check_root(JoinToken const& token, std::string const& certificate);

/// The role that the token gives. Takes the same time for every wrong token of the right length.
/// Errors: InvalidArgument with native's text if it is none of this swarm's tokens.
[[nodiscard]] Result<model::NodeRole> token_role(model::Cluster const& cluster,
                                                 std::string_view presented);

}  // namespace swarmward::cluster
