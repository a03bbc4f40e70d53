#include "model/take_spec.h"

namespace swarmward::model {

void take_spec(Task& task, Service const& service) {
  task.spec = std::shared_ptr<TaskSpec const>(service.spec, &service.spec->task);
  task.spec_version = service.spec_version;
  task.service_annotations =
      std::shared_ptr<Annotations const>(service.spec, &service.spec->annotations);
  if (service.spec->endpoint) {
    task.endpoint = std::shared_ptr<EndpointSpec const>(service.spec, &*service.spec->endpoint);
  }
}

}  // namespace swarmward::model
