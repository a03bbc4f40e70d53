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
  void check_erased_task(state::Snapshot const& head, model::Task const& task);
  void check_assignment(state::Snapshot const& head, model::Task const& task);
  void check_slot(state::Snapshot const& head, model::Task const& task);
  void check_service(model::Service const& before, model::Service const& after);
  void check_history(state::Snapshot const& head, model::Service const& service);
  void excuse_containers_of(model::NodeId const& node);
  void note_order(model::Service const& service);
  [[nodiscard]] bool may_overlap(state::Snapshot const& head,
                                 Container const& old,
                                 Container const& fresh) const;

  Stage& stage_;
  Engines const& engines_;
  state::Snapshot head_;  ///< As last seen: engines go on while there is no manager.
  std::uint64_t published_ = 0;
  /// Services that may run two tasks of a slot, as one of their specs starts the new one first.
  std::set<model::ServiceId> start_first_;
  /// Tasks whose container may run beside its replacement: nobody could stop it.
  std::set<model::TaskId> unstoppable_;
};

}  // namespace swarmward::scheduler::simulation
