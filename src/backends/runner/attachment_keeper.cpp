#include "backends/runner/attachment_keeper.h"

#include <algorithm>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "backends/docker/line_splitter.h"
#include "base/log.h"
#include "base/percent_encode.h"

namespace swarmward::backends {

namespace {

/// The driver of overlays may not be there yet, those of engines are.
bool is_final(Error const& error, model::TaskNetwork const& network) {
  bool const may_pass = error.code == ErrorCode::Unavailable || error.code == ErrorCode::Internal;
  return error.code == ErrorCode::Conflict || (network.node_local && !may_pass);
}

}  // namespace

AttachmentKeeper::AttachmentKeeper(std::shared_ptr<RunnerContext> context,
                                   std::function<void()> networks_changed)
    : context_(std::move(context)),
      networks_changed_(std::move(networks_changed)),
      timer_(context_->executor) {}

void AttachmentKeeper::assign(Assignment assignment) {
  auto& entry = entries_[assignment.task->id];
  if (entry.container.empty() && assignment.task->status.container) {
    entry.container = assignment.task->status.container->container_id.str();
  }
  entry.assignment = std::move(assignment);
  wake();
}

void AttachmentKeeper::unassign(model::TaskId const& task) {
  if (entries_.erase(task) > 0) {
    networks_changed_();
  }
}

void AttachmentKeeper::keep_only(std::set<model::TaskId> const& tasks) {
  auto const gone =
      std::erase_if(entries_, [&](auto const& entry) { return !tasks.contains(entry.first); });
  if (gone > 0) {
    networks_changed_();
  }
}

void AttachmentKeeper::connected() {
  hang_up();
  inspected_.clear();
  for (auto& [id, entry] : entries_) {
    entry.has_network = false;
  }
  wake();
}

void AttachmentKeeper::stop() {
  entries_.clear();
  hang_up();
  wake();
}

std::set<std::string> AttachmentKeeper::networks() const {
  std::set<std::string> ids;
  for (auto const& [id, entry] : entries_) {
    for (auto const& network : entry.assignment.networks) {
      ids.insert(network.id);
    }
  }
  return ids;
}

std::set<std::string> AttachmentKeeper::names() const {
  std::set<std::string> names;
  for (auto const& [id, entry] : entries_) {
    for (auto const& network : entry.assignment.networks) {
      names.insert(network.name);
    }
  }
  return names;
}

std::set<std::string> AttachmentKeeper::containers() const {
  std::set<std::string> ids;
  for (auto const& [id, entry] : entries_) {
    ids.insert(entry.container);
  }
  return ids;
}

void AttachmentKeeper::wake() {
  due_ = true;
  timer_.cancel();
  if (!running_ && !entries_.empty() && !context_->stopped) {
    running_ = true;
    asio::co_spawn(context_->executor, run(shared_from_this()), asio::detached);
  }
}

void AttachmentKeeper::hang_up() {
  if (auto const stream = std::exchange(stream_, nullptr)) {
    stream->close();
  }
}

asio::awaitable<void> AttachmentKeeper::rest(std::chrono::milliseconds time) {
  timer_.expires_after(time);
  co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
}

asio::awaitable<void> AttachmentKeeper::run(std::shared_ptr<AttachmentKeeper> self) {
  while (!self->entries_.empty() && !self->context_->stopped) {
    // An engine tells of a container's end a moment before its lists do.
    auto outcome = std::exchange(self->due_, false) ? Look::Again : Look::Done;
    if (self->context_->connected) {
      auto const passed = co_await self->pass();
      outcome = passed == Look::Again ? passed : outcome;
    }
    if (!self->due_) {
      auto const& delays = self->context_->delays;
      co_await self->rest(outcome == Look::Again ? delays.retry : delays.resync);
    }
    if (self->due_ && !self->entries_.empty()) {  // Events come in bunches.
      co_await self->rest(self->context_->delays.bunch);
    }
  }
  self->hang_up();
  self->running_ = false;
}

asio::awaitable<AttachmentKeeper::Look> AttachmentKeeper::pass() {
  // Before the list, so that nothing can happen between the two unseen.
  auto const listening = co_await listen();
  auto const ensured = co_await ensure_networks();
  auto const looked = co_await look();
  co_return listening&& ensured ? looked : Look::Again;
}

asio::awaitable<bool> AttachmentKeeper::listen() {
  if (stream_) {
    co_return true;
  }
  auto path = member_events_path();
  auto opened = co_await context_->engine->open_document(std::move(path));
  if (!opened || context_->stopped) {
    co_return false;
  }
  stream_ = std::shared_ptr<ByteStream>(std::move(*opened));
  asio::co_spawn(context_->executor, read_events(shared_from_this(), stream_), asio::detached);
  co_return true;
}

asio::awaitable<void> AttachmentKeeper::read_events(std::shared_ptr<AttachmentKeeper> self,
                                                    std::shared_ptr<ByteStream> stream) {
  LineSplitter lines;
  while (self->stream_ == stream) {
    auto const piece = co_await stream->read();
    if (self->stream_ != stream) {
      break;
    }
    if (!piece || piece->empty()) {
      self->stream_ = nullptr;  // The next pass opens another one.
      break;
    }
    lines.add(*piece);
    for (auto line = lines.next(); line; line = lines.next()) {
      // Any container may be the one that a place still waits for.
      if (concerns_members(*line, self->names(), self->containers()) ||
          (self->awaits_container() && is_of_container(*line))) {
        self->wake();
      }
      if (auto made = created_in(*line); !made.empty() && self->awaits_container()) {
        auto inspecting = inspect_created(self, std::move(made));
        asio::co_spawn(self->context_->executor, std::move(inspecting), asio::detached);
      }
    }
  }
}

bool AttachmentKeeper::awaits_container() const {
  return std::ranges::any_of(entries_,
                             [](auto const& known) { return known.second.container.empty(); });
}

/// At once, for it may be gone by the next look.
asio::awaitable<void> AttachmentKeeper::inspect_created(std::shared_ptr<AttachmentKeeper> self,
                                                        std::string container) {
  auto path = "/containers/" + percent_encode(container) + "/json";
  auto const document = co_await self->context_->engine->get_document(std::move(path));
  if (!document) {
    co_return;
  }
  auto const attached = attached_from(*document);
  for (auto const& [network, attachment] : attached.attachments) {
    if (auto const known = self->entries_.find(model::TaskId(attachment));
        known != self->entries_.end()) {
      known->second.container = container;
      known->second.known_in = self->looks_;
      self->wake();
    }
  }
}

asio::awaitable<bool> AttachmentKeeper::ensure_networks() {
  std::vector<std::pair<model::TaskId, model::TaskNetwork>> missing;
  for (auto const& [id, entry] : entries_) {
    if (!entry.has_network && !entry.assignment.networks.empty()) {
      missing.emplace_back(id, entry.assignment.networks.front());
    }
  }
  bool complete = true;
  for (auto const& [id, network] : missing) {
    auto ensured = co_await context_->networks->ensure(network);
    if (ensured && *ensured != network.name) {
      // Whoever names it when he runs a container gets the other one.
      ensured = conflict("the engine has a network of its own named " + network.name +
                         ": rename or remove one of the two");
    }
    auto const entry = entries_.find(id);
    if (entry == entries_.end() || context_->stopped) {
      continue;
    }
    entry->second.has_network = ensured.has_value();
    if (!ensured && is_final(ensured.error(), network)) {
      model::SeenAttachment refused;
      refused.task = id;
      refused.state = model::TaskState::Rejected;
      refused.err = ensured.error().message;
      std::vector<model::SeenAttachment> all{std::move(refused)};
      context_->sink.attached(context_->identity.id, std::move(all));
    } else {
      complete = complete && ensured;
    }
  }
  co_return complete;
}

}  // namespace swarmward::backends
