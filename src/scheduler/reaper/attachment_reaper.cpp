#include "scheduler/reaper/attachment_reaper.h"

#include "model/attachment.h"

namespace swarmward::scheduler {

std::vector<model::TaskId> ended_attachments(state::Snapshot const& snapshot, Time now) {
  std::vector<model::TaskId> ended;
  for (auto const& task : snapshot.tasks_of({})) {
    bool const refused = task->status.state == model::TaskState::Rejected;
    bool const told = !refused || task->status.timestamp + kRefusalKept <= now;
    if (model::is_attachment(*task) && model::is_terminal(task->status.state) && told) {
      ended.push_back(task->id);
    }
  }
  return ended;
}

}  // namespace swarmward::scheduler
