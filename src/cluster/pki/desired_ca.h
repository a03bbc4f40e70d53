#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "model/cluster.h"

namespace swarmward::cluster {

/// What an update of the swarm asks about its CA.
struct CaRequest {
  model::CaConfig config;
  std::string signing_cert;  ///< PEM, may be empty.
  std::string signing_key;   ///< PEM, may be empty; never logged.
};

/// Did this external CA answer, and with a certificate of the root that it signs for? Asked
/// beforehand by whoever has the network; without an answer it is not reachable.
using Reachable = std::function<bool(model::ExternalCa const&)>;

/// Is there a reachable external CA for `certificate`? One that names no certificate belongs to
/// `present`. `which` stands in the error: current, desired or next. Errors: InvalidArgument with
/// native's text.
struct ExternalCaQuestion {
  std::string certificate;
  std::string present;
  std::string which;
};
[[nodiscard]] Result<void> check_external_ca(model::CaConfig const& config,
                                             ExternalCaQuestion const& question,
                                             Reachable const& reachable);

/// The certificate that is to become the root, as we write it. It must be one CA certificate that
/// signs itself, last another year, have a key that may sign, and fit the key given with it, if
/// any. Errors: InvalidArgument, with native's texts where native has one.
[[nodiscard]] Result<std::string> check_desired_root(CaRequest const& request, Time now);

/// The certificate as we write it: what compares equal is the same. Empty if it is none.
[[nodiscard]] std::string normal_pem(std::string const& certificate);

/// Have both certificates the same public key?
[[nodiscard]] bool same_key(std::string const& certificate, std::string const& other);

}  // namespace swarmward::cluster
