#include "app/engine_directory.h"

#include "backends/docker/docker_engine.h"
#include "base/log.h"
#include "cluster/founding.h"

namespace swarmward::app {

Result<void> EngineDirectory::list(std::string const& name, std::string const& url) {
  auto address = net::parse_engine_address(url);
  if (!address) {
    return address.error();
  }
  auto dialer = net::make_plain_dialer(std::move(*address));
  listed_[name] = {backends::make_docker_engine(executor_, dialer), dialer};
  return {};
}

EngineAt const& EngineDirectory::local() const {
  return listed_.at(std::string(cluster::kLocalEngine));
}

EngineAt EngineDirectory::of(model::Node const& node) {
  if (!node.engine_name.empty()) {
    auto const found = listed_.find(node.engine_name);
    return found == listed_.end() ? EngineAt{} : found->second;
  }
  if (auto const known = others_.find(node.id); known != others_.end()) {
    return known->second;
  }
  auto dialer = make_dialer_ ? make_dialer_(node) : internal_error("no way to it is known");
  if (!dialer) {
    room_log("app")->error("node.unreachable node={} reason=\"{}\"",
                           node.description.hostname,
                           dialer.error().message);
    return {};
  }
  return others_[node.id] = {backends::make_docker_engine(executor_, *dialer), *dialer};
}

}  // namespace swarmward::app
