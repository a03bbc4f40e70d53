#pragma once

#include "scheduler/simulation/ledger.h"
#include "scheduler/simulation/manager.h"
#include "scheduler/simulation/spec_maker.h"

namespace swarmward::scheduler::simulation {

/// Asks the cluster for random things at random times. Reads before it writes, and takes its time
/// in between, so that two of them get into each other's way.
class Client {
 public:
  struct Habits {
    Duration pause = std::chrono::seconds(45);  ///< Between two requests, on average.
    std::size_t most_services = 6;
    bool jobs = true;
  };
  /// `manager` gives null while the manager is down.
  Client(Stage& stage,
         Random random,
         Ledger& ledger,
         std::function<Manager*()> manager,
         Habits habits);

  void begin();

 private:
  using Change = std::function<Result<void>(state::Draft&)>;

  void act();
  void act_on_service(state::Snapshot const& seen);
  void act_on_node(state::Snapshot const& seen);
  void create(state::Snapshot const& seen);
  void edit_node(model::Node const& node);
  void send(Ledger::Kind kind,
            model::ServiceId const& service,
            std::shared_ptr<model::ServiceSpec const> spec,
            std::string const& what,
            Change change);

  Stage& stage_;
  Random random_;
  Ledger& ledger_;
  std::function<Manager*()> manager_;
  Habits habits_;
  SpecMaker maker_;
  std::uint64_t names_ = 0;
};

}  // namespace swarmward::scheduler::simulation
