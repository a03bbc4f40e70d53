// Many seeds of rough life. SWARMWARD_SIM_SEEDS says how many, SWARMWARD_SIM_SEED runs just one.
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include "base/log.h"
#include "scheduler/simulation/world.h"

namespace swarmward::scheduler::simulation {
namespace {

#if defined(__OPTIMIZE__)
constexpr std::uint64_t kSeeds = 1000;
#else
constexpr std::uint64_t kSeeds = 60;
#endif

std::uint64_t number_in(char const* variable, std::uint64_t otherwise) {
  auto const* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// The story of a failing seed: it is told again, with a trace.
std::string story_of(std::uint64_t seed) {
  auto options = options_of(seed);
  options.traced = true;
  auto const outcome = World(options).run();
  return outcome.trace + "seed " + std::to_string(seed) + ": " +
         outcome.violation.value_or("it does not fail again");
}

TEST(Simulation, EverySeedKeepsItsPromises) {
  static_cast<void>(set_log_level("fatal"));
  auto const only = number_in("SWARMWARD_SIM_SEED", 0);
  auto const last = only != 0 ? only : number_in("SWARMWARD_SIM_SEEDS", kSeeds);
  std::atomic<std::uint64_t> next{only != 0 ? only : 1};
  std::mutex mutex;
  std::set<std::uint64_t> failed;
  auto const work = [&] {
    for (auto seed = next++; seed <= last; seed = next++) {
      if (World(options_of(seed)).run().violation) {
        std::lock_guard const lock(mutex);
        failed.insert(seed);
      }
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
    threads.emplace_back(work);  // Worlds share nothing.
  }
  for (auto& thread : threads) {
    thread.join();
  }
  if (!failed.empty()) {
    FAIL() << failed.size() << " seeds failed; the first:\n" << story_of(*failed.begin());
  }
}

TEST(Simulation, ASeedIsReplayedToTheLetter) {
  static_cast<void>(set_log_level("fatal"));
  auto options = options_of(7);
  options.traced = true;
  auto const once = World(options).run();
  auto const again = World(options).run();
  EXPECT_GT(once.steps, 1000U);
  EXPECT_EQ(once.steps, again.steps);
  EXPECT_EQ(once.trace, again.trace);
}

}  // namespace
}  // namespace swarmward::scheduler::simulation
