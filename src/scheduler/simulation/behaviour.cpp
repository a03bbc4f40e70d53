#include "scheduler/simulation/behaviour.h"

namespace swarmward::scheduler::simulation {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Behaviour of_job(std::string const& image, Random& random, Mood mood) {
  Behaviour job;
  if (image == "long") {
    job.ends_after = std::chrono::hours(3);
    return job;
  }
  if (image == "exit-1") {
    job.ends_after = milliseconds(100);
    job.exit_code = 1;
    return job;
  }
  job.ends_after = random.between(seconds(1), seconds(40));
  job.exit_code = mood == Mood::Rough && random.chance(0.15) ? 1 : 0;
  return job;
}

void add_health(Behaviour& behaviour, std::string const& image, Random& random, Mood mood) {
  behaviour.has_healthcheck = true;
  if (image == "slow-health" || mood == Mood::Calm) {
    behaviour.healthy_after = random.between(seconds(1), seconds(20));
  } else if (image == "turns-sick") {
    behaviour.healthy_after = random.between(seconds(1), seconds(5));
    behaviour.unhealthy_after = random.between(seconds(6), seconds(200));
  } else {
    behaviour.unhealthy_after = random.between(seconds(5), seconds(60));
  }
}

}  // namespace

std::vector<std::string> const& all_images() {
  static std::vector<std::string> const images{"steady",
                                               "steady",
                                               "steady",
                                               "steady",
                                               "slow-health",
                                               "crash",
                                               "flaky",
                                               "finish",
                                               "bad-start",
                                               "missing",
                                               "bad-create",
                                               "never-healthy",
                                               "turns-sick"};
  return images;
}

Behaviour behaviour_of(model::Task const& task, Random& random, Mood mood) {
  bool const rough = mood == Mood::Rough;
  auto const& image = task.spec->container->image;
  Behaviour behaviour;
  behaviour.ignores_term = image == "stubborn" || (rough && random.chance(0.1));
  if (task.job_iteration) {
    return of_job(image, random, mood);
  }
  if (image == "slow-health" || image == "turns-sick" || image == "never-healthy") {
    add_health(behaviour, image, random, mood);
  }
  if (mood == Mood::Calm) {
    return behaviour;
  }
  behaviour.pull_fails = image == "missing" || (rough && random.chance(0.01));
  behaviour.create_fails = image == "bad-create" || (rough && random.chance(0.003));
  behaviour.start_fails = image == "bad-start" || (rough && random.chance(0.003));
  bool const crashes = image == "crash" || (image == "flaky" && random.chance(0.3));
  if (image == "exit-1") {
    behaviour.ends_after = milliseconds(100);
    behaviour.exit_code = 1;
    return behaviour;
  }
  if (crashes || image == "finish" || (rough && random.chance(0.02))) {
    behaviour.ends_after = random.about(crashes ? seconds(20) : seconds(120)) + milliseconds(1);
    behaviour.exit_code = image == "finish" ? 0 : 1;
  }
  return behaviour;
}

}  // namespace swarmward::scheduler::simulation
