#include "app/local_facts.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace swarmward::app {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds kFactsRefresh{20};

}  // namespace

asio::awaitable<Result<void>> LocalFacts::refresh() {
  auto const engine = engines_.local().engine;
  auto const info = co_await engine->info();
  if (!info) {
    co_return info.error();
  }
  facts_.version = api::parse_api_version(info->api_version).value_or(facts_.version);
  facts_.server_version = info->description.engine_version;
  co_return Result<void>{};
}

asio::awaitable<void> LocalFacts::keep_fresh() {
  for (;;) {
    timer_.expires_after(kFactsRefresh);
    co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (stopping_) {
      co_return;
    }
    // An engine that does not answer keeps its last facts.
    auto const refreshed = co_await refresh();
    static_cast<void>(refreshed);
  }
}

void LocalFacts::stop() {
  stopping_ = true;
  timer_.cancel();
}

}  // namespace swarmward::app
