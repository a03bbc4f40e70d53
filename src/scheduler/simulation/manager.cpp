#include "scheduler/simulation/manager.h"

#include <algorithm>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

namespace swarmward::scheduler::simulation {

namespace asio = boost::asio;
using std::chrono::seconds;

namespace {

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

}  // namespace swarmward::scheduler::simulation
