#pragma once

#include <atomic>
#include <chrono>
#include <string>

#include "base/result.h"

namespace swarmward::cluster {

/// How long an external CA may take for an answer, and to be reached at all. Source: swarm mode.
inline constexpr std::chrono::seconds kExternalTimeout{5};
/// Longer answers are refused. Source: swarm mode.
inline constexpr std::size_t kLongestExternalAnswer = 256UL * 1024;

/// An external CA, and who asks it. Certificates and keys are PEM, taken from memory.
struct HttpsTarget {
  std::string url;    ///< https:// only.
  std::string root;   ///< The only CA that may vouch for the server.
  std::string chain;  ///< The client's certificate.
  std::string key;    ///< Never logged.
  std::chrono::milliseconds timeout = kExternalTimeout;
  std::atomic<bool> const* stop = nullptr;  ///< Ends the request early, within a second.
};

struct HttpsAnswer {
  long status = 0;
  std::string body;
};

/// Posts JSON. No proxies, no redirects, TLS from 1.2 on. Blocks: for a thread of its own. Errors:
/// Unavailable, with the cause.
[[nodiscard]] Result<HttpsAnswer> https_post(HttpsTarget const& target, std::string const& body);

/// Connects and shakes hands, no more. Blocks and fails as above.
[[nodiscard]] Result<void> https_reach(HttpsTarget const& target);

}  // namespace swarmward::cluster
