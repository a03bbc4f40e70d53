#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "base/result.h"

namespace swarmward::cli {

/// An answer of the daemon.
struct Answer {
  long status = 0;
  std::string body;
};

/// Asks the daemon that the user means.
class Requests {
 public:
  virtual ~Requests() = default;
  /// Any answer, whatever its status. Errors: those of finding and reaching the daemon, with
  /// docker's texts.
  virtual Result<Answer> send(std::string const& method,
                              std::string const& path,
                              std::string const& body) = 0;
  /// Where it sends them, as the user would write it ("unix:///run/swarmward/docker.sock").
  /// Errors: no such context, files that cannot be read.
  virtual Result<std::string> where() = 0;
};

/// The document of a successful answer; null where there is no body. Errors: `Error response from
/// daemon: …`, and what to do if the daemon is not swarmward.
[[nodiscard]] Result<nlohmann::json> ask(Requests& daemon,
                                         std::string const& method,
                                         std::string const& path,
                                         std::string const& body = {});

}  // namespace swarmward::cli
