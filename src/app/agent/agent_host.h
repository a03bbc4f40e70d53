#pragma once

#include <optional>

#include <nlohmann/json.hpp>

#include "app/agent/agent_container.h"
#include "app/agent/agent_image.h"
#include "backends/docker/versioned_client.h"

namespace swarmward::app {

/// A host on which an agent is put or from which it is taken away, by its engine. Io thread only.
class AgentHost {
 public:
  template <class T = void>
  using Answer = boost::asio::awaitable<Result<T>>;

  AgentHost(boost::asio::any_io_executor executor, net::DialerPtr dialer)
      : executor_(executor), client_(std::move(executor), std::move(dialer)) {}

  Answer<> ping() { return client_.ping(); }
  /// Errors: Conflict: our program does not run there.
  Answer<> expect_fitting();
  /// The labels of the container that is named as an agent's; nothing if there is none.
  Answer<std::optional<nlohmann::json>> labels_of_agent();
  /// Has the image there, sent over the engine's connection unless it is there already. Files are
  /// read on `files`.
  Answer<> load(AgentImage const* image, boost::asio::any_io_executor files);
  /// Makes volume and container, puts the file with the token into the volume, for root alone, and
  /// starts the agent.
  Answer<> start_agent(AgentPlace place, std::string image, std::string join_file);
  /// The node that the agent has become, by what it keeps of that; empty until it has joined.
  Answer<model::NodeId> node_of_agent();
  /// Whether its first process still runs: one that ends is started again by the engine.
  Answer<bool> runs();
  /// last_words() of its log; empty if it cannot be read.
  boost::asio::awaitable<std::string> reason();
  /// Containers of the node's tasks, then container, volume and images of the agent. Goes on where
  /// something cannot be removed and returns the first error; what is not there is no error.
  /// `node`: empty if there is none yet.
  Answer<> remove_all(std::string node);

 private:
  Answer<nlohmann::json> get(std::string path);
  Answer<> send(std::string method, std::string path, std::string body, char const* type);
  Answer<> remove(std::string path);
  Answer<> remove_listed(std::string list, std::string path);

  boost::asio::any_io_executor executor_;
  backends::VersionedClient client_;
};

}  // namespace swarmward::app
