#pragma once

#include <set>

#include "scheduler/allocator/endpoint_plan.h"
#include "state/state_store.h"

namespace swarmward::scheduler {

/// Gives services their endpoints. Tasks made before their service has one stay in `new`, with the
/// reason as their Err, and go on to placement once it has. Lives on the store's strand.
class Allocator {
 public:
  explicit Allocator(state::StateStore& store) : store_(store) {}

  /// Brings the endpoint of a service in line with its spec. Writes nothing where nothing changes.
  void allocate(model::ServiceId const& id);

  /// The services that wait for something which `touched` may have given back.
  [[nodiscard]] std::set<model::ServiceId> to_retry(state::Touched const& touched) const;

 private:
  void write(model::Service const& service, EndpointPlan const& plan);

  state::StateStore& store_;
  PortCursor cursor_;
  std::set<model::ServiceId> starved_;  ///< Without an endpoint; their tasks are held.
};

}  // namespace swarmward::scheduler
