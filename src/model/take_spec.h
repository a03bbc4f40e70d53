#pragma once

#include "model/service.h"
#include "model/task.h"

namespace swarmward::model {

/// Makes `task` one of the service as it is specified now. Aliased: the task shares the service's
/// spec instead of holding a copy.
void take_spec(Task& task, Service const& service);

}  // namespace swarmward::model
