#include "scheduler/simulation/world.h"

namespace swarmward::scheduler::simulation {

using std::chrono::minutes;
using std::chrono::seconds;

/// Worlds differ in what goes wrong most, or the rarer faults would drown in the frequent ones.
World::Options options_of(std::uint64_t seed) {
  World::Options options;
  options.seed = seed;
  Random random(seed);
  options.rough = minutes(random.between(5, 30));
  options.habits.pause = seconds(random.between(10, 90));
  options.habits.most_services = random.between(1, 6);
  auto const flavour = random.between(0, 5);
  if (flavour == 0) {  // Clients alone.
    options.rates = {
        std::chrono::hours(100), minutes(60), std::chrono::hours(100), std::chrono::hours(100)};
  } else if (flavour == 1) {  // A manager that cannot keep up.
    options.rates.process = minutes(3);
    options.rates.disk = minutes(5);
  } else if (flavour == 2) {  // Hosts that come and go.
    options.rates.per_engine = minutes(3);
  }
  return options;
}

}  // namespace swarmward::scheduler::simulation
