#include "backends/docker/versioned_client.h"

#include "backends/docker/engine_documents.h"
#include "backends/docker/engine_requests.h"

namespace swarmward::backends {

namespace {

constexpr std::chrono::seconds kPingTimeout{3};

/// The same for all engines.
std::shared_ptr<HttpRequest const> const& ping_request() {
  static auto const request = [] {
    auto ping = std::make_shared<HttpRequest>();
    ping->target = "/_ping";
    ping->timeout = kPingTimeout;
    ping->urgency = Urgency::SignOfLife;
    return std::shared_ptr<HttpRequest const>(std::move(ping));
  }();
  return request;
}

void put_version(std::string const& version, HttpRequest& request) {
  request.target.insert(0, "/v" + version);
}

}  // namespace

asio::awaitable<Result<void>> VersionedClient::ping() {
  auto const response = co_await client_.request(*ping_request());
  co_return learn_version(response);
}

asio::awaitable<Result<void>> VersionedClient::knock() {
  auto request = *ping_request();
  request.anew = true;
  auto const response = co_await client_.request(std::move(request));
  if (!response) {
    co_return response.error();
  }
  // Whoever carries the question to the engine answers so for it.
  co_return response->status >= 500 ? unavailable(response->body) : Result<void>();
}

void VersionedClient::ping(std::function<void(Result<void>)> heard) {
  client_.ask(ping_request(), [this, heard = std::move(heard)](Result<HttpResponse> const& pinged) {
    heard(learn_version(pinged));
  });
}

Result<void> VersionedClient::learn_version(Result<HttpResponse> const& pinged) {
  if (!pinged) {
    version_.clear();  // Another version may come back.
    return pinged.error();
  }
  if (pinged->status >= 400) {
    return engine_error(pinged->status, pinged->body);
  }
  auto const version = spoken_version(pinged->api_version);
  if (!version) {
    return internal_error("the engine does not tell its API version");
  }
  version_ = *version;
  return {};
}

asio::awaitable<Result<void>> VersionedClient::address(HttpRequest* request) {
  if (version_.empty()) {
    auto const pinged = co_await ping();
    if (!pinged) {
      co_return pinged.error();
    }
  }
  put_version(version_, *request);
  co_return Result<void>{};
}

asio::awaitable<Result<HttpResponse>> VersionedClient::ask(HttpRequest request) {
  auto const ready = co_await address(&request);
  if (!ready) {
    co_return ready.error();
  }
  auto response = co_await client_.request(std::move(request));
  if (!response) {
    version_.clear();
  }
  co_return response;
}

/// As ask() does it, but that every coroutine counts here: each task takes several calls.
asio::awaitable<Result<HttpResponse>> VersionedClient::call(HttpRequest request) {
  if (version_.empty()) {
    auto const pinged = co_await ping();
    if (!pinged) {
      co_return pinged.error();
    }
  }
  put_version(version_, request);
  auto response = co_await client_.request(std::move(request));
  if (!response) {
    version_.clear();
  }
  if (response && response->status >= 400) {
    co_return engine_error(response->status, response->body);
  }
  co_return response;
}

asio::awaitable<Result<void>> VersionedClient::command(HttpRequest request) {
  auto response = co_await call(std::move(request));
  if (!response) {
    co_return response.error();
  }
  co_return Result<void>{};
}

asio::awaitable<Result<std::unique_ptr<BodyStream>>> VersionedClient::stream(HttpRequest request) {
  auto const ready = co_await address(&request);
  if (!ready) {
    co_return ready.error();
  }
  auto opened = co_await client_.open(std::move(request));
  if (!opened) {
    version_.clear();
    co_return opened.error();
  }
  if (!opened->body) {
    co_return engine_error(opened->head.status, opened->head.body);
  }
  co_return std::move(opened->body);
}

}  // namespace swarmward::backends
