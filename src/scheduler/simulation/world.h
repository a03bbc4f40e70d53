#pragma once

#include "scheduler/simulation/checks.h"
#include "scheduler/simulation/client.h"
#include "scheduler/simulation/faults.h"

namespace swarmward::scheduler::simulation {

/// A cluster with its hosts, its manager and its clients, under simulated time. Everything in it
/// follows from the seed.
class World {
 public:
  struct Options {
    std::uint64_t seed = 1;
    Duration rough = std::chrono::minutes(40);  ///< How long faults and clients rage.
    /// After the last fault the cluster has to be as it is wanted within this, beside the time that
    /// the updates of its services may take (longest_updates()).
    Duration patience = std::chrono::minutes(60);
    bool traced = false;
    std::size_t trace_lines = 200;
    Sabotage sabotage;
    Client::Habits habits;
    Faults::Rates rates;
  };
  struct Outcome {
    std::optional<std::string> violation;
    std::string trace;
    std::uint64_t steps = 0;
    std::uint64_t requests = 0;  ///< Acknowledged ones.
    std::uint64_t tasks = 0;     ///< Versions written, a measure of what went on.
    Duration simulated{};
    Duration converged_after{};
  };

  explicit World(Options options);

  /// Faults and clients for a while, then peace until all is as it should be.
  Outcome run();

  // The parts, for tests that tell a story of their own.
  SimEngine& add_host(std::string const& name, model::StringMap labels = {});
  void start_manager();
  void crash_manager(Duration down_for);
  void run_for(Duration time);
  [[nodiscard]] Stage& stage() { return stage_; }
  [[nodiscard]] Manager& manager() { return *manager_; }
  [[nodiscard]] Engines& engines() { return engines_; }
  [[nodiscard]] Disk& disk() { return disk_; }
  /// Makes a change and waits until it is durable.
  Result<std::uint64_t> change(state::Change change);

 private:
  void found_cluster();
  void join_later();
  void join(SimEngine& engine);
  void calm_down();
  void wait_for_convergence();
  void step();

  Options options_;
  Stage stage_;
  Random random_;
  Disk disk_;
  Engines engines_;
  Checks checks_{stage_, engines_};
  Ledger ledger_;
  std::unique_ptr<Manager> manager_;
  std::uint64_t life_ = 0;  ///< Of the manager: a restart meant for another one does not happen.
  std::map<std::string, model::StringMap> labels_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::unique_ptr<Faults> faults_;
  std::uint64_t steps_ = 0;
  std::uint64_t steps_at_this_moment_ = 0;
};

/// What a seed stands for: the world's size, its clients' habits and what goes wrong in it.
[[nodiscard]] World::Options options_of(std::uint64_t seed);

}  // namespace swarmward::scheduler::simulation
