// What an AttachmentKeeper sees when it looks.
#include <algorithm>

#include "backends/runner/attachment_keeper.h"
#include "backends/runner/network_body.h"
#include "base/log.h"
#include "base/percent_encode.h"

namespace swarmward::backends {

namespace {

/// Whoever asked for an attachment makes its container at once; later, there will be none.
constexpr std::chrono::minutes kContainerAwaited{2};

}  // namespace

asio::awaitable<AttachmentKeeper::Look> AttachmentKeeper::look() {
  if (entries_.empty()) {
    co_return Look::Done;
  }
  ++looks_;
  auto path = members_path(names());
  auto const list = co_await context_->engine->get_document(std::move(path));
  if (!list || context_->stopped) {
    co_return Look::Again;
  }
  auto const members = members_from(*list);
  co_await inspect_unknown(members);
  if (!context_->stopped) {
    report(members);
  }
  co_return Look::Done;
}

/// It is in a network in which somebody's container was not seen yet.
bool AttachmentKeeper::may_be_attached(ListedMember const& member) const {
  if (!inspected_.contains(member.container)) {
    return true;
  }
  return std::ranges::any_of(entries_, [&](auto const& known) {
    auto const& networks = known.second.assignment.networks;
    return known.second.container.empty() && !networks.empty() &&
           member.networks.contains(networks.front().name);
  });
}

asio::awaitable<void> AttachmentKeeper::inspect_unknown(std::vector<ListedMember> members) {
  std::erase_if(inspected_, [&](auto const& known) {
    return std::ranges::find(members, known.first, &ListedMember::container) == members.end();
  });
  for (auto const& member : members) {
    if (!may_be_attached(member)) {
      continue;
    }
    auto path = "/containers/" + percent_encode(member.container) + "/json";
    auto const document = co_await context_->engine->get_document(std::move(path));
    if (document) {
      inspected_[member.container] = attached_from(*document);
      co_await start_if_kept_down(member.container);
    }
  }
}

/// An engine that starts begins with the containers that shall always run, before the agent serves
/// its networks: it fails, and never tries again. Only such failures name the node's driver.
asio::awaitable<void> AttachmentKeeper::start_if_kept_down(std::string container) {
  auto const& error = inspected_.at(container).failed_start;
  if (error.find(network_driver_of(context_->identity.id)) == std::string::npos) {
    co_return;
  }
  auto const started = co_await context_->engine->start_container(container);
  room_log("backends")
      ->info("container.started container={} result=\"{}\"",
             container,
             started ? "as it shall always run" : started.error().message);
}

void AttachmentKeeper::report(std::vector<ListedMember> const& members) {
  std::map<model::TaskId, ListedMember const*> found;
  for (auto const& member : members) {
    auto const known = inspected_.find(member.container);
    if (known == inspected_.end()) {
      continue;
    }
    for (auto const& [network, attachment] : known->second.attachments) {
      found.emplace(model::TaskId(attachment), &member);
    }
  }
  std::vector<model::SeenAttachment> all;
  for (auto& [id, entry] : entries_) {
    auto const member = found.find(id);
    if (entry.has_network) {
      all.push_back(seen(entry, member == found.end() ? nullptr : member->second));
    }
  }
  if (!all.empty()) {
    context_->sink.attached(context_->identity.id, std::move(all));
  }
}

model::SeenAttachment AttachmentKeeper::seen(Entry& entry, ListedMember const* member) const {
  model::SeenAttachment seen;
  seen.task = entry.assignment.task->id;
  if (member == nullptr) {
    auto const until = entry.assignment.task->meta.created_at + kContainerAwaited;
    bool const gone =
        entry.container.empty() ? context_->clock.now() >= until : entry.known_in < looks_;
    seen.state = gone ? model::TaskState::Complete : model::TaskState::Ready;
    return seen;
  }
  entry.container = member->container;
  seen.state = member->running ? model::TaskState::Running : model::TaskState::Ready;
  seen.container = member->container;
  seen.name = member->name;
  seen.hostname = inspected_.at(member->container).hostname;
  return seen;
}

}  // namespace swarmward::backends
