#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>

#include "api/routes/testing/fake_live_stream.h"
#include "api/swarm_control.h"

namespace swarmward::api {

/// Gives prepared pieces, then ends, or breaks off where told to.
class FakeByteStream final : public backends::ByteStream {
 public:
  enum class End { Whole, Broken };

  explicit FakeByteStream(std::deque<std::string> pieces, End end = End::Whole)
      : pieces_(std::move(pieces)), end_(end) {}
  asio::awaitable<Result<std::string>> read() override {
    std::string piece;
    if (pieces_.empty() && end_ == End::Broken) {
      co_return unavailable("connection lost");
    }
    if (!pieces_.empty()) {
      piece = std::move(pieces_.front());
      pieces_.pop_front();
    }
    co_return piece;
  }
  void close() override { pieces_.clear(); }

 private:
  std::deque<std::string> pieces_;
  End end_;
};

/// Has documents and logs, and nothing else of an engine.
class FakeApiEngine final : public backends::Engine {
 public:
  std::map<std::string, std::string> documents;
  std::map<std::string, std::deque<std::string>> logs_by_container;
  bool reachable = true;
  ErrorCode unknown = ErrorCode::Unavailable;  ///< What it says of documents that it does not have.
  /// The logs of these containers break off once, and are this from then on.
  std::map<std::string, std::deque<std::string>> after_break;
  int missed_logs = 0;  ///< So many requests for logs do not reach it.
  backends::LogQuery last_query;
  std::shared_ptr<FakeLive> live;  ///< What open_document() reads; null: not reached.
  std::vector<std::string> removed_networks;
  std::vector<std::string> opened;  ///< The paths it was asked for.

  std::string api_version() const override { return "1.41"; }
  asio::awaitable<Result<std::string>> get_document(std::string path) override {
    auto const found = documents.find(path);
    if (!reachable) {
      co_return unavailable("engine not reached");
    }
    if (found == documents.end()) {
      co_return Error{unknown, "engine not reached"};
    }
    co_return found->second;
  }
  asio::awaitable<Result<std::unique_ptr<backends::ByteStream>>> open_document(
      std::string path) override {
    opened.push_back(std::move(path));
    if (!live) {
      co_return unavailable("engine not reached");
    }
    std::unique_ptr<backends::ByteStream> stream = std::make_unique<FakeLiveStream>(live);
    co_return std::move(stream);
  }
  asio::awaitable<Result<std::unique_ptr<backends::ByteStream>>> logs(
      std::string id, backends::LogQuery query) override {
    last_query = query;
    auto const found = logs_by_container.find(id);
    if (!reachable || missed_logs > 0) {
      missed_logs -= reachable ? 1 : 0;
      co_return unavailable("engine not reached");
    }
    if (found == logs_by_container.end()) {
      co_return not_found("No such container: " + id);
    }
    auto pieces = found->second;
    auto const rest = after_break.extract(id);
    auto end = FakeByteStream::End::Whole;
    if (rest) {
      found->second = rest.mapped();
      end = FakeByteStream::End::Broken;
    }
    std::unique_ptr<backends::ByteStream> stream =
        std::make_unique<FakeByteStream>(std::move(pieces), end);
    co_return std::move(stream);
  }

