#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "backends/engine.h"

namespace swarmward::backends {

/// Brings images to one engine: one pull in flight per image, whose answer serves all who wait and
/// those who ask soon after. Io thread only.
class ImagePuller : public std::enable_shared_from_this<ImagePuller> {
 public:
  using Done = std::function<void(Result<void>)>;

  ImagePuller(asio::any_io_executor executor,
              std::shared_ptr<Engine> engine,
              Clock const& clock,
              std::chrono::seconds reuse);

  /// Calls `done` when a container can be made from `reference`, or with the reason why not; at
  /// once if that is known. A failed pull of an image that is present is success.
  void request(std::string const& reference, std::string const& registry_auth, Done done);
  /// The image turned out to be absent after all: the next request asks again.
  void forget(std::string const& reference, std::string const& registry_auth);
  /// Nobody is called back from now on.
  void stop();

 private:
  struct Entry {
    std::vector<Done> waiting;  ///< Not empty while a pull is in flight.
    Time valid_until{};
  };
  static asio::awaitable<void> run(std::shared_ptr<ImagePuller> self,
                                   std::string reference,
                                   std::string registry_auth);
  asio::awaitable<Result<void>> fetch(std::string reference, std::string registry_auth);
  void finish(std::string const& key, Result<void> const& result);

  asio::any_io_executor executor_;
  std::shared_ptr<Engine> engine_;
  Clock const& clock_;
  std::chrono::seconds reuse_;
  bool stopped_ = false;
  std::map<std::string, Entry> entries_;  ///< By reference and authorisation.
};

}  // namespace swarmward::backends
