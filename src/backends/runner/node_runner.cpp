#include "backends/runner/node_runner.h"

#include "backends/runner/node_runner_tasks.h"

namespace swarmward::backends {

NodeRunner::NodeRunner(asio::any_io_executor executor,
                       std::shared_ptr<Engine> engine,
                       NodeIdentity identity,
                       RunnerSink& sink,
                       Clock const& clock,
                       Delays delays,
                       LabelPolicy labels,
                       std::shared_ptr<TaskFiles> files)
    : tasks_(std::make_shared<Tasks>(std::make_shared<RunnerContext>(std::move(executor),
                                                                     std::move(engine),
                                                                     std::move(identity),
                                                                     sink,
                                                                     clock,
                                                                     delays,
                                                                     std::move(labels),
                                                                     std::move(files)))) {}

NodeRunner::~NodeRunner() {
  tasks_->stop();
}

void NodeRunner::start(std::shared_ptr<Gate> turns, std::shared_ptr<Rounds> rounds) {
  tasks_->start(std::move(turns), std::move(rounds));
}
void NodeRunner::set_delays(Delays delays) {
  tasks_->context()->delays = delays;
}
void NodeRunner::assign_all(std::vector<Assignment> assignments) {
  tasks_->assign_all(std::move(assignments));
}
void NodeRunner::task_changed(Assignment assignment) {
  tasks_->assign(std::move(assignment));
}
void NodeRunner::task_gone(model::TaskId task) {
  tasks_->unassign(task);
}
asio::awaitable<void> NodeRunner::remove_all_containers() {
  return Tasks::remove_all(tasks_);
}
void NodeRunner::stop() {
  tasks_->stop();
}
std::shared_ptr<Engine> NodeRunner::engine() const {
  return tasks_->context()->engine;
}
bool NodeRunner::connected() const {
  return tasks_->context()->connected;
}
std::string const& NodeRunner::hostname() const {
  return tasks_->context()->identity.hostname;
}
std::optional<std::string> NodeRunner::container_of(model::TaskId task) const {
  return tasks_->container_of(task);
}

}  // namespace swarmward::backends
