#include "scheduler/updater/update_plan.h"

#include <algorithm>
#include <set>

#include "model/ward_labels.h"
#include "scheduler/dependencies/pre_deploy.h"
#include "scheduler/updater/side_by_side.h"
#include "scheduler/updater/update_progress.h"

namespace swarmward::scheduler {

namespace {

using model::FailureAction;
using model::TaskState;
using model::UpdateOrder;
using model::UpdateState;

constexpr char const* kInProgress = "update in progress";

class Updater {
 public:
  Updater(ServiceView const& view, TaskPlan& plan)
      : view_(view),
        plan_(plan),
        status_(view.service->update_status),
        settings_(update_settings(*view.service)) {}

  void run() {
    if (is_in(UpdateState::Paused) || is_in(UpdateState::RollbackPaused)) {
      return;
    }
    bool const active = is_in(UpdateState::Updating) || is_in(UpdateState::RollbackStarted);
    if (!active && !some_share_a_place(view_) &&
        std::ranges::none_of(view_.tasks,
                             [&](auto const* task) { return view_.outdated(*task); })) {
      return;
    }
    std::set<model::TaskId> leaving(plan_.shutdown.begin(), plan_.shutdown.end());
    leaving.insert(plan_.remove.begin(), plan_.remove.end());
    places_ = update_progress(view_, leaving);
    for (auto& place : places_) {
      retire_superseded(view_, settings_, place, plan_);
    }
    if (std::ranges::none_of(places_, [&](auto const& place) { return is_open(place); })) {
      if (active && !stopped_by_failure() && !makes_outdated()) {
        finish();
      }
      return;
    }
    if (!active) {
      if (has_finished_update(*view_.service)) {
        return;  // What is outdated now was given up, and stays until the next update.
      }
      begin();
    }
    if (!held_up_by_jobs() && !stopped_by_failure()) {
      replace_next();
    }
  }

 private:
  [[nodiscard]] bool is_in(UpdateState state) const { return status_ && status_->state == state; }
  [[nodiscard]] bool is_open(UpdatedPlace const& place) const {
    bool const begun = place.current != nullptr;
    return !place.outdated.empty() && !is_given_up(place, settings_, view_.now) &&
           (begun || !is_on_paused_node(place));
  }
  /// Its node takes nothing new: what a global service runs there stays as it is. plan_global()
  /// sees to it once the node does again.
  [[nodiscard]] bool is_on_paused_node(UpdatedPlace const& place) const {
    auto const* node = view_.find_node(place.place.node);
    return node != nullptr && node->spec.availability == model::Availability::Pause;
  }

  /// A replacement that keeps the spec of what it replaces: its place is still to be updated.
  [[nodiscard]] bool makes_outdated() const {
    return std::ranges::any_of(plan_.create,
                               [](auto const& created) { return !created.spec_of.empty(); });
  }

  void set_status(UpdateState state, std::string message) {
    auto next = status_.value_or(model::UpdateStatus{});
    next.state = state;
    next.message = std::move(message);
    status_ = next;
    plan_.update_status = std::move(next);
  }

  void begin() {
    status_ = model::UpdateStatus{};
    status_->started_at = view_.now;
    set_status(UpdateState::Updating, kInProgress);
  }

  /// The jobs of `ward.pre-deploy` have to complete before anything is replaced. True if the update
  /// must not go on. What goes back to an older spec waits for nobody.
  bool held_up_by_jobs() {
    if (settings_.rolling_back ||
        model::pre_deploy_jobs(view_.service->spec->annotations.labels).empty()) {
      return false;
    }
    auto const gate = gate_of_update(view_, status_->started_at.value_or(view_.now));
    if (auto const reason = why_given_up(gate); !reason.empty()) {
      stop(reason);
      return true;
    }
    bool const waits = gate.state == JobGate::State::Waiting;
    auto const message = waits ? "waiting for job " + gate.job : std::string(kInProgress);
    if (status_->message != message) {
      set_status(UpdateState::Updating, message);
    }
    if (waits) {
      plan_.run_jobs = gate.run;
      plan_.waits_for_jobs = true;
      plan_.wake_at(gate.wake);
    }
    return waits;
  }

