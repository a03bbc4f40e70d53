#pragma once

#include <set>

#include "scheduler/simulation/manager.h"

namespace swarmward::scheduler::simulation {

/// What must hold after every step, whatever the faults.
class Checks final : public ManagerWatch {
 public:
  Checks(Stage& stage, Engines const& engines) : stage_(stage), engines_(engines) {}

  void committed(state::Snapshot const& head, state::Touched const& touched) override;
  void published(state::Snapshot const& snapshot) override;
  void settled(state::Snapshot const& head) override;
  /// A container begins to run.
  void started(SimEngine& engine, Container const& container);
  /// A process has read its state: versions go on from there.
  void loaded(state::Snapshot const& snapshot);

 private:
  void check_task(state::Snapshot const& head, model::Task const& before, model::Task const& after);
  void check_new_task(state::Snapshot const& head, model::Task const& task);
  /// The first task of an update is made once the jobs that its service names have completed.
  void check_jobs_before(state::Snapshot const& head, model::Task const& task);
  void check_erased_task(state::Snapshot const& head, model::Task const& task);
  void check_assignment(state::Snapshot const& head, model::Task const& task);
  void check_slot(state::Snapshot const& head, model::Task const& before, model::Task const& task);
  void check_service(model::Service const& before, model::Service const& after);
  void check_history(state::Snapshot const& head, model::Service const& service);
  void excuse_containers_of(model::NodeId const& node);
  /// A task is told to start: those of its place that are to run on until it runs are noted.
  void note_start(state::Snapshot const& head, model::Task const& task);
  [[nodiscard]] bool go_together(model::TaskId const& one, model::TaskId const& other) const;
  [[nodiscard]] bool may_overlap(Container const& old, Container const& fresh) const;

  Stage& stage_;
  Engines const& engines_;
  state::Snapshot head_;  ///< As last seen: engines go on while there is no manager.
  std::uint64_t published_ = 0;
  /// The later and the earlier task of a place where the later one was to start first, as a single
  /// replica moves.
  std::set<std::pair<model::TaskId, model::TaskId>> together_;
  /// Tasks that were told to start when updates or rollbacks of their service start first.
  std::set<model::TaskId> ahead_;
  /// Tasks whose container may run beside its replacement: nobody could stop it.
  std::set<model::TaskId> unstoppable_;
};

}  // namespace swarmward::scheduler::simulation
