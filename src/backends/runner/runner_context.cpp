#include "backends/runner/runner_context.h"

namespace swarmward::backends {

namespace {

// Measured on two cores: four in flight are best, eight triple the latency of one for no gain.
constexpr std::size_t kSlotsPerCpu = 2;
constexpr std::size_t kLeastSlots = 2;

}  // namespace

RunnerContext::RunnerContext(asio::any_io_executor io,
                             std::shared_ptr<Engine> node_engine,
                             NodeIdentity node,
                             RunnerSink& reports_to,
                             Clock const& time,
                             Delays timers,
                             LabelPolicy labels,
                             std::shared_ptr<TaskFiles> task_files)
    : executor(std::move(io)),
      engine(std::move(node_engine)),
      identity(std::move(node)),
      sink(reports_to),
      clock(time),
      delays(timers),
      label_policy(std::move(labels)),
      starts(kLeastSlots),
      stops(kLeastSlots),
      removes(kLeastSlots),
      looks(2 * kLeastSlots),
      networks(std::make_shared<NetworkKeeper>(executor, engine, identity)),
      files(std::make_shared<FileKeeper>(std::move(task_files))) {}

ImagePuller& RunnerContext::images() {
  if (!images_) {
    auto const copy = [&to = sink, id = identity.id](std::string reference, Tell tell) {
      return to.copy_image(id, std::move(reference), std::move(tell));
    };
    images_ = std::make_shared<ImagePuller>(executor, engine, copy, clock, delays.pull_reuse);
  }
  return *images_;
}

void RunnerContext::set_cpus(unsigned cpus) {
  auto const slots = std::max(kLeastSlots, kSlotsPerCpu * cpus);
  // One more may prepare what it will ask for.
  starts.set_limit(std::min(slots, std::max(kLeastSlots, engine->calls_at_once() + 1)));
  stops.set_limit(slots);
  removes.set_limit(slots);
  looks.set_limit(2 * slots);
}

void RunnerContext::stop() {
  stopped = true;
  connected = false;
  if (images_) {
    images_->stop();
  }
}

}  // namespace swarmward::backends
