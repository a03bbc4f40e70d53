#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "model/ids.h"

namespace swarmward::api {

/// How a container that is no task wants to be in a network.
struct AttachWish {
  std::string network;               ///< As a client calls it.
  std::string address;               ///< Without a prefix; empty: any.
  std::vector<std::string> aliases;  ///< Names of its own in the network.
};

/// Its place there. The network is on its host's engine, under its name.
struct Attachment {
  std::string id;
  std::string network;  ///< The swarm's id of it.
  std::string name;
  std::string address;  ///< Without a prefix. Empty in a node-local network: the engine gives one.
  std::string node_address;  ///< Its host's own; names are asked there.
  /// The host's servers for names, for when nobody answers there.
  std::vector<std::string> resolvers = {};
};

/// Gives containers that are no tasks their places in networks of the swarm; on a worker, a manager
/// is asked. A place that no container takes within two minutes is given back by itself, and so is
/// one whose container goes or leaves the network. Io thread only.
class AttachControl {
 public:
  using Places = std::vector<std::optional<Attachment>>;

  virtual ~AttachControl() = default;
  /// One place for each wish, or none where the swarm has no network of that name. All or nothing.
  /// The container is on that node; empty: on this host, the only one a worker has a say in.
  /// Errors, with native's texts: Internal (not attachable, the address cannot be had).
  virtual boost::asio::awaitable<Result<Places>> attach(model::NodeId node,
                                                        std::vector<AttachWish> wishes) = 0;
  /// The places on that node are free again once this is done. Unknown ones are passed over.
  virtual boost::asio::awaitable<Result<void>> detach(model::NodeId node,
                                                      std::vector<std::string> attachments) = 0;
};

}  // namespace swarmward::api
