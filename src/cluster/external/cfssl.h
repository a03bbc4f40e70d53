#pragma once

#include <string>

#include "base/result.h"
#include "cluster/pki/node_certificate.h"
#include "cluster/root_ca.h"

// What is said to an external CA: CFSSL's signing API, JSON by POST.

namespace swarmward::cluster {

/// Asks for a certificate of a node: the signer is told subject and names, so that a request's own
/// do not matter. Errors: none that a request can cause.
[[nodiscard]] std::string render_sign_request(std::string const& request, Subject const& subject);

/// Asks for a certificate of a whole CA: `next` as signed by the other CA. It is told CFSSL's
/// profile `CA`, and that the certificate may sign. Errors: InvalidArgument if certificate and key
/// cannot be used.
[[nodiscard]] Result<std::string> render_cross_sign_request(RootCa const& next);

/// The certificate, PEM, unchecked, out of an answer. Errors, with native's texts: Unavailable if
/// it may be asked again (another status than 200, no JSON), Internal if the CA said no.
[[nodiscard]] Result<std::string> read_sign_answer(long status, std::string const& body);

}  // namespace swarmward::cluster
