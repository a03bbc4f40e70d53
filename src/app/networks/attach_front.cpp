#include "app/networks/attach_front.h"

namespace swarmward::app {

namespace asio = boost::asio;

asio::awaitable<Result<api::AttachControl::Places>> AttachFront::attach(
    std::vector<api::AttachWish> wishes) {
  auto const cluster = store_.snapshot()->cluster;
  if (!cluster) {
    auto places = co_await worker_.attach(std::move(wishes));
    co_return places;
  }
  auto places = co_await attachments_.attach(cluster->manager_node, std::move(wishes));
  co_return places;
}

asio::awaitable<Result<void>> AttachFront::detach(std::vector<std::string> attachments) {
  auto const cluster = store_.snapshot()->cluster;
  if (!cluster) {
    auto detached = co_await worker_.detach(std::move(attachments));
    co_return detached;
  }
  auto detached = co_await attachments_.detach(cluster->manager_node, std::move(attachments));
  co_return detached;
}

}  // namespace swarmward::app
