// swarm_sim --seeds A..B [--minutes M] [--trace]: many simulated clusters, one after
// another.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/log.h"
#include "scheduler/simulation/world.h"

namespace {

using swarmward::scheduler::simulation::options_of;
using swarmward::scheduler::simulation::World;

struct Arguments {
  std::uint64_t first = 1;
  std::uint64_t last = 100;
  std::optional<swarmward::Duration> rough;  ///< Absent: as the seed says.
  std::size_t trace_lines = 0;
};

Arguments parse(std::vector<std::string> const& words) {
  Arguments arguments;
  for (std::size_t i = 0; i < words.size(); ++i) {
    auto const value = [&] { return i + 1 < words.size() ? words[++i] : std::string(); };
    if (words[i] == "--seeds") {
      auto const range = value();
      auto const dots = range.find("..");
      arguments.first = std::strtoull(range.c_str(), nullptr, 10);
      arguments.last = dots == std::string::npos
                           ? arguments.first
                           : std::strtoull(range.c_str() + dots + 2, nullptr, 10);
    } else if (words[i] == "--minutes") {
      arguments.rough = std::chrono::minutes(std::strtol(value().c_str(), nullptr, 10));
    } else if (words[i] == "--trace") {
      arguments.trace_lines = std::strtoul(value().c_str(), nullptr, 10);
    } else {
      std::fprintf(stderr, "usage: swarm_sim --seeds A..B [--minutes M] [--trace LINES]\n");
      std::exit(2);
    }
  }
  return arguments;
}

}  // namespace

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  static_cast<void>(swarmward::set_log_level("fatal"));
  auto const arguments = parse({argv + 1, argv + argc});
  auto const began = std::chrono::steady_clock::now();
  swarmward::Duration simulated{};
  swarmward::Duration longest{};
  std::uint64_t steps = 0;
  std::uint64_t requests = 0;
  int failures = 0;
  for (auto seed = arguments.first; seed <= arguments.last; ++seed) {
    auto options = options_of(seed);
    options.rough = arguments.rough.value_or(options.rough);
    options.traced = arguments.trace_lines > 0;
    options.trace_lines = arguments.trace_lines;
    auto const outcome = World(options).run();
    simulated += outcome.simulated;
    longest = std::max(longest, outcome.converged_after);
    steps += outcome.steps;
    requests += outcome.requests;
    if (outcome.violation) {
      ++failures;
      std::printf("seed %llu: %s\n%s",
                  static_cast<unsigned long long>(seed),
                  outcome.violation->c_str(),
                  outcome.trace.c_str());
    } else if (options.traced) {
      std::printf("%s", outcome.trace.c_str());
    }
  }
  std::chrono::duration<double> const took = std::chrono::steady_clock::now() - began;
  auto const seeds = static_cast<double>(arguments.last - arguments.first + 1);
  auto const hours = std::chrono::duration<double, std::ratio<3600>>(simulated).count();
  std::printf(
      "%.0f seeds, %d failed; %.1f s, %.1f seeds/s, %.0f simulated hours per minute; "
      "%.0f steps and %.0f requests per seed; converged within %.0f s\n",
      seeds,
      failures,
      took.count(),
      seeds / took.count(),
      hours * 60 / took.count(),
      static_cast<double>(steps) / seeds,
      static_cast<double>(requests) / seeds,
      std::chrono::duration<double>(longest).count());
  return failures == 0 ? 0 : 1;
}
