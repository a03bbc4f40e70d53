#include "backends/docker/versioned_client.h"

#include "backends/docker/engine_documents.h"
#include "backends/docker/engine_requests.h"

namespace swarmward::backends {

namespace {

constexpr std::chrono::seconds kPingTimeout{3};

}  // namespace

asio::awaitable<Result<void>> VersionedClient::ping() {
  HttpRequest request;
  request.target = "/_ping";
  request.timeout = kPingTimeout;
  auto response = co_await client_.request(std::move(request));
  if (!response) {
    version_.clear();  // Another version may come back.
    co_return response.error();
  }
  if (response->status >= 400) {
    co_return engine_error(response->status, response->body);
  }
  auto const version = spoken_version(response->api_version);
  if (!version) {
    co_return internal_error("the engine does not tell its API version");
  }
  version_ = *version;
  co_return Result<void>{};
}

asio::awaitable<Result<void>> VersionedClient::address(HttpRequest* request) {
  if (version_.empty()) {
    auto const pinged = co_await ping();
    if (!pinged) {
      co_return pinged.error();
    }
  }
  request->target = "/v" + version_ + request->target;
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

asio::awaitable<Result<HttpResponse>> VersionedClient::call(HttpRequest request) {
  auto response = co_await ask(std::move(request));
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

asio::awaitable<Result<std::unique_ptr<ByteStream>>> VersionedClient::stream(HttpRequest request) {
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
