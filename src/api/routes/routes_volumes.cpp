#include "api/routes/routes_volumes.h"

#include <algorithm>
#include <array>

#include "api/passthrough/body_parts.h"
#include "api/passthrough/forward.h"
#include "api/router.h"

namespace swarmward::api {

namespace {

constexpr ApiVersion kClusterVolumes{1, 42};

using VolumesRoute = Route<Volumes>;
constexpr std::array kVolumesRoutes{
    VolumesRoute{"POST", "/volumes/create", &Volumes::create, kClusterVolumes},
    VolumesRoute{"PUT", "/volumes/{id}", &Volumes::update, kClusterVolumes},
};

Error no_cluster_volumes(std::string const& cure) {
  return {ErrorCode::NotImplemented,
          "cluster volumes (CSI) are not part of this version of swarmward: " + cure};
}

}  // namespace

std::span<Route<Volumes> const> Volumes::routes() {
  return kVolumesRoutes;
}

Result<void> check_no_cluster_volume(Request const& request) {
  bool const asks = request.version >= kClusterVolumes &&
                    part_of(parse_object(request.body), "ClusterVolumeSpec").is_object();
  if (!asks) {
    return {};
  }
  return no_cluster_volumes(
      "leave out --type, --scope, --sharing, --availability, --group, --secret, --topology-* and "
      "--*-bytes (ClusterVolumeSpec), and choose storage that every node reaches by --driver and "
      "--opt");
}

bool Volumes::owns(std::string_view method, std::string_view path, ApiVersion version) const {
  auto const ours = [&](VolumesRoute const& route) {
    std::string id;
    return route.method == method && matches_pattern(route.pattern, path, &id);
  };
  if (version < kClusterVolumes || !std::ranges::any_of(kVolumesRoutes, ours)) {
    return false;
  }
  auto const worker = context_.control.worker();
  return context_.store.snapshot()->cluster || (worker && !worker->locked);
}

asio::awaitable<Result<Response>> Volumes::create(Call const* call) {
  if (auto const local = check_no_cluster_volume(call->request); !local) {
    co_return local.error();
  }
  auto request = call->request;
  auto answer = co_await forward_to_engine(context_.control.local_upstream(), std::move(request));
  co_return answer;
}

Result<Response> Volumes::update(Call const& call) const {
  return no_cluster_volumes("volume " + call.id + " is none, and only these can be updated");
}

}  // namespace swarmward::api
