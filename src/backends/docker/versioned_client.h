#pragma once

#include "backends/docker/http_client.h"

namespace swarmward::backends {

/// HTTP to one engine in a version of its API that both speak: learned at the first call, and
/// again after each loss of the engine, which may come back as another version. Targets come
/// without the version. Threads and lifetime as with HttpClient.
class VersionedClient {
 public:
  VersionedClient(asio::any_io_executor executor,
                  net::DialerPtr dialer,
                  std::shared_ptr<ConnectionBudget> budget = nullptr)
      : client_(std::move(executor), std::move(dialer), std::move(budget)) {}

  [[nodiscard]] asio::any_io_executor const& executor() const { return client_.executor(); }
  /// Spoken with the engine; empty until it is known.
  [[nodiscard]] std::string const& version() const { return version_; }

  [[nodiscard]] std::size_t calls_at_once() const { return client_.calls_at_once(); }

  /// Asks for the version anew. Errors: Unavailable, those of the engine, Internal (no version).
  asio::awaitable<Result<void>> ping();
  /// The same as HttpClient::ask() does it.
  void ping(std::function<void(Result<void>)> heard);
  /// See Engine::knock().
  asio::awaitable<Result<void>> knock();
  /// Any answer of the engine.
  asio::awaitable<Result<HttpResponse>> ask(HttpRequest request);
  /// The same, with a status of 400 and above as an error.
  asio::awaitable<Result<HttpResponse>> call(HttpRequest request);
  /// The same, where nothing of the answer but its success counts.
  asio::awaitable<Result<void>> command(HttpRequest request);
  /// The same, with the body read piece by piece.
  asio::awaitable<Result<std::unique_ptr<BodyStream>>> stream(HttpRequest request);

 private:
  /// From the answer to a ping.
  Result<void> learn_version(Result<HttpResponse> const& pinged);
  /// Puts the version in front of the target.
  asio::awaitable<Result<void>> address(HttpRequest* request);

  HttpClient client_;
  std::string version_;
};

}  // namespace swarmward::backends
