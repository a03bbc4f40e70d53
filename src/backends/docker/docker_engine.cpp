#include "backends/docker/docker_engine.h"

#include "backends/docker/archive_upload.h"
#include "backends/docker/docker_events.h"
#include "backends/docker/engine_documents.h"
#include "backends/docker/engine_requests.h"
#include "backends/docker/pull_reader.h"
#include "backends/docker/versioned_client.h"
#include "base/percent_encode.h"

namespace swarmward::backends {

namespace {

constexpr std::chrono::seconds kCallTimeout{60};
constexpr std::chrono::seconds kStopSlack{30};
constexpr std::chrono::seconds kNoTimeout{0};
/// Whatever the registry does: longer, and the task is better off on another node.
constexpr std::chrono::minutes kPullLimit{15};

class DockerEngine final : public Engine {
 public:
  DockerEngine(asio::any_io_executor executor,
               net::DialerPtr dialer,
               std::shared_ptr<ConnectionBudget> budget)
      : client_(std::move(executor), std::move(dialer), std::move(budget)) {}

  asio::awaitable<Result<EngineInfo>> info() override;
  std::string api_version() const override { return client_.version(); }
  std::size_t calls_at_once() const override { return client_.calls_at_once(); }
  asio::awaitable<Result<void>> ping() override { return client_.ping(); }
  asio::awaitable<Result<void>> knock() override { return client_.knock(); }
  void ping(Heard heard) override { client_.ping(std::move(heard)); }
  asio::awaitable<Result<std::string>> create_container(std::string name,
                                                        std::string body) override;
  asio::awaitable<Result<void>> start_container(std::string id) override;
  asio::awaitable<Result<void>> stop_container(std::string id, std::chrono::seconds grace) override;
  asio::awaitable<Result<void>> remove_container(std::string id, KeepVolumes volumes) override;
  asio::awaitable<Result<ContainerState>> inspect_container(std::string id_or_name) override;
  asio::awaitable<Result<std::vector<ContainerSummary>>> list_containers(
      std::string label) override;
  asio::awaitable<Result<bool>> has_image(std::string reference) override;
  asio::awaitable<Result<void>> pull_image(std::string reference,
                                           std::string registry_auth) override;
  asio::awaitable<Result<std::unique_ptr<ByteStream>>> save_image(std::string reference) override;
  asio::awaitable<Result<void>> load_image(std::unique_ptr<ByteStream> archive,
                                           BytesRead read) override;
  asio::awaitable<Result<void>> create_volume(std::string body) override;
  asio::awaitable<Result<void>> create_network(std::string body) override;
  asio::awaitable<Result<void>> connect_network(std::string name, std::string body) override;
  asio::awaitable<Result<void>> remove_network(std::string id_or_name) override;
  asio::awaitable<Result<std::unique_ptr<EventStream>>> events(std::string label) override;
  asio::awaitable<Result<std::unique_ptr<ByteStream>>> logs(std::string id,
                                                            LogQuery query) override;
  asio::awaitable<Result<std::string>> get_document(std::string path) override;
  asio::awaitable<Result<std::unique_ptr<ByteStream>>> open_document(std::string path) override;

