#include "app/files/task_file_places.h"

#include <cstdlib>
#include <string>

namespace swarmward::app {

std::shared_ptr<backends::LocalTaskFiles> local_task_files(model::NodeId const& node) {
  auto const mounting = std::getenv(kMountsUnseen) == nullptr ? backends::Mounting::Allowed
                                                              : backends::Mounting::Forbidden;
  return std::make_shared<backends::LocalTaskFiles>(std::string(kTaskFileRoot) + "/" + node.str(),
                                                    mounting);
}

}  // namespace swarmward::app