  asio::awaitable<Result<backends::EngineInfo>> info() override { co_return unused(); }
  asio::awaitable<Result<void>> ping() override { co_return unused(); }
  asio::awaitable<Result<void>> knock() override { co_return unused(); }
  void ping(Heard heard) override { heard(unused()); }
  asio::awaitable<Result<std::string>> create_container(std::string, std::string) override {
    co_return unused();
  }
  asio::awaitable<Result<void>> start_container(std::string) override { co_return unused(); }
  asio::awaitable<Result<void>> stop_container(std::string, std::chrono::seconds) override {
    co_return unused();
  }
  asio::awaitable<Result<void>> remove_container(std::string, backends::KeepVolumes) override {
    co_return unused();
  }
  asio::awaitable<Result<backends::ContainerState>> inspect_container(std::string) override {
    co_return unused();
  }
  asio::awaitable<Result<std::vector<backends::ContainerSummary>>> list_containers(
      std::string) override {
    co_return unused();
  }
  asio::awaitable<Result<void>> create_network(std::string) override { co_return unused(); }
  asio::awaitable<Result<void>> connect_network(std::string, std::string) override {
    co_return unused();
  }
  asio::awaitable<Result<void>> remove_network(std::string name) override {
    removed_networks.push_back(std::move(name));
    co_return Result<void>{};
  }
  asio::awaitable<Result<bool>> has_image(std::string) override { co_return unused(); }
  asio::awaitable<Result<void>> pull_image(std::string, std::string) override {
    co_return unused();
  }
  asio::awaitable<Result<std::unique_ptr<backends::ByteStream>>> save_image(std::string) override {
    co_return unused();
  }
  asio::awaitable<Result<void>> load_image(std::unique_ptr<backends::ByteStream>,
                                           backends::BytesRead) override {
    co_return unused();
  }
  asio::awaitable<Result<void>> create_volume(std::string) override { co_return unused(); }
  asio::awaitable<Result<std::unique_ptr<backends::EventStream>>> events(std::string) override {
    co_return unused();
  }

 private:
  static Error unused() { return internal_error("not part of this fake"); }
};

class FakeSwarmControl final : public SwarmControl {
 public:
  std::shared_ptr<FakeApiEngine> engine = std::make_shared<FakeApiEngine>();
  std::map<std::string, std::shared_ptr<FakeApiEngine>> engines;     ///< By node id.
  std::map<std::string, std::shared_ptr<Upstream const>> upstreams;  ///< By node id.
  std::shared_ptr<Upstream const> own_upstream;
  InitOptions last_init;
  int inits = 0;
  int leaves = 0;
  int locks = 0;                         ///< How often the lock on disk was brought up to date.
  std::vector<std::string> unlocked_by;  ///< The keys that were tried.
  Result<void> unlock_answer;

  asio::awaitable<Result<model::NodeId>> init(InitOptions options) override {
    ++inits;
    last_init = std::move(options);
    co_return model::NodeId("node1");
  }
  asio::awaitable<Result<void>> leave(Force /*force*/) override {
    ++leaves;
    co_return Result<void>{};
  }
  std::string new_join_token() override { return "token" + std::to_string(++tokens_); }
  Result<void> keep_locked() override {
    ++locks;
    return {};
  }
  Result<void> unlock(std::string const& key) override {
    unlocked_by.push_back(key);
    return unlock_answer;
  }
  std::string new_unlock_key() override { return "key" + std::to_string(++keys_); }
  std::shared_ptr<backends::Engine> local_engine() override { return engine; }
  std::shared_ptr<Upstream const> local_upstream() override { return own_upstream; }
  asio::awaitable<Result<void>> join(wire::JoinRequest request) override {
    join_requests.push_back(std::move(request));
    co_return Error{ErrorCode::Internal, "not joined"};
  }
  std::shared_ptr<WorkerView const> worker() const override { return worker_view; }
  std::vector<wire::JoinRequest> join_requests;
  std::shared_ptr<WorkerView const> worker_view;
  asio::awaitable<CaChange> ca_change(CaUpdate /*update*/) override {
    co_return [](model::Cluster& /*cluster*/) { return Result<void>{}; };
  }
  std::shared_ptr<Upstream const> upstream_of(model::NodeId const& node) override {
    auto const found = upstreams.find(node.str());
    return found == upstreams.end() ? nullptr : found->second;
  }
  std::shared_ptr<backends::Engine> engine_of(model::NodeId const& node) override {
    auto const found = engines.find(node.str());
    return found == engines.end() ? nullptr : found->second;
  }

 private:
  int tokens_ = 0;
  int keys_ = 0;
};

}  // namespace swarmward::api
