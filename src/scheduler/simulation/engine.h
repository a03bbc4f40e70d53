#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "scheduler/simulation/behaviour.h"
#include "scheduler/simulation/stage.h"
#include "state/snapshot.h"

namespace swarmward::scheduler::simulation {

enum class Phase { None, Created, Running, Exited, Vanished };
enum class Health { None, Starting, Healthy, Unhealthy };

struct Container {
  state::TaskPtr task;  ///< What it was made for, as it was then.
  model::NodeId owner;  ///< Its label: the node that the engine was when it was made.
  Phase phase = Phase::Created;
  Health health = Health::None;
  std::int64_t exit_code = 0;
  Behaviour behaviour;
  std::uint64_t life = 0;  ///< What was meant for an earlier life of it does not happen.
};

struct ContainerEvent {
  enum class Kind { Die, Destroy, Healthy, Unhealthy };
  Kind kind = Kind::Die;
  model::TaskId task;
  std::int64_t exit_code = 0;
};

/// A dockerd on a host, as far as a task runner sees it. It outlives the manager's process.
class SimEngine {
 public:
  enum class Answer { Ok, Refused, NotFound, Unreached };

  /// The runner of the process that is up. Called only with what it may see.
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void engine_event(ContainerEvent const& event) = 0;
    /// Something happened and it was not told.
    virtual void event_lost() = 0;
    virtual void reachability_changed() = 0;
    virtual void description_changed() = 0;
  };
  using Started = std::function<void(SimEngine&, Container const&)>;

  SimEngine(Stage& stage, Random random, std::string name, Started started)
      : stage_(stage), random_(random), name_(std::move(name)), started_(std::move(started)) {}

  [[nodiscard]] std::string const& name() const { return name_; }
  [[nodiscard]] std::map<model::TaskId, Container> const& containers() const { return containers_; }
  /// What it says of itself to whoever connects.
  [[nodiscard]] model::NodeDescription const& description() const { return description_; }
  void describe(model::NodeDescription description);
  [[nodiscard]] bool reachable() const { return linked_ && up_; }
  [[nodiscard]] bool powered() const { return powered_; }
  void listen(std::weak_ptr<Listener> listener) { listener_ = std::move(listener); }

  /// Does `effect` after its time and gives the answer, if the engine is there then. A link that
  /// breaks meanwhile leaves it open whether the effect took place. Nothing hinders the answer from
  /// coming back to a process that is gone; the caller guards itself.
  void call(Duration takes, std::function<Answer()> effect, std::function<void(Answer)> answer);
  /// TERM, the grace, KILL; the answer comes when it is over.
  void stop(model::TaskId const& task, Duration grace, std::function<void(Answer)> answer);

  // Effects, for call().
  Answer pull(model::Task const& task);
  Answer create(state::TaskPtr const& task, model::NodeId const& owner);
  Answer start(model::TaskId const& task);
  Answer remove(model::TaskId const& task);
  [[nodiscard]] bool has_image(std::string const& image) const { return images_.contains(image); }

  // Faults.
  enum class After { ContainersExited, Wiped };
  void cut_link();
  void power_off();
  void stop_daemon(bool containers_live_on);
  void stall(Duration time) { stalled_until_ = stage_.queue.now() + time; }
  void restore(After after);
  void kill_container(model::TaskId const& task);
  /// Containers that were going to make trouble do not any more.
  void calm_down();
  /// The host leaves the swarm for another membership: nothing of the old one stays.
  void wipe() { containers_.clear(); }

 private:
  void live(Container& container);
  void later(Container const& container, Duration delay, std::function<void(Container&)> what);
  void set_health(Container& container, Health health);
  void exit(Container& container, std::int64_t code);
  void emit(ContainerEvent event);
  void tell_reachability();

  Stage& stage_;
  Random random_;
  std::string name_;
  Started started_;
  std::weak_ptr<Listener> listener_;
  std::map<model::TaskId, Container> containers_;
  std::set<std::string> images_;
  model::NodeDescription description_;
  std::uint64_t lives_ = 0;
  bool powered_ = true;
  bool up_ = true;  ///< The daemon answers.
  bool linked_ = true;
  Time stalled_until_{};
};

}  // namespace swarmward::scheduler::simulation
