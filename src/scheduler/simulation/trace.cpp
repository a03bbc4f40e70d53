#include "scheduler/simulation/trace.h"

namespace swarmward::scheduler::simulation {

void Trace::push(std::string line) {
  std::chrono::duration<double> const since = clock_.peek() - start_;
  kept_.push_back(fmt::format("{:11.4f}s {}", since.count(), line));
  if (kept_.size() > lines_) {
    kept_.pop_front();
  }
}

std::string Trace::text() const {
  std::string text;
  for (auto const& line : kept_) {
    text += line + '\n';
  }
  return text;
}

}  // namespace swarmward::scheduler::simulation
