#pragma once

#include <optional>

#include "cli/connect/endpoint.h"
#include "cli/connect/requests.h"

namespace swarmward::cli {

/// Requests over a unix socket, TCP or TLS, by libcurl. The endpoint is looked up at the first.
class CurlRequests final : public Requests {
 public:
  CurlRequests(Values global_flags, Surroundings surroundings);

  Result<Answer> send(std::string const& method,
                      std::string const& path,
                      std::string const& body) override;
  Result<std::string> where() override;

 private:
  Result<void> look_up();

  Values global_flags_;
  Surroundings surroundings_;
  std::optional<Endpoint> endpoint_;
};

/// The URL to give to curl, for a path of the API; and the socket if it is a unix one.
struct CurlTarget {
  std::string url;
  std::string socket;
};
[[nodiscard]] CurlTarget curl_target(Endpoint const& endpoint, std::string const& path);

}  // namespace swarmward::cli
