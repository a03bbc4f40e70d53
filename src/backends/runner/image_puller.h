#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "backends/engine.h"
#include "backends/runner/container_labels.h"

namespace swarmward::backends {

struct ImageRequest {
  std::string reference;
  std::string registry_auth;  ///< X-Registry-Auth; never logged.
  PullPolicy policy = PullPolicy::Try;
};

/// Brings images to one engine: one pull in flight per image, whose answer serves all who wait and
/// those who ask soon after. Io thread only.
class ImagePuller : public std::enable_shared_from_this<ImagePuller> {
 public:
  using Done = std::function<void(Result<void>)>;

  ImagePuller(asio::any_io_executor executor,
              std::shared_ptr<Engine> engine,
              Clock const& clock,
              std::chrono::seconds reuse);

  /// Calls `done` when a container can be made from the image, or with the reason why not; at once
  /// if that is known. Unless the policy is Always, a failed pull of an image that is present is
  /// success.
  void request(ImageRequest request, Done done);
  /// The image turned out to be absent after all: the next request asks again.
  void forget(ImageRequest const& request);
  /// Nobody is called back from now on.
  void stop();

 private:
  struct Entry {
    std::vector<Done> waiting;  ///< Not empty while a pull is in flight.
    Time valid_until{};
  };
  static asio::awaitable<void> run(std::shared_ptr<ImagePuller> self, ImageRequest request);
  asio::awaitable<Result<void>> fetch(ImageRequest request);
  void finish(std::string const& key, Result<void> const& result);

  asio::any_io_executor executor_;
  std::shared_ptr<Engine> engine_;
  Clock const& clock_;
  std::chrono::seconds reuse_;
  bool stopped_ = false;
  std::map<std::string, Entry> entries_;  ///< By reference, policy and authorisation.
};

}  // namespace swarmward::backends
