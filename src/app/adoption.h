#pragma once

#include <set>
#include <string>

#include "api/ward_control.h"
#include "app/agent/agent_adoption.h"
#include "app/engine_directory.h"
#include "app/ssh_files.h"
#include "base/id.h"
#include "state/state_store.h"

namespace swarmward::app {

/// Engines on hosts without a Swarmward of their own, taken in as nodes: this host speaks to them
/// itself. Io thread only.
class Adoption {
 public:
  Adoption(state::StateStore& store,
           EngineDirectory& engines,
           boost::asio::any_io_executor executor,
           RandomBytes random,
           std::filesystem::path const& data_root);

  /// The way to the engine of a node that was adopted. Errors: InvalidArgument, Internal.
  [[nodiscard]] Result<net::DialerPtr> dialer_to(model::Node const& node) const;

  /// Asks the engine first. Errors: InvalidArgument, Conflict (the name or the engine is a node
  /// already, or it has a swarm of its own), Unavailable with a cure.
  boost::asio::awaitable<Result<api::Adopted>> adopt(api::AdoptRequest request);

  /// Whether an agent that was put on the node's host can be removed. Errors: Unavailable with a
  /// cure.
  boost::asio::awaitable<Result<void>> prepare_release(model::Node node);
  /// The node was erased: returns when nothing of an agent is left on its host. Errors: with what
  /// is left and a cure.
  boost::asio::awaitable<Result<void>> finish_release(model::Node node);
  /// The same in the background, whoever erased the node.
  void erased(model::Node node);

 private:
  boost::asio::awaitable<Result<backends::EngineInfo>> ask(model::Node const* node);
  boost::asio::awaitable<Result<api::Adopted>> add(model::Node node);
  boost::asio::awaitable<Result<api::Adopted>> put_agent(model::Node node, AgentWish wish);
  boost::asio::awaitable<std::string> address_of(std::string const* url);

  state::StateStore& store_;
  EngineDirectory& engines_;
  boost::asio::any_io_executor executor_;
  RandomBytes random_;
  SshFiles ssh_;
  AgentAdoption agents_;
  Taken::Words claimed_ =  ///< Ids of engines whose adoption is under way.
      std::make_shared<std::set<std::string>>();
};

}  // namespace swarmward::app
