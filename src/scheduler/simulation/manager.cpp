#include "scheduler/simulation/manager.h"

#include <algorithm>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include "scheduler/loop/apply_plan.h"

namespace swarmward::scheduler::simulation {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// As cluster/node_liveness.h has it.
constexpr auto kNodeDownAfter = seconds(15);

asio::awaitable<void> run_update(state::StateStore* store,
                                 state::Change change,
                                 Manager::Done done) {
  auto result = co_await store->update(std::move(change));
  done(std::move(result));
}

/// Only the reasons of waiting tasks have changed: they may be of an earlier moment of the pass.
bool only_says_why(state::Touched const& touched) {
  return touched.services.empty() && touched.nodes.empty() && touched.clusters.empty() &&
         std::ranges::all_of(touched.tasks, [](auto const& touch) {
           return touch.before && touch.after &&
                  touch.before->status.err != touch.after->status.err &&
                  touch.before->status.state == touch.after->status.state &&
                  touch.before->desired_state == touch.after->desired_state;
         });
}

}  // namespace

Manager::Manager(Surroundings surroundings, Random random)
    : in_(std::move(surroundings)),
      random_(random),
      alive_(std::make_shared<bool>(true)),
      store_(context_.get_executor(),
             std::make_unique<SimPersistence>(in_.disk, in_.stage.queue, random_.fork()),
             in_.disk.codec(),
             in_.stage.clock),
      loop_(store_, in_.stage.clock, random_.bytes()) {
  store_.watch_head([this](state::Touched const& touched) { head_changed(touched); });
  store_.watch([this](auto const& snapshot, state::Touched const& touched) {
    published(*snapshot, touched);
  });
}

Manager::~Manager() {
  *alive_ = false;
  for (auto const& [id, runner] : runners_) {
    runner->stop();
  }
  for (auto const& runner : leaving_) {
    runner->stop();
  }
}

Result<void> Manager::start() {
  if (auto loaded = store_.load(); !loaded) {
    return loaded;
  }
  loop_.touch_all();
  post_pass();
  for (auto const [id, node] : store_.head().nodes) {
    node_added(store_.head(), *node);
  }
  drain();
  return {};
}

void Manager::drain() {
  context_.restart();
  context_.poll();
}

void Manager::after(Duration delay, std::function<void()> what) {
  in_.stage.queue.after(delay, [alive = alive_, what = std::move(what)] {
    if (*alive) {
      what();
    }
  });
}

void Manager::update(state::Change change, Done done) {
  auto run = run_update(&store_, std::move(change), std::move(done));
  asio::co_spawn(context_, std::move(run), asio::detached);
}

// The loops, as LoopDriver runs them.

void Manager::head_changed(state::Touched const& touched) {
  if (touched.empty()) {
    in_.stage.trace.add("the disk refused a write");
    loop_.touch_all();
    look_again_at(in_.stage.queue.now() + seconds(1));
    return;
  }
  in_.watch.committed(store_.head(), touched);
  settled_ = settled_ && only_says_why(touched);
  loop_.touch(touched);
  post_pass();
}

void Manager::post_pass() {
  if (!pass_posted_ && !passing_) {
    pass_posted_ = true;
    asio::post(context_, [this] { run_pass(); });
  }
}

void Manager::run_pass() {
  pass_posted_ = false;
  passing_ = true;
  if (in_.sabotage) {
    in_.sabotage(store_);
  }
  auto const moment = in_.stage.clock.now();
  auto const next = loop_.pass();
  in_.stage.clock.hold(moment);  // Or a time that comes just now would be taken for a change.
  check_fixed_point();
  in_.stage.clock.release();
  passing_ = false;
  in_.watch.settled(store_.head());
  if (next != kNever) {
    look_again_at(next);
  }
}

/// Nothing is left to do: neither for this loop, nor if it looks at everything, nor for a loop that
/// knows nothing of what was before.
void Manager::check_fixed_point() {
  auto const kind = passes_++ % 16;
  settled_ = true;
  char const* who = "a further pass";
  if (kind == 8) {
    who = "a loop that begins anew";
    ControlLoop fresh(store_, in_.stage.clock, random_.bytes());
    fresh.touch_all();
    fresh.pass();
  } else {
    if (kind % 4 == 2) {
      who = "a pass over everything";
      loop_.touch_all();
    }
    loop_.pass();
    if (loop_.has_work()) {
      in_.stage.fail("a pass does not end");
    }
  }
  if (!settled_) {
    in_.stage.fail("{} wrote into a settled state", who);
  }
}

void Manager::look_again_at(Time time) {
  if (time == kNever) {
    return;
  }
  in_.stage.queue.at(time, [this, alive = alive_, number = ++wake_] {
    if (*alive && number == wake_) {
      post_pass();
    }
  });
}

