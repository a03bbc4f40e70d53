#pragma once

#include <map>
#include <memory>
#include <set>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include "app/agent/agent_host.h"
#include "app/agent/taken.h"
#include "app/engine_directory.h"
#include "state/state_store.h"

namespace swarmward::app {

/// A host on which an agent shall be put.
struct AgentWish {
  std::string name;
  model::EngineAccess access;
  std::string socket;
  std::string engine_id;  ///< backends::EngineInfo::id of what answers there.
  /// The node of that name that has joined already, if there is one: it may be what an adoption
  /// made that was cut short.
  model::NodeId joined = {};
};

/// Hosts that are adopted with an agent: this program is put there in a container and joins as any
/// other host. Io thread only.
class AgentAdoption {
 public:
  AgentAdoption(state::StateStore& store,
                EngineDirectory& engines,
                boost::asio::any_io_executor executor)
      : store_(store), engines_(engines), executor_(std::move(executor)) {}

  /// Returns when the node is ready. An adoption of that name that was cut short after its agent
  /// had joined is finished. All that was put there is removed again on errors: Conflict (another
  /// architecture, another agent), Unavailable with cause and cure, those of the engine.
  boost::asio::awaitable<Result<model::NodeId>> adopt(net::DialerPtr way, AgentWish wish);

  /// Takes the agent of a node that was erased away from its host; returns when that is done. At
  /// most once for each node, however often it is called.
  boost::asio::awaitable<Result<void>> clear(net::DialerPtr way, model::NodeId node);
  [[nodiscard]] bool clearing(model::NodeId const& node) const { return clearings_.contains(node); }

 private:
  struct Clearing {
    explicit Clearing(boost::asio::any_io_executor const& executor) : timer(executor) {}
    boost::asio::steady_timer timer;
    std::optional<Result<void>> outcome;
  };
  template <class T = void>
  using Answer = boost::asio::awaitable<Result<T>>;

  Answer<model::NodeId> finish(AgentHost* there, AgentWish const* wish);
  Answer<> make_room(AgentHost* there, std::string const* name);
  Answer<> put_there(AgentHost* there, AgentWish const* wish);
  Answer<model::NodeId> await_node(AgentHost* there, AgentWish const* wish);
  Answer<> judge(model::Node const* node, AgentWish const* wish);
  Answer<state::NodePtr> newcomer(AgentHost* there);
  boost::asio::awaitable<Error> why_unreached(state::NodePtr node, AgentWish const* wish);
  boost::asio::awaitable<Error> why_not(AgentHost* there, AgentWish const* wish);
  Answer<> mark(model::NodeId node, model::EngineAccess access);
  boost::asio::awaitable<Error> undo(AgentHost* there, AgentWish const* wish, Error reason);

  state::StateStore& store_;
  EngineDirectory& engines_;
  boost::asio::any_io_executor executor_;
  std::shared_ptr<std::set<std::string>> under_way_ =  ///< Names.
      std::make_shared<std::set<std::string>>();
  /// Kept: a node leaves once.
  std::map<model::NodeId, std::shared_ptr<Clearing>> clearings_;
  boost::asio::thread_pool files_{1};
};

}  // namespace swarmward::app
