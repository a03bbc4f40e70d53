#pragma once

#include <memory>
#include <string>

#include "model/service.h"
#include "scheduler/simulation/random.h"

namespace swarmward::scheduler::simulation {

/// Services as clients might want them, reasonable or not.
class SpecMaker {
 public:
  SpecMaker(Random random, bool jobs) : random_(random), jobs_(jobs) {}

  [[nodiscard]] model::ServiceSpec fresh(std::string name);
  /// Changes one thing or some of a spec. Its mode stays.
  void edit(model::ServiceSpec& spec);
  void scale(model::ServiceSpec& spec);

 private:
  model::ServiceMode mode();
  model::RestartPolicy restart_policy();
  model::UpdateConfig update_config();
  model::Placement placement();
  model::ResourceRequirements reservations();
  model::EndpointSpec endpoint();
  std::string constraint();
  void edit_task(model::TaskSpec& task);
  void edit_update(model::ServiceSpec& spec);

  Random random_;
  bool jobs_;
  std::uint64_t count_ = 0;
};

/// Values of the labels "zone" and "disk" that constraints and preferences ask for.
[[nodiscard]] std::vector<std::string> const& zones();
[[nodiscard]] std::vector<std::string> const& disks();

}  // namespace swarmward::scheduler::simulation