// The nodes, as NodeRunners and LivenessDriver treat them.

void Manager::published(state::Snapshot const& snapshot, state::Touched const& touched) {
  in_.watch.published(snapshot);
  for (auto const& touch : touched.nodes) {
    if (!touch.before) {
      node_added(snapshot, *touch.after);
    } else if (!touch.after) {
      node_removed(touch.before->id);
    }
  }
  dispatch(snapshot, touched, *this);
}

void Manager::node_added(state::Snapshot const& snapshot, model::Node const& node) {
  auto const& engine = in_.engines.at(node.engine_name);
  auto& runner = runners_[node.id];
  runner = std::make_shared<SimRunner>(in_.stage, random_.fork(), *engine, node.id, *this);
  runner->begin(tasks_for(snapshot, node.id));
}

void Manager::node_removed(model::NodeId const& id) {
  if (auto found = runners_.extract(id)) {
    found.mapped()->give_up_node();
    leaving_.push_back(std::move(found.mapped()));
  }
}

void Manager::task_changed(model::NodeId const& node, DispatchedTask task) {
  if (auto const runner = runners_.find(node); runner != runners_.end()) {
    runner->second->assign(task.task);
  }
}

void Manager::task_gone(model::NodeId const& node, model::TaskId const& task) {
  if (auto const runner = runners_.find(node); runner != runners_.end()) {
    runner->second->unassign(task);
  }
}

void Manager::sight(model::NodeId const& id, bool reachable) {
  auto const node = store_.head().find_node(id);
  if (!node) {
    return;
  }
  if (!reachable) {
    bool const news = node->status.state != model::NodeState::Down &&
                      silent_since_.try_emplace(id, in_.stage.queue.now()).second;
    if (news) {
      after(kNodeDownAfter, [this] { check_silent(); });
    }
    return;
  }
  silent_since_.erase(id);
  auto const change = [&](state::Draft& draft) -> Result<void> {
    auto seen = *node;
    seen.status.state = model::NodeState::Ready;
    seen.status.message.clear();
    seen.description = in_.engines.at(node->engine_name)->description();
    if (seen.status != node->status || seen.description != node->description) {
      draft.put(std::move(seen));
    }
    return {};
  };
  in_.stage.trace.add("node {} is ready", brief(id));
  static_cast<void>(store_.apply(change));
}

void Manager::check_silent() {
  auto const now = in_.stage.queue.now();
  auto const change = [&](state::Draft& draft) -> Result<void> {
    std::erase_if(silent_since_, [&](auto const& entry) {
      auto const node = draft.view().find_node(entry.first);
      if (node && entry.second + kNodeDownAfter > now) {
        return false;
      }
      if (node) {
        auto lost = *node;
        lost.status.state = model::NodeState::Down;
        lost.status.message = "heartbeat failure";
        in_.stage.trace.add("node {} is down", brief(lost.id));
        draft.put(std::move(lost));
      }
      return true;
    });
    return {};
  };
  static_cast<void>(store_.apply(change));
}

// What runners report, as StatusReporter writes it; with faults of a way that the daemon's own
// reports do not have to go, but others may.

void Manager::report(model::TaskId const& task, model::TaskStatus status) {
  if (!in_.stage.rough() || !random_.chance(0.05)) {
    return take_report(task, std::move(status));
  }
  if (random_.chance(0.4)) {  // Said twice.
    take_report(task, status);
  }
  auto const late = random_.chance(0.03) ? random_.between(seconds(1), seconds(60))
                                         : random_.about(milliseconds(700));
  after(late, [this, task, status = std::move(status)] { take_report(task, status); });
}

void Manager::take_report(model::TaskId const& task, model::TaskStatus status) {
  reports_[task].push_back(std::move(status));
  if (!std::exchange(flushing_, true)) {
    asio::post(context_, [this] { flush_reports(); });
  }
}

void Manager::flush_reports() {
  if (reports_.empty()) {
    flushing_ = false;
    return;
  }
  auto const batch = std::make_shared<Reports>(std::exchange(reports_, {}));
  auto const write = [batch](state::Draft& draft) -> Result<void> {
    for (auto const& [task, statuses] : *batch) {
      for (auto const& status : statuses) {
        apply_status(draft, task, status);
      }
    }
    return {};
  };
  update(write, [this, batch](Result<std::uint64_t> const& result) {
    if (result) {
      return flush_reports();
    }
    for (auto& [task, statuses] : reports_) {
      auto& earlier = (*batch)[task];
      earlier.insert(earlier.end(), statuses.begin(), statuses.end());
    }
    reports_ = std::move(*batch);
    after(seconds(1), [this] { flush_reports(); });
  });
}

}  // namespace swarmward::scheduler::simulation
