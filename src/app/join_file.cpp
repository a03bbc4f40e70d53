#include "app/join_file.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

#include "app/member/member_documents.h"
#include "base/log.h"
#include "cluster/pki/durable_file.h"

namespace swarmward::app {

namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

constexpr std::size_t kLimit = 64UL * 1024;
constexpr std::chrono::seconds kFirstPause{1};
constexpr std::chrono::seconds kLongestPause{30};

void remove_join_file(fs::path const& path) {
  std::error_code error;
  fs::remove(path, error);
  if (error) {
    room_log("cluster")->error(
        "join_file.not_removed file={} reason=\"{}\"", path.string(), error.message());
    return;
  }
  if (auto const synced = cluster::sync_folder(path.parent_path()); !synced) {
    room_log("cluster")->warn("join_file.not_synced reason=\"{}\"", synced.error().message);
  }
}

void warn_of_readers(fs::path const& path) {
  std::error_code error;
  auto const mode = fs::status(path, error).permissions();
  auto const others = fs::perms::group_all | fs::perms::others_all;
  if (!error && (mode & others) != fs::perms::none) {
    room_log("cluster")->warn("join_file.readable file={} cure=\"chmod 600\"", path.string());
  }
}

}  // namespace

Result<JoinWish> parse_join_file(std::string const& text) {
  auto document = parse_message(text);
  if (!document) {
    return document.error();
  }
  JoinWish wish;
  wish.hostname = text_of(*document, "Hostname");
  document->erase("Hostname");
  if (!document->contains("ListenAddr")) {
    (*document)["ListenAddr"] = "0.0.0.0:2377";
  }
  auto request = wire::join_request_from_json(*document);
  if (!request) {
    return request.error();
  }
  if (request->join_token.empty() || request->remote_addrs.empty()) {
    return invalid_argument("JoinToken and RemoteAddrs must be there");
  }
  wish.request = std::move(*request);
  return wish;
}

asio::awaitable<void> join_by_file(Membership* membership, fs::path path) {
  auto const text = cluster::read_small(path, kLimit);
  if (!text) {
    co_return;
  }
  if (auto const worker = membership->worker(); worker && !worker->locked) {
    // Killed between joining and removing it.
    remove_join_file(path);
    co_return;
  }
  warn_of_readers(path);
  auto const wish = parse_join_file(*text);
  if (!wish) {
    room_log("cluster")->error(
        "swarm.not_joined file={} reason=\"{}\"", path.string(), wish.error().message);
    co_return;
  }
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (auto pause = kFirstPause;; pause = std::min(2 * pause, kLongestPause)) {
    auto request = wish->request;
    auto const joined = co_await membership->join_as(std::move(request), wish->hostname);
    if (joined) {
      remove_join_file(path);
      co_return;
    }
    bool const again = joined.error().code == ErrorCode::Unavailable && !membership->in_swarm();
    room_log("cluster")->warn("swarm.not_joined retry_s={} reason=\"{}\"",
                              again ? pause.count() : 0,
                              joined.error().message);
    if (!again) {
      co_return;
    }
    timer.expires_after(pause);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

}  // namespace swarmward::app
