#include "app/networks/attach_front.h"

namespace swarmward::app {

namespace asio = boost::asio;

namespace {

model::NodeId node_or_this(model::NodeId node, model::Cluster const& cluster) {
  return node.empty() ? cluster.manager_node : std::move(node);
}

}  // namespace

asio::awaitable<Result<api::AttachControl::Places>> AttachFront::attach(
    model::NodeId node, std::vector<api::AttachWish> wishes) {
  auto const cluster = store_.snapshot()->cluster;
  if (!cluster) {
    auto places = co_await worker_.attach(std::move(wishes));
    co_return places;
  }
  auto const where = node_or_this(std::move(node), *cluster);
  auto places = co_await attachments_.attach(where, std::move(wishes));
  co_return places;
}

asio::awaitable<Result<void>> AttachFront::detach(model::NodeId node,
                                                  std::vector<std::string> attachments) {
  auto const cluster = store_.snapshot()->cluster;
  if (!cluster) {
    auto detached = co_await worker_.detach(std::move(attachments));
    co_return detached;
  }
  auto const where = node_or_this(std::move(node), *cluster);
  auto detached = co_await attachments_.detach(where, std::move(attachments));
  co_return detached;
}

}  // namespace swarmward::app
