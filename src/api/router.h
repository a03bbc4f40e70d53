#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "api/cluster/cluster_containers.h"
#include "api/manager_check.h"
#include "api/route.h"
#include "api/routes/routes_containers.h"
#include "api/routes/routes_events.h"
#include "api/routes/routes_info.h"
#include "api/routes/routes_logs.h"
#include "api/routes/routes_networks.h"
#include "api/routes/routes_nodes.h"
#include "api/routes/routes_payloads.h"
#include "api/routes/routes_registries.h"
#include "api/routes/routes_services.h"
#include "api/routes/routes_swarm.h"
#include "api/routes/routes_tasks.h"
#include "api/routes/routes_volumes.h"
#include "api/routes/routes_ward.h"

namespace swarmward::api {

/// What containers that are no tasks, their volumes and networks are to a client.
enum class Scope {
  Host,     ///< Those of this host's engine, as dockerd has it.
  Cluster,  ///< Those of all nodes.
};

/// Answers what swarm mode adds to the Engine API. Lives on the io thread; the store, the
/// controls and the events outlive it.
class SwarmApi final : public RequestHandler {
 public:
  SwarmApi(Scope scope,
           state::StateStore& store,
           SwarmControl& control,
           WardControl& ward,
           AttachControl& attachments,
           EventLog& events,
           ContainerIndex const& containers,
           Clock const& clock,
           RandomBytes random);

  [[nodiscard]] bool owns(std::string_view method,
                          std::string_view path,
                          ApiVersion version,
                          std::string_view raw_query) const override;
  /// The engine of the node whose task the path names; null: this host's.
  [[nodiscard]] std::shared_ptr<Upstream const> upstream_of(std::string_view path) const;
  [[nodiscard]] asio::awaitable<Result<std::shared_ptr<Upstream const>>> find_upstream(
      std::string path) const override;
  [[nodiscard]] Result<std::shared_ptr<Upstream const>> node_upstream(
      std::string const& name) const override;
  asio::awaitable<void> handle(Request request, Responder& responder) override;

 private:
  struct Entry {
    std::string_view method;
    std::string_view pattern;
    ApiVersion since;
    std::function<asio::awaitable<void>(Call const*)> run;
  };

  template <class Family>
  void add(Family& family);
  [[nodiscard]] Entry const* find(std::string_view method,
                                  std::string_view path,
                                  std::string* id) const;

  [[nodiscard]] bool owns_for_cluster(std::string_view method, std::string_view path) const;

  Scope scope_;
  RouteContext context_;
  Swarm swarm_;
  Networks networks_;
  Nodes nodes_;
  Services services_;
  Tasks tasks_;
  Logs logs_;
  Events events_;
  Containers containers_;
  Info info_;
  Secrets secrets_;
  Configs configs_;
  Ward ward_;
  Registries registries_;
  Volumes volumes_;
  ClusterHosts cluster_hosts_;
  ClusterVolumes cluster_volumes_;
  ClusterContainers cluster_containers_;
  std::vector<Entry> entries_;  ///< The first that matches counts.
};

/// Whether `path` is what `pattern` describes; `{id}` takes one segment that is not empty, put into
/// `id`.
[[nodiscard]] bool matches_pattern(std::string_view pattern,
                                   std::string_view path,
                                   std::string* id);

}  // namespace swarmward::api
