#include "app/engine_directory.h"

#include "app/files/remote_task_files.h"
#include "app/files/task_file_places.h"
#include "backends/docker/docker_engine.h"
#include "base/log.h"
#include "cluster/founding.h"

namespace swarmward::app {

EngineDirectory::EngineDirectory(boost::asio::any_io_executor executor, std::size_t descriptors)
    : executor_(std::move(executor)),
      connections_(
          std::make_shared<backends::ConnectionBudget>(backends::connection_limits(descriptors))) {}

Result<void> EngineDirectory::list(std::string const& name, std::string const& url) {
  auto address = net::parse_engine_address(url);
  if (!address) {
    return address.error();
  }
  bool const same_host = address->is_unix() || name == cluster::kLocalEngine;
  auto dialer = net::make_plain_dialer(std::move(*address));
  listed_[name] = {
      backends::make_docker_engine(executor_, dialer, connections_), dialer, same_host};
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
  return others_[node.id] = {backends::make_docker_engine(executor_, *dialer, connections_),
                             *dialer};
}

std::shared_ptr<backends::TaskFiles> EngineDirectory::files_of(model::Node const& node) const {
  auto const listed = listed_.find(node.engine_name);
  if (listed != listed_.end() && listed->second.same_host) {
    return local_task_files(node.id);
  }
  if (node.access.agent_port == 0 || !make_agent_dialer_) {
    return nullptr;
  }
  auto dialer = make_agent_dialer_(node);
  return dialer ? std::make_shared<RemoteTaskFiles>(executor_, std::move(*dialer)) : nullptr;
}

}  // namespace swarmward::app