 private:
  VersionedClient client_;
};

HttpRequest make_request(std::string method,
                         std::string target,
                         std::chrono::milliseconds timeout = kCallTimeout) {
  HttpRequest request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.timeout = timeout;
  return request;
}

std::string image_path(std::string const& reference, std::string_view rest) {
  return "/images/" + percent_encode(reference, "/:@") + std::string(rest);
}

asio::awaitable<Result<EngineInfo>> DockerEngine::info() {
  auto info_request = make_request("GET", "/info");
  auto info = co_await client_.call(std::move(info_request));
  if (!info) {
    co_return info.error();
  }
  auto version_request = make_request("GET", "/version");
  auto version = co_await client_.call(std::move(version_request));
  if (!version) {
    co_return version.error();
  }
  co_return parse_engine_info(info->body, version->body);
}

asio::awaitable<Result<std::string>> DockerEngine::create_container(std::string name,
                                                                    std::string body) {
  auto request =
      make_request("POST", "/containers/create?name=" + percent_encode(name), kNoTimeout);
  request.body = std::move(body);
  auto response = co_await client_.call(std::move(request));
  if (!response) {
    co_return response.error();
  }
  co_return created_id(response->body);
}

asio::awaitable<Result<void>> DockerEngine::start_container(std::string id) {
  auto request = make_request("POST", container_path(id, "/start"));
  auto done = co_await client_.command(std::move(request));  // 304: it runs already.
  co_return done;
}

asio::awaitable<Result<void>> DockerEngine::stop_container(std::string id,
                                                           std::chrono::seconds grace) {
  auto const target = container_path(id, "/stop?t=" + std::to_string(grace.count()));
  auto request = make_request("POST", target, grace + kStopSlack);
  auto done = co_await client_.command(std::move(request));  // 304: it has stopped already.
  co_return done;
}

asio::awaitable<Result<void>> DockerEngine::remove_container(std::string id, KeepVolumes volumes) {
  auto const* query = volumes == KeepVolumes::Yes ? "?force=1" : "?force=1&v=1";
  auto request = make_request("DELETE", container_path(id, query));
  auto response = co_await client_.call(std::move(request));
  if (response || response.error().code == ErrorCode::NotFound) {
    co_return Result<void>{};
  }
  // dockerd: "removal of container X is already in progress".
  if (response.error().code == ErrorCode::Conflict &&
      response.error().message.find("is already in progress") != std::string::npos) {
    co_return Result<void>{};
  }
  co_return response.error();
}

asio::awaitable<Result<ContainerState>> DockerEngine::inspect_container(std::string id_or_name) {
  auto request = make_request("GET", container_path(id_or_name, "/json"));
  auto response = co_await client_.call(std::move(request));
  if (!response) {
    co_return response.error();
  }
  co_return parse_container_state(response->body);
}

asio::awaitable<Result<std::vector<ContainerSummary>>> DockerEngine::list_containers(
    std::string label) {
  auto request = make_request("GET", list_target(label));
  auto response = co_await client_.call(std::move(request));
  if (!response) {
    co_return response.error();
  }
  co_return parse_container_list(response->body);
}

asio::awaitable<Result<bool>> DockerEngine::has_image(std::string reference) {
  auto request = make_request("GET", image_path(reference, "/json"));
  auto response = co_await client_.call(std::move(request));
  if (response) {
    co_return true;
  }
  if (response.error().code == ErrorCode::NotFound) {
    co_return false;
  }
  co_return response.error();
}

asio::awaitable<Result<void>> DockerEngine::pull_image(std::string reference,
                                                       std::string registry_auth) {
  auto request = make_request("POST", pull_target(reference), kPullLimit);
  if (!registry_auth.empty()) {
    request.headers.emplace_back("X-Registry-Auth", std::move(registry_auth));
  }
  auto const until = std::chrono::steady_clock::now() + kPullLimit;
  auto body = co_await client_.stream(std::move(request));
  if (!body && std::chrono::steady_clock::now() >= until) {
    co_return pull_too_slow(reference, kPullLimit);
  }
  if (!body) {
    co_return body.error();
  }
  auto done = co_await read_pull(client_.executor(), std::move(*body), reference, until);
  co_return done;
}

asio::awaitable<Result<std::unique_ptr<ByteStream>>> DockerEngine::save_image(
    std::string reference) {
  // Old engines gather the whole archive before they answer.
  auto request = make_request("GET", image_path(reference, "/get"), kPullLimit);
  auto body = co_await client_.stream(std::move(request));
  co_return std::move(body);
}

asio::awaitable<Result<void>> DockerEngine::load_image(std::unique_ptr<ByteStream> archive,
                                                       BytesRead read) {
  auto request = make_request("POST", "/images/load?quiet=1", kPullLimit);
  request.content_type = "application/x-tar";
  auto done =
      co_await upload_archive(&client_, std::move(request), std::move(archive), std::move(read));
  co_return done;
}

asio::awaitable<Result<void>> DockerEngine::create_volume(std::string body) {
  auto request = make_request("POST", "/volumes/create");
  request.body = std::move(body);
  auto done = co_await client_.command(std::move(request));
  co_return done;
}

asio::awaitable<Result<void>> DockerEngine::create_network(std::string body) {
  auto request = make_request("POST", "/networks/create");
  request.body = std::move(body);
  auto done = co_await client_.command(std::move(request));
  co_return done;
}

asio::awaitable<Result<void>> DockerEngine::connect_network(std::string name, std::string body) {
  auto request = make_request("POST", "/networks/" + percent_encode(name) + "/connect");
  request.body = std::move(body);
  auto done = co_await client_.command(std::move(request));
  co_return done;
}

asio::awaitable<Result<void>> DockerEngine::remove_network(std::string id_or_name) {
  auto request = make_request("DELETE", "/networks/" + percent_encode(id_or_name));
  auto done = co_await client_.command(std::move(request));
  if (!done && done.error().code == ErrorCode::NotFound) {
    co_return Result<void>{};
  }
  co_return done;
}

asio::awaitable<Result<std::unique_ptr<EventStream>>> DockerEngine::events(std::string label) {
  auto request = make_request("GET", events_target(label));
  auto body = co_await client_.stream(std::move(request));
  if (!body) {
    co_return body.error();
  }
  co_return make_event_stream(std::move(*body));
}

asio::awaitable<Result<std::unique_ptr<ByteStream>>> DockerEngine::logs(std::string id,
                                                                        LogQuery query) {
  auto request = make_request("GET", logs_target(id, query));
  auto body = co_await client_.stream(std::move(request));
  co_return std::move(body);
}

asio::awaitable<Result<std::string>> DockerEngine::get_document(std::string path) {
  auto request = make_request("GET", std::move(path));
  auto response = co_await client_.call(std::move(request));
  if (!response) {
    co_return response.error();
  }
  co_return std::move(response->body);
}

asio::awaitable<Result<std::unique_ptr<ByteStream>>> DockerEngine::open_document(std::string path) {
  auto request = make_request("GET", std::move(path));
  auto body = co_await client_.stream(std::move(request));
  co_return std::move(body);
}

}  // namespace

std::unique_ptr<Engine> make_docker_engine(asio::any_io_executor executor,
                                           net::DialerPtr dialer,
                                           std::shared_ptr<ConnectionBudget> budget) {
  return std::make_unique<DockerEngine>(std::move(executor), std::move(dialer), std::move(budget));
}

Result<std::unique_ptr<Engine>> make_docker_engine(asio::any_io_executor executor,
                                                   std::string const& address) {
  auto parsed = net::parse_engine_address(address);
  if (!parsed) {
    return parsed.error();
  }
  return make_docker_engine(std::move(executor), net::make_plain_dialer(std::move(*parsed)));
}

}  // namespace swarmward::backends
