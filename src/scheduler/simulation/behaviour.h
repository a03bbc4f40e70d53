#pragma once

#include <optional>

#include "model/task.h"
#include "scheduler/simulation/random.h"

namespace swarmward::scheduler::simulation {

/// What a container does once it is started, and what stands in the way before. The image's name
/// decides: a simulated client asks for trouble by asking for an image.
struct Behaviour {
  bool pull_fails = false;
  bool create_fails = false;
  bool start_fails = false;
  bool has_healthcheck = false;
  std::optional<Duration> healthy_after;  ///< Never, if absent and there is a healthcheck.
  std::optional<Duration> unhealthy_after;
  std::optional<Duration> ends_after;
  std::int64_t exit_code = 0;
  bool ignores_term = false;
};

enum class Mood {
  Rough,     ///< Images do as they are called, and anything may fail.
  Scripted,  ///< Images do as they are called.
  Calm,      ///< All is well, and only jobs end.
};

[[nodiscard]] Behaviour behaviour_of(model::Task const& task, Random& random, Mood mood);

/// Images that a random client may ask for, from good to hopeless. Stories know three more:
/// "exit-1", "stubborn" (ignores TERM) and, for jobs, "long".
[[nodiscard]] std::vector<std::string> const& all_images();

}  // namespace swarmward::scheduler::simulation