  /// Applies the failure action. True if the update must not go on.
  bool stopped_by_failure() {
    model::Task const* failed = nullptr;
    std::size_t failures = 0;
    std::size_t touched = 0;
    for (auto const& place : places_) {
      touched += place.attempt != nullptr || !place.outdated.empty() ? 1U : 0U;
      if (place.attempt != nullptr && has_failed(*place.attempt, settings_, view_.now)) {
        failed = failed == nullptr ? place.attempt : failed;
        ++failures;
      }
    }
    if (failed == nullptr || settings_.failure_action == FailureAction::Continue ||
        static_cast<double>(failures) / static_cast<double>(touched) <=
            settings_.max_failure_ratio) {
      return false;
    }
    stop(" due to failure or early termination of task " + failed->id.str());
    return true;
  }

  void stop(std::string const& reason) {
    bool const back = settings_.failure_action == FailureAction::Rollback;
    if (settings_.rolling_back) {
      set_status(UpdateState::RollbackPaused,
                 (back ? "rollback paused" : "update paused") + reason);
    } else if (back && view_.service->previous_spec) {
      set_status(UpdateState::RollbackStarted, "update rolled back" + reason);
      plan_.roll_back = true;
      return;  // The rollback retires what is new.
    } else {
      set_status(UpdateState::Paused, "update paused" + reason);
    }
    for (auto const& place : places_) {
      if (place.current != nullptr && std::ranges::any_of(place.outdated, runs)) {
        plan_.shutdown.push_back(place.current->id);
      }
    }
  }

  void replace_next() {
    std::uint64_t busy = 0;
    for (auto const& place : places_) {
      auto const free = free_at(*view_.service, place, settings_, view_.now);
      busy += free > view_.now ? 1U : 0U;
      wake_for(place, free);
    }
    // For these the plan has a task already, in place of one that had to leave or has ended: two
    // would take over.
    std::set<Place> filled;
    for (auto const& created : plan_.create) {
      filled.insert(created.place);
    }
    std::vector<UpdatedPlace const*> next;
    for (auto const& place : places_) {
      if (is_open(place) && place.current == nullptr && !filled.contains(place.place)) {
        next.push_back(&place);
      }
    }
    // Broken places first: they have nothing to lose. Then in slot order.
    std::ranges::stable_sort(
        next, {}, [](auto const* place) { return std::ranges::any_of(place->outdated, runs); });
    for (auto const* place : next) {
      if (settings_.parallelism != 0 && busy >= settings_.parallelism) {
        return;
      }
      replace(*place);
      ++busy;
    }
  }

  /// A task that still has to run is looked at again when its time is up.
  void wake_for(UpdatedPlace const& place, Time free) {
    if (free == kNever) {
      plan_.wake_at(place.current->meta.created_at + settings_.deadline);
    } else if (free > view_.now) {
      plan_.wake_at(free);
    }
  }

  void replace(UpdatedPlace const& place) {
    NewTask created{.place = place.place,
                    .desired = TaskState::Ready,
                    .start_not_before = view_.now,
                    .origin = model::TaskOrigin::Update};
    auto const running = std::ranges::find_if(place.outdated, runs);
    bool const start_first =
        settings_.order == UpdateOrder::StartFirst && running != place.outdated.end();
    if (!start_first) {  // Otherwise it waits for nothing but what is left of earlier tries.
      created.replaces =
          running != place.outdated.end() ? (*running)->id : place.outdated.back()->id;
    }
    for (auto const* old : place.outdated) {
      if (!start_first || !runs(old)) {
        plan_.shutdown.push_back(old->id);
      }
    }
    plan_.create.push_back(std::move(created));
  }

  /// All places are up to date: complete once the new tasks have been watched long enough.
  void finish() {
    auto done = status_->started_at.value_or(view_.now);
    bool waits = false;
    for (auto const& place : places_) {
      auto const free = free_at(*view_.service, place, settings_, view_.now);
      if (free == kNever) {
        wake_for(place, free);  // Of several the first whose time is up may fail the update.
        waits = true;
        continue;
      }
      auto const* task = place.attempt;
      bool const watched = task != nullptr && runs(task);
      done = std::max({done, free, watched ? task->running_since + settings_.monitor : done});
    }
    if (waits) {
      return;
    }
    if (done > view_.now) {
      plan_.wake_at(done);
      return;
    }
    bool const back = settings_.rolling_back;
    set_status(back ? UpdateState::RollbackCompleted : UpdateState::Completed,
               back ? "rollback completed" : "update completed");
    plan_.update_status->completed_at = view_.now;
  }

  ServiceView const& view_;
  TaskPlan& plan_;
  std::optional<model::UpdateStatus> status_;
  UpdateSettings settings_;
  std::vector<UpdatedPlace> places_;
};

}  // namespace

void plan_update(ServiceView const& view, TaskPlan& plan) {
  Updater(view, plan).run();
}

}  // namespace swarmward::scheduler
