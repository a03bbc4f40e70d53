#include "model/task.h"

#include <gtest/gtest.h>

namespace swarmward::model {
namespace {

Task web_task(Slot slot) {
  Task task;
  task.id = TaskId("0123456789abcdefghijklmno");
  task.node_id = NodeId("nodenodenodenodenodenoden");
  task.slot = slot;
  task.service_annotations = std::make_shared<Annotations const>(Annotations{"web", {}});
  return task;
}

TEST(TaskName, UsesTheSlotOrElseTheNode) {
  EXPECT_EQ(full_name(web_task(2)), "web.2.0123456789abcdefghijklmno");
  EXPECT_EQ(display_name(web_task(0)), "web.nodenodenodenodenodenoden");
}

TEST(TaskState, WordsGoBothWaysInAnyCase) {
  EXPECT_EQ(to_string(TaskState::Orphaned), "orphaned");
  EXPECT_EQ(task_state_from_string("RUNNING"), TaskState::Running);
  EXPECT_FALSE(task_state_from_string("zz"));
}

}  // namespace
}  // namespace swarmward::model
