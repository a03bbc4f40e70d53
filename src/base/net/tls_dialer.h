#pragma once

#include <functional>

#include "base/net/dialer.h"
#include "base/net/tls_context.h"

namespace swarmward::net {

/// Says whether the other end, by its certificates in PEM, is the one that was meant.
using JudgePeer = std::function<Result<void>(std::string const& chain)>;

/// Where a connection goes at this moment, and what makes it safe.
struct TlsRoute {
  EngineAddress address;  ///< TCP.
  TlsContext context;
  JudgePeer judge;  ///< Null: the context has proven enough.
  /// If not empty, the other end must agree to speak it (ALPN). Refusals are NotImplemented.
  std::string protocol{};
};

/// TCP with TLS. `route` is asked at each dial, so that addresses and certificates may change.
[[nodiscard]] DialerPtr make_tls_dialer(std::function<Result<TlsRoute>()> route, std::string where);

}  // namespace swarmward::net
