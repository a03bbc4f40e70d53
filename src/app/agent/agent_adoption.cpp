#include "app/agent/agent_adoption.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "app/member/member_documents.h"
#include "backends/runner/done.h"
#include "base/log.h"

namespace swarmward::app {

namespace {

namespace asio = boost::asio;

asio::awaitable<Result<AgentImage>> make_image() {
  auto const files = running_program();
  if (!files) {
    co_return files.error();
  }
  co_return AgentImage::make(*files, own_architecture());
}

}  // namespace

asio::awaitable<Result<model::NodeId>> AgentAdoption::adopt(net::DialerPtr way, AgentWish wish) {
  Taken const taken(under_way_, wish.name);
  if (!taken.ours()) {
    co_return conflict("a host is just being adopted as " + wish.name);
  }
  AgentHost there(executor_, std::move(way));
  auto const fits = co_await there.expect_fitting();
  if (!fits) {
    co_return fits.error();
  }
  if (!wish.joined.empty()) {
    auto finished = co_await finish(&there, &wish);
    co_return finished;
  }
  auto const room = co_await make_room(&there, &wish.name);
  if (!room) {
    co_return room.error();
  }
  auto const put = co_await put_there(&there, &wish);
  if (!put) {
    auto error = co_await undo(&there, &wish, put.error());
    co_return error;
  }
  auto const node = co_await await_node(&there, &wish);
  if (!node) {
    auto error = co_await undo(&there, &wish, node.error());
    co_return error;
  }
  auto const marked = co_await mark(*node, wish.access);
  if (!marked) {
    auto error = co_await undo(&there, &wish, marked.error());
    co_return error;
  }
  co_return *node;
}

/// The agent that is there must be the one that has become the node of that name.
AgentAdoption::Answer<model::NodeId> AgentAdoption::finish(AgentHost* there,
                                                           AgentWish const* wish) {
  auto const found = co_await there->labels_of_agent();
  if (!found) {
    co_return found.error();
  }
  Result<model::NodeId> node = model::NodeId();
  if (*found) {
    auto answered = co_await there->node_of_agent();
    node = std::move(answered);
  }
  if (!node) {
    co_return node.error();
  }
  if (*node != wish->joined) {
    co_return conflict("the name " + wish->name + " is taken by node " + wish->joined.str());
  }
  auto const ready = co_await await_node(there, wish);
  if (!ready) {
    co_return ready.error();
  }
  auto const marked = co_await mark(*ready, wish->access);
  if (!marked) {
    co_return marked.error();
  }
  co_return *ready;
}

/// What an adoption left that was cut short (this daemon was killed) is removed; any other agent
/// is left alone.
AgentAdoption::Answer<> AgentAdoption::make_room(AgentHost* there, std::string const* name) {
  auto const found = co_await there->labels_of_agent();
  if (!found) {
    co_return found.error();
  }
  if (!*found) {
    co_return backends::kDone;
  }
  auto const snapshot = store_.snapshot();
  auto const node = text_of(**found, kAgentNodeLabel);
  bool ours = snapshot->cluster && text_of(**found, kAgentLabel) == snapshot->cluster->id.view();
  for (auto const& [id, each] : snapshot->nodes) {
    ours = ours && each->description.hostname != node;
  }
  if (!ours || (under_way_->contains(node) && node != *name)) {
    co_return conflict(std::string("there is a container ") + kAgentName +
                       " on that host already: release it from its swarm, or, if that is no more, "
                       "run there: docker rm -f " +
                       kAgentName + " && docker volume rm " + kAgentName);
  }
  auto removed = co_await there->remove_all({});
  co_return removed;
}

AgentAdoption::Answer<> AgentAdoption::put_there(AgentHost* there, AgentWish const* wish) {
  auto making = make_image();
  auto const image =
      co_await asio::co_spawn(files_.get_executor(), std::move(making), asio::use_awaitable);
  if (!image) {
    co_return image.error();
  }
  room_log("app")->info("agent.sending node={} bytes={}", wish->name, image->size());
  auto const loaded = co_await there->load(&*image, files_.get_executor());
  if (!loaded) {
    co_return loaded.error();
  }
  auto const snapshot = store_.snapshot();
  auto const managers = managers_of(*snapshot);
  if (!snapshot->cluster || managers.empty()) {
    co_return unavailable("This node is not part of a swarm");
  }
  AgentPlace place{snapshot->cluster->id.str(), wish->name, wish->socket};
  auto join_file =
      agent_join_file(wish->name, managers.front().address, snapshot->cluster->worker_token).dump();
  auto started =
      co_await there->start_agent(std::move(place), image->reference(), std::move(join_file));
  co_return started;
}

/// It stays a host that joined; the way on which it was adopted is kept for its release.
AgentAdoption::Answer<> AgentAdoption::mark(model::NodeId node, model::EngineAccess access) {
  state::Change change = [node, access = std::move(access)](state::Draft& draft) -> Result<void> {
    auto const known = draft.view().find_node(node);
    if (!known) {
      return unavailable("node " + node.str() + " was removed while it was adopted");
    }
    auto changed = *known;
    auto kept = access;
    kept.agent_port = known->access.agent_port;
    kept.fingerprint = known->access.fingerprint;
    changed.access = std::move(kept);
    draft.put(std::move(changed));
    return {};
  };
  auto const written = co_await store_.update(std::move(change));
  if (!written) {
    co_return written.error();
  }
  co_return backends::kDone;
}

/// The error to be told: `reason`, and what could not be removed.
asio::awaitable<Error> AgentAdoption::undo(AgentHost* there, AgentWish const* wish, Error reason) {
  auto const joined = co_await there->node_of_agent();
  auto const node = joined ? *joined : model::NodeId();
  auto const removed = co_await there->remove_all(node.str());
  if (!node.empty()) {
    state::Change change = [id = node](state::Draft& draft) -> Result<void> {
      if (draft.view().find_node(id)) {
        draft.erase(id);
      }
      return {};
    };
    auto const erased = co_await store_.update(std::move(change));
    static_cast<void>(erased);  // A disk that fails is told of by all that is written.
  }
  room_log("app")->warn("agent.failed node={} reason=\"{}\"", wish->name, reason.message);
  reason.message += removed ? ". What was put there has been removed"
                            : ". Container, volume and image swarmward-agent are still there: " +
                                  removed.error().message;
  co_return reason;
}

asio::awaitable<Result<void>> AgentAdoption::clear(net::DialerPtr way, model::NodeId node) {
  auto& known = clearings_[node];
  if (known) {
    auto const running = known;
    while (!running->outcome) {
      co_await running->timer.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    co_return *running->outcome;
  }
  auto const mine = known = std::make_shared<Clearing>(executor_);
  mine->timer.expires_at(asio::steady_timer::time_point::max());
  AgentHost there(executor_, std::move(way));
  auto const removed = co_await there.remove_all(node.str());
  mine->outcome = removed;
  mine->timer.cancel();
  if (removed) {
    room_log("app")->info("agent.removed node={}", node.view());
  } else {
    room_log("app")->warn("agent.left node={} reason=\"{}\"", node.view(), removed.error().message);
  }
  co_return removed;
}

}  // namespace swarmward::app
