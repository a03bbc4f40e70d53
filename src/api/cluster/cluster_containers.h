#pragma once

#include <map>
#include <span>
#include <string>

#include "api/cluster/claims.h"
#include "api/cluster/cluster_hosts.h"
#include "api/cluster/cluster_images.h"
#include "api/cluster/cluster_volumes.h"
#include "api/cluster/node_choice.h"
#include "api/routes/routes_containers.h"
#include "api/routes/routes_events.h"
#include "api/routes/routes_networks.h"

namespace swarmward::api {

/// Containers that are no tasks, on all nodes as on one engine: a new one is placed where it fits,
/// others are found wherever they are. Their networks are the swarm's. Io thread only; what it is
/// made with outlives it.
class ClusterContainers {
 public:
  struct Families {
    Containers& containers;
    Networks& networks;
    Events& events;
  };
  ClusterContainers(RouteContext const& context,
                    AttachControl& attachments,
                    ClusterHosts const& hosts,
                    ClusterVolumes& volumes,
                    Families families)
      : context_(context),
        attaching_{context, attachments},
        hosts_(hosts),
        volumes_(volumes),
        families_(families) {}
  [[nodiscard]] static std::span<Route<ClusterContainers> const> routes();

  /// The engine that has the container of the path; null: the path names none. Errors: as
  /// ClusterHosts::host_with().
  asio::awaitable<Result<std::shared_ptr<Upstream const>>> find_upstream(std::string path) const;

  asio::awaitable<Result<Response>> list(Call const* call);
  asio::awaitable<Result<Response>> create(Call const* call);
  asio::awaitable<Result<Response>> create_volume(Call const* call);
  asio::awaitable<Result<Response>> create_exec(Call const* call);
  asio::awaitable<Result<Response>> rename(Call const* call);
  asio::awaitable<Result<Response>> create_network(Call const* call);
  asio::awaitable<Result<Response>> connect(Call const* call);
  asio::awaitable<Result<Response>> disconnect(Call const* call);
  asio::awaitable<Result<void>> events(Call const* call);

 private:
  using Places = std::map<std::string, VolumePlaces>;
  asio::awaitable<std::vector<SeenContainer>> look_at_all(std::vector<NodeReason>* verdicts) const;
  asio::awaitable<Result<ChoiceView>> look(Call const* call,
                                           ContainerWish const* wish,
                                           Places* volumes);
  asio::awaitable<Result<Response>> create_on(ContainerHost const* host,
                                              Call const* call,
                                              OrderedJson body,
                                              Places const* volumes);
  static void add_claimed(Claims::Look const& looking, Places const& volumes, ChoiceView& view);
  asio::awaitable<Result<ContainerHost>> host_of_body(Call const* call) const;

  RouteContext const& context_;
  Attaching attaching_;
  ClusterHosts const& hosts_;
  ClusterVolumes& volumes_;
  Families families_;
  ClusterImages images_{context_};
  Claims claims_;
};

}  // namespace swarmward::api
