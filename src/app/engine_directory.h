#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "backends/docker/connection_budget.h"
#include "backends/engine.h"
#include "backends/task_files.h"
#include "base/net/dialer.h"

namespace swarmward::app {

/// An engine and the way to it. Both null: not known here.
struct EngineAt {
  std::shared_ptr<backends::Engine> engine;
  net::DialerPtr dialer;
  bool same_host = false;  ///< Its socket is one of this host.
};

/// The engines of all nodes: the host's own, those listed at start, and those that joined or were
/// adopted since, made when first asked for. Io thread only.
class EngineDirectory {
 public:
  /// `descriptors`: how many this process may have.
  EngineDirectory(boost::asio::any_io_executor executor, std::size_t descriptors);

  /// An engine given at start; cluster::kLocalEngine is this host's. Errors: InvalidArgument.
  Result<void> list(std::string const& name, std::string const& url);
  /// How nodes are reached that joined or were adopted: makes a dialer, or says why not.
  using MakeDialer = std::function<Result<net::DialerPtr>(model::Node const&)>;
  void reach_others_by(MakeDialer make) { make_dialer_ = std::move(make); }

  [[nodiscard]] EngineAt const& local() const;
  [[nodiscard]] EngineAt of(model::Node const& node);
  /// The same for the files of their tasks, which their agents take.
  void reach_agents_by(MakeDialer make) { make_agent_dialer_ = std::move(make); }
  /// Where the files of the node's tasks are laid down; null if it can have none.
  [[nodiscard]] std::shared_ptr<backends::TaskFiles> files_of(model::Node const& node) const;
  /// The node is gone.
  void forget(model::NodeId const& id) { others_.erase(id); }

 private:
  boost::asio::any_io_executor executor_;
  std::shared_ptr<backends::ConnectionBudget> connections_;
  MakeDialer make_dialer_;
  MakeDialer make_agent_dialer_;
  std::map<std::string, EngineAt> listed_;
  std::map<model::NodeId, EngineAt> others_;
};

}  // namespace swarmward::app
