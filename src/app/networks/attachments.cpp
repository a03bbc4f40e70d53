#include "app/networks/attachments.h"

#include <algorithm>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "api/routes/network_lookup.h"
#include "scheduler/networks/network_plan.h"

namespace swarmward::app {

namespace asio = boost::asio;

namespace {

/// Source: native swarm mode.
constexpr std::chrono::seconds kAttachPatience{20};
constexpr char const* kFailed =
    "attaching to network failed, make sure your network options are correct and check manager "
    "logs: ";

Result<state::NetworkPtr> network_called(state::Snapshot const& snapshot, std::string const& word) {
  auto const networks = api::find_networks(snapshot, word);
  if (networks.size() > 1) {
    return invalid_argument("network " + word + " is ambiguous (" +
                            std::to_string(networks.size()) + " matches found based on ID prefix)");
  }
  if (networks.empty()) {
    return state::NetworkPtr();
  }
  if (!networks.front()->spec.attachable) {
    auto const why = rpc_error("PermissionDenied",
                               "network " + networks.front()->name() + " not manually attachable");
    return internal_error("Could not attach to network " + word + ": " + why.message);
  }
  return networks.front();
}

/// It has its place, or will never have one: it was refused, or went with its network.
bool is_settled(state::TaskPtr const& task) {
  return !task || task->status.state >= model::TaskState::Ready;
}

}  // namespace

Attachments::Attachments(asio::any_io_executor executor,
                         state::StateStore& store,
                         RandomBytes random)
    : executor_(executor), store_(store), random_(std::move(random)), changed_(executor) {
  changed_.expires_at(asio::steady_timer::time_point::max());
}

void Attachments::published(state::Touched const& touched) {
  bool const concerned = std::ranges::any_of(touched.tasks, [](auto const& touch) {
    return (touch.after ? touch.after : touch.before)->service_id.empty();
  });
  if (concerned) {
    asio::post(executor_, [this] { changed_.cancel(); });
  }
}

/// A task without an id stands for a network that is not the swarm's.
Result<Attachments::Tasks> Attachments::wanted(model::NodeId const& node,
                                               std::vector<api::AttachWish> const& wishes) const {
  Tasks tasks;
  auto const snapshot = store_.snapshot();
  for (auto const& wish : wishes) {
    auto const network = network_called(*snapshot, wish.network);
    if (!network) {
      return network.error();
    }
    tasks.emplace_back();
    if (*network) {
      tasks.back() = model::make_attachment(
          new_id<model::TaskTag>(random_), node, {(*network)->id, wish.address, wish.aliases});
    }
  }
  return tasks;
}

asio::awaitable<Result<api::AttachControl::Places>> Attachments::attach(
    model::NodeId node, std::vector<api::AttachWish> wishes) {
  auto const tasks = wanted(node, wishes);
  if (!tasks) {
    co_return tasks.error();
  }
  state::Change change = [all = *tasks](state::Draft& draft) -> Result<void> {
    for (auto const& task : all) {
      if (!task.id.empty()) {
        draft.put(task);
      }
    }
    return {};
  };
  auto const written = co_await store_.update(std::move(change));
  if (!written) {
    co_return written.error();
  }
  auto const waited = co_await wait_for(*tasks);
  auto found = places(*tasks);
  if (waited && found) {
    co_return found;
  }
  std::vector<model::TaskId> ids;
  for (auto const& task : *tasks) {
    ids.push_back(task.id);
  }
  auto const erased = co_await erase(std::move(ids));
  static_cast<void>(erased);  // Nobody takes the places, so they are given back later.
  auto const& error = waited ? found.error() : waited.error();
  co_return internal_error(kFailed + error.message);
}

/// Until it is known of each whether it has a place.
asio::awaitable<Result<void>> Attachments::wait_for(Tasks tasks) {
  auto const until = std::chrono::steady_clock::now() + kAttachPatience;
  auto const settled = [&] {
    auto const snapshot = store_.snapshot();
    return std::ranges::all_of(tasks, [&](model::Task const& task) {
      return task.id.empty() || is_settled(snapshot->find_task(task.id));
    });
  };
  bool late = false;
  asio::steady_timer alarm(executor_, until);
  alarm.async_wait([&](boost::system::error_code const& error) {
    if (!error) {
      late = true;
      changed_.cancel();
    }
  });
  while (!settled() && std::chrono::steady_clock::now() < until) {
    co_await changed_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  Result<void> result;
  if (!settled()) {
    result = unavailable("context deadline exceeded");
  }
  co_return result;
}

Result<api::AttachControl::Places> Attachments::places(Tasks const& tasks) const {
  api::AttachControl::Places all;
  auto const snapshot = store_.snapshot();
  for (auto const& wanted : tasks) {
    auto& place = all.emplace_back();
    if (wanted.id.empty()) {
      continue;
    }
    auto const task = snapshot->find_task(wanted.id);
    if (!task || model::is_terminal(task->status.state)) {
      return unavailable(task ? task->status.err.str() : "the network has gone");
    }
    auto const networks = scheduler::networks_for(*snapshot, *task);
    if (networks.empty()) {
      return unavailable("the node has no network agent");
    }
    auto const& network = networks.front();
    place = api::Attachment{task->id.str(),
                            network.id,
                            network.name,
                            network.address,
                            network.node_address,
                            network.resolvers};
  }
  return all;
}

asio::awaitable<Result<void>> Attachments::erase(std::vector<model::TaskId> ids) {
  state::Change change = [ids = std::move(ids)](state::Draft& draft) -> Result<void> {
    for (auto const& id : ids) {
      if (auto const task = draft.view().find_task(id); task && model::is_attachment(*task)) {
        draft.erase(id);
      }
    }
    return {};
  };
  auto const written = co_await store_.update(std::move(change));
  co_return written ? Result<void>{} : Result<void>(written.error());
}

asio::awaitable<Result<void>> Attachments::detach(model::NodeId node,
                                                  std::vector<std::string> attachments) {
  std::vector<model::TaskId> ids;
  auto const snapshot = store_.snapshot();
  for (auto const& text : attachments) {
    auto const task = snapshot->find_task(model::TaskId(text));
    if (task && task->node_id == node) {
      ids.push_back(task->id);
    }
  }
  auto erased = co_await erase(std::move(ids));
  co_return erased;
}

void Attachments::seen(std::vector<model::SeenAttachment> const& seen) {
  for (auto const& each : seen) {
    unwritten_[each.task] = each;
  }
  if (!std::exchange(writing_, true)) {
    asio::co_spawn(executor_, write_seen(), asio::detached);
  }
}

/// What the disk refuses is told again by the runners.
asio::awaitable<void> Attachments::write_seen() {
  while (!unwritten_.empty()) {
    state::Change change = [all = std::exchange(unwritten_, {})](state::Draft& draft) {
      for (auto const& [id, seen] : all) {
        auto const known = draft.view().find_task(id);
        if (!known || !model::is_attachment(*known)) {
          continue;
        }
        auto task = model::as_seen(*known, seen, draft.now());
        if (task.status != known->status || task.spec != known->spec ||
            task.service_annotations != known->service_annotations) {
          draft.put(std::move(task));
        }
      }
      return Result<void>();
    };
    auto const written = co_await store_.update(std::move(change));
    static_cast<void>(written);
  }
  writing_ = false;
}

}  // namespace swarmward::app
