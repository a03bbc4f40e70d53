#pragma once

#include <map>
#include <memory>

#include "scheduler/simulation/event_queue.h"
#include "scheduler/simulation/random.h"
#include "state/persistence.h"

namespace swarmward::scheduler::simulation {

/// What outlives the manager's process: rows, and the objects that they stand for.
class Disk {
 public:
  /// Copies objects and writes their numbers down: nothing of them can get lost.
  [[nodiscard]] state::Codec codec();
  [[nodiscard]] std::vector<state::Row> load() const;
  /// All or nothing.
  Result<void> write(std::vector<state::Row> const& rows);

  /// A disk that lies: every so many writes are said to be done and are not. 0: none.
  void forget_every(std::uint64_t writes) { forget_every_ = writes; }
  void set_full(bool full) { full_ = full; }
  [[nodiscard]] bool full() const { return full_; }

 private:
  using Shelf = std::map<std::string, std::shared_ptr<void const>>;
  template <class T>
  std::string store(T const& object);
  template <class T>
  Result<T> fetch(std::string_view number) const;

  std::map<std::pair<state::ObjectKind, std::string>, std::string> rows_;
  Shelf shelf_;
  std::uint64_t count_ = 0;
  std::uint64_t writes_ = 0;
  std::uint64_t forget_every_ = 0;
  bool full_ = false;
};

/// One process' way to the disk. Writes take simulated time; those that are under way when the
/// process dies are lost.
class SimPersistence final : public state::Persistence {
 public:
  SimPersistence(Disk& disk, EventQueue& queue, Random random)
      : disk_(disk), queue_(queue), random_(random), alive_(std::make_shared<bool>(true)) {}
  ~SimPersistence() override { *alive_ = false; }

  [[nodiscard]] state::RunLater run_later() override;
  Result<std::vector<state::Row>> load() override { return disk_.load(); }
  Result<void> write(std::vector<state::Row> const& rows) override { return disk_.write(rows); }

 private:
  Disk& disk_;
  EventQueue& queue_;
  Random random_;
  std::shared_ptr<bool> alive_;
};

}  // namespace swarmward::scheduler::simulation
