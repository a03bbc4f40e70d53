#pragma once

#include <string>

struct ssl_st;

// The other side of a TLS connection: whom one expects, and who it is.

namespace swarmward::net {

/// Expects this host or IP address, if the context verifies; a host name is also sent as SNI.
void name_peer(ssl_st* ssl, std::string const& name);

/// The other side's certificates in PEM, its own first; empty if it showed none.
[[nodiscard]] std::string chain_of_peer(ssl_st const* ssl);

}  // namespace swarmward::net
