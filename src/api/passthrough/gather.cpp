#include "api/passthrough/gather.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace swarmward::api {

namespace asio = boost::asio;

namespace {

/// Outlives the call if an engine answers late.
struct Gathering {
  Gathering(asio::any_io_executor const& executor, std::size_t count)
      : documents(count, unavailable("no answer in time")), all_in(executor) {}

  std::vector<Result<std::string>> documents;
  std::size_t waiting = 0;
  std::function<bool(std::string const&)> enough;
  asio::steady_timer all_in;
};

asio::awaitable<void> ask(std::shared_ptr<Gathering> gathering,
                          std::size_t at,
                          std::shared_ptr<backends::Engine> engine,
                          std::string path) {
  auto document = co_await engine->get_document(std::move(path));
  bool const enough = document && gathering->enough && gathering->enough(*document);
  gathering->documents[at] = std::move(document);
  if (--gathering->waiting == 0 || enough) {
    gathering->all_in.cancel();
  }
}

}  // namespace

asio::awaitable<std::vector<Result<std::string>>> gather_documents(
    std::vector<std::shared_ptr<backends::Engine>> engines,
    std::string path,
    std::chrono::milliseconds timeout,
    std::function<bool(std::string const&)> enough) {
  auto const executor = co_await asio::this_coro::executor;
  auto const gathering = std::make_shared<Gathering>(executor, engines.size());
  gathering->enough = std::move(enough);
  gathering->all_in.expires_after(timeout);
  for (std::size_t at = 0; at < engines.size(); ++at) {
    if (!engines[at]) {
      gathering->documents[at] = unavailable("no way to it is known");
      continue;
    }
    ++gathering->waiting;
    asio::co_spawn(executor, ask(gathering, at, engines[at], path), asio::detached);
  }
  if (gathering->waiting > 0) {
    co_await gathering->all_in.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  // A copy: what comes late still has its place.
  auto documents = gathering->documents;
  co_return documents;
}

}  // namespace swarmward::api
