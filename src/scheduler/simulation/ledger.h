#pragma once

#include <map>
#include <memory>

#include "scheduler/simulation/stage.h"
#include "state/snapshot.h"

namespace swarmward::scheduler::simulation {

/// What clients were promised: every acknowledged write is found again after any crash.
class Ledger {
 public:
  /// A write of a client is on its way. `spec` is null for a removal, and for a rollback, after
  /// which the spec is not known.
  enum class Kind { Spec, RollBack, Remove, Other };
  std::uint64_t begin(Kind kind,
                      model::ServiceId const& service,
                      std::shared_ptr<model::ServiceSpec const> spec);
  void end(std::uint64_t number, Result<std::uint64_t> const& version);
  /// Of what was under way nobody knows whether it happened.
  void crashed();
  /// Compares what was read from the disk with what was promised.
  void check(state::Snapshot const& loaded, Stage& stage) const;

  [[nodiscard]] std::uint64_t acknowledged() const { return acknowledged_; }

 private:
  struct Open {
    Kind kind = Kind::Other;
    model::ServiceId service;
    std::shared_ptr<model::ServiceSpec const> spec;
  };
  struct Promise {
    std::uint64_t version = 0;
    std::shared_ptr<model::ServiceSpec const> spec;  ///< Null if it is not known.
    bool removed = false;
    bool uncertain = false;
  };

  std::map<std::uint64_t, Open> open_;
  std::map<model::ServiceId, Promise> promises_;
  std::uint64_t count_ = 0;
  std::uint64_t acknowledged_ = 0;
  std::uint64_t version_ = 0;
};

}  // namespace swarmward::scheduler::simulation
