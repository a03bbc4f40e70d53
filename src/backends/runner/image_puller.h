#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/engine.h"
#include "backends/runner/container_labels.h"
#include "backends/runner/runner_types.h"

namespace swarmward::backends {

struct ImageRequest {
  std::string reference;
  std::string registry_auth;  ///< X-Registry-Auth of the service; never logged.
  PullPolicy policy = PullPolicy::Try;
  bool from_nodes = false;  ///< What the registry does not give may come from another node.
  std::optional<StoredLogin> stored{};  ///< What the swarm has for that registry now.
};

/// Brings images to one engine: one pull in flight per image, whose answer serves all who wait and
/// those who ask soon after. Io thread only.
class ImagePuller : public std::enable_shared_from_this<ImagePuller> {
 public:
  using Done = std::function<void(Result<void>)>;
  /// See RunnerSink::copy_image().
  using Copy = std::function<asio::awaitable<Result<void>>(std::string reference, Tell tell)>;

  ImagePuller(asio::any_io_executor executor,
              std::shared_ptr<Engine> engine,
              Copy copy,
              Clock const& clock,
              std::chrono::seconds reuse);

  /// Calls `done` when a container can be made from the image, or with the reason why not; at once
  /// if that is known. Unless the policy is Always, a failed pull of an image that is present is
  /// success. Until then `tell` may hear what goes on. The registry is asked with the service's
  /// credential, and with the stored one if that is refused; with the stored one first, and without
  /// any if that is refused, where the service has none.
  void request(ImageRequest request, Done done, Tell tell);
  /// The image turned out to be absent after all: the next request asks again.
  void forget(ImageRequest const& request);
  /// Nobody is called back from now on.
  void stop();

 private:
  struct Entry {
    struct Waiting {
      Done done;
      Tell tell;
    };
    std::vector<Waiting> waiting;  ///< Not empty while a pull is in flight.
    Time valid_until{};
  };
  static asio::awaitable<void> run(std::shared_ptr<ImagePuller> self, ImageRequest request);
  asio::awaitable<Result<void>> fetch(ImageRequest request);
  asio::awaitable<Result<void>> pull(ImageRequest request);
  asio::awaitable<Result<void>> pull_with_logins(ImageRequest request);
  asio::awaitable<Result<void>> copy(ImageRequest request, Error pull_error);
  void tell_all(std::string const& key, std::string const& text);
  void finish(std::string const& key, Result<void> const& result);

  asio::any_io_executor executor_;
  std::shared_ptr<Engine> engine_;
  Copy copy_;
  Clock const& clock_;
  std::chrono::seconds reuse_;
  bool stopped_ = false;
  std::map<std::string, Entry> entries_;  ///< By all of a request.
};

}  // namespace swarmward::backends
