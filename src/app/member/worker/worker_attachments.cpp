// A worker asks a manager for places of containers in networks of the swarm.

#include "app/member/worker/worker.h"
#include "app/networks/attach_messages.h"

namespace swarmward::app {

namespace asio = boost::asio;

namespace {

/// Longer than a manager waits for the place to be there.
constexpr std::chrono::seconds kPlaceAnswer{30};

}  // namespace

/// The first manager that can be reached.
asio::awaitable<Result<nlohmann::json>> Worker::ask_anyone(std::string path, nlohmann::json body) {
  Result<nlohmann::json> answer = unavailable("no manager of the swarm is known");
  auto const managers = record_ ? record_->managers : std::vector<ManagerAddress>();
  for (auto const& manager : managers) {
    auto question = body;
    auto heard =
        co_await attach_clients_.ask(manager.address, path, std::move(question), kPlaceAnswer);
    answer = std::move(heard);
    if (answer || answer.error().code != ErrorCode::Unavailable) {
      break;
    }
  }
  co_return answer;
}

asio::awaitable<Result<api::AttachControl::Places>> Worker::attach(
    std::vector<api::AttachWish> wishes) {
  nlohmann::json question{{"Networks", to_json(wishes)}};
  auto const answer = co_await ask_anyone("/member/attach", std::move(question));
  if (!answer) {
    co_return answer.error();
  }
  co_return places_from(answer->value("Places", nlohmann::json()), wishes.size());
}

asio::awaitable<Result<void>> Worker::detach(std::vector<std::string> attachments) {
  nlohmann::json question{{"Attachments", attachments}};
  auto const answer = co_await ask_anyone("/member/detach", std::move(question));
  co_return answer ? Result<void>{} : Result<void>(answer.error());
}

}  // namespace swarmward::app
