#include "backends/testing/fake_engine.h"

#include <algorithm>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace swarmward::backends::testing {

namespace {

bool carries(model::StringMap const& labels, std::string const& wanted) {
  auto const equals = wanted.find('=');
  auto const found = labels.find(wanted.substr(0, equals));
  return found != labels.end() &&
         (equals == std::string::npos || found->second == wanted.substr(equals + 1));
}

}  // namespace

struct FakeEngine::Stream {
  explicit Stream(asio::any_io_executor executor) : news(std::move(executor)) {}
  void notify() { news.expires_at(asio::steady_timer::time_point::min()); }

  std::string label;
  std::deque<ContainerEvent> events;
  bool ended = false;
  asio::steady_timer news;
};

class FakeEngine::Reader final : public EventStream {
 public:
  explicit Reader(std::shared_ptr<Stream> stream) : stream_(std::move(stream)) {}
  ~Reader() override { Reader::close(); }

  void listen(Take take) override {
    asio::co_spawn(stream_->news.get_executor(), tell(stream_, std::move(take)), asio::detached);
  }

  void close() override {
    stream_->ended = true;
    stream_->notify();
  }

 private:
  static asio::awaitable<void> tell(std::shared_ptr<Stream> stream, Take take) {
    while (!stream->ended) {
      if (stream->events.empty()) {
        stream->news.expires_at(asio::steady_timer::time_point::max());
        co_await stream->news.async_wait(asio::as_tuple(asio::use_awaitable));
        continue;
      }
      auto event = std::move(stream->events.front());
      stream->events.pop_front();
      take(std::move(event));
    }
    take(unavailable("unexpected EOF"));
  }

  std::shared_ptr<Stream> stream_;
};

FakeEngine::FakeEngine(asio::any_io_executor executor) : executor_(std::move(executor)) {}

void FakeEngine::fail_next(std::string const& call, Error error, int times) {
  failures_[call].insert(failures_[call].end(), static_cast<std::size_t>(times), error);
}

void FakeEngine::release(std::string const& call) {
  held_.erase(call);
  for (auto const& timer : std::exchange(waiting_[call], {})) {
    timer->cancel();
  }
}

Result<void> FakeEngine::begin_outcome(std::string const& call) {
  if (!reachable) {
    return unavailable("Cannot connect to the Docker daemon");
  }
  auto& failures = failures_[call];
  if (failures.empty()) {
    return {};
  }
  auto error = std::move(failures.front());
  failures.pop_front();
  return error;
}

asio::awaitable<Result<void>> FakeEngine::enter(std::string call) {
  ++calls_[call];
  most_in_flight_[call] = std::max(most_in_flight_[call], ++in_flight_[call]);
  co_await asio::post(executor_, asio::use_awaitable);
  if (held_.contains(call)) {
    auto const timer =
        std::make_shared<asio::steady_timer>(executor_, asio::steady_timer::time_point::max());
    waiting_[call].push_back(timer);
    co_await timer->async_wait(asio::as_tuple(asio::use_awaitable));
  }
  --in_flight_[call];
  co_return begin_outcome(call);
}

void FakeEngine::emit(Container const& container, std::string const& action) {
  if (lose_events) {
    return;
  }
  ContainerEvent event;
  event.action = action;
  event.container_id = container.state.id;
  event.labels = container.state.labels;
  event.exit_code = container.state.exit_code;
  std::erase_if(streams_, [](auto const& weak) { return weak.expired(); });
  for (auto const& weak : streams_) {
    auto const stream = weak.lock();
    if (stream && !stream->ended && carries(event.labels, stream->label)) {
      stream->events.push_back(event);
      stream->notify();
    }
  }
}

std::size_t FakeEngine::listeners() const {
  auto const open = std::ranges::count_if(streams_, [](auto const& weak) {
    auto const stream = weak.lock();
    return stream && !stream->ended;
  });
  return static_cast<std::size_t>(open);
}

FakeEngine::Container* FakeEngine::find(std::string const& id_or_name) {
  for (auto& [id, container] : containers_) {
    if (id == id_or_name || container.state.name == id_or_name) {
      return &container;
    }
  }
  return nullptr;
}

void FakeEngine::exit(std::string const& id_or_name, std::int64_t code) {
  auto& container = *find(id_or_name);
  container.state.status = "exited";
  container.state.running = false;
  container.state.pid = 0;
  container.state.exit_code = code;
  emit(container, "die");
}

void FakeEngine::health(std::string const& id_or_name, std::string const& word) {
  auto& container = *find(id_or_name);
  container.state.health = word;
  emit(container, "health_status: " + word);
}

void FakeEngine::destroy(std::string const& id_or_name) {
  auto const container = *find(id_or_name);
  containers_.erase(container.state.id);
  emit(container, "destroy");
}

void FakeEngine::restart(std::string const& id_or_name) {
  auto& container = *find(id_or_name);
  container.state.status = "running";
  container.state.running = true;
  container.state.pid = 4242;
  container.state.exit_code = 0;
  container.state.health = health_after_start;
  container.state.started_at = Time(std::chrono::seconds(1));
  emit(container, "start");
}

std::string FakeEngine::add_container(std::string name,
                                      model::StringMap labels,
                                      std::string status) {
  Container container;
  container.state.id = "c" + std::to_string(next_id_++);
  container.state.name = std::move(name);
  container.state.labels = std::move(labels);
  container.state.running = status == "running";
  container.state.started_at = status == "created" ? Time{} : Time(std::chrono::seconds(1));
  container.state.status = std::move(status);
  auto id = container.state.id;
  containers_.emplace(id, std::move(container));
  return id;
}

void FakeEngine::break_streams() {
  for (auto const& weak : std::exchange(streams_, {})) {
    if (auto const stream = weak.lock()) {
      stream->ended = true;
      stream->notify();
    }
  }
}

int FakeEngine::calls(std::string const& call) const {
  auto const found = calls_.find(call);
  return found == calls_.end() ? 0 : found->second;
}

int FakeEngine::most_in_flight(std::string const& call) const {
  auto const found = most_in_flight_.find(call);
  return found == most_in_flight_.end() ? 0 : found->second;
}

asio::awaitable<Result<std::vector<ContainerSummary>>> FakeEngine::list_containers(
    std::string label) {
  auto const begun = co_await enter("list_containers");
  if (!begun) {
    co_return begun.error();
  }
  std::vector<ContainerSummary> rows;
  for (auto const& [id, container] : containers_) {
    if (carries(container.state.labels, label)) {
      auto& row = rows.emplace_back();
      row.id = id;
      row.name = container.state.name;
      row.labels = container.state.labels;
      row.state = container.state.status;
    }
  }
  co_return rows;
}

asio::awaitable<Result<std::unique_ptr<EventStream>>> FakeEngine::events(std::string label) {
  auto const begun = co_await enter("events");
  if (!begun) {
    co_return begun.error();
  }
  auto const stream = std::make_shared<Stream>(executor_);
  stream->label = std::move(label);
  streams_.push_back(stream);
  std::unique_ptr<EventStream> reader = std::make_unique<Reader>(stream);
  co_return reader;
}

}  // namespace swarmward::backends::testing
