#pragma once

#include <string>

#include "cluster/pki/node_certificate.h"
#include "cluster/root_ca.h"

// An external CA is believed nothing that can be looked at.

namespace swarmward::cluster {

/// What an external CA was asked for.
struct AskedFor {
  std::string request;  ///< CSR, PEM.
  Subject subject;
  std::string root;  ///< PEM; its own key must have signed.
  Time now{};
};

/// The certificate as we write it, alone. It must be for the request's key and name whom it was
/// asked for, be signed by the root itself, fit for both ends of a connection, and in force.
/// Whatever follows it in the answer is dropped. Errors: Internal, saying what is wrong.
[[nodiscard]] Result<std::string> check_issued(std::string const& answer, AskedFor const& asked);

/// The next root as the present one signed it, as we write it: with name and key of `next`, fit to
/// sign, and in force. Errors: Internal, saying what is wrong.
[[nodiscard]] Result<std::string> check_crossed(std::string const& answer,
                                                std::string const& next,
                                                std::string const& present,
                                                Time now);

}  // namespace swarmward::cluster
