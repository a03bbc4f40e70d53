// How a TaskRunner gets the image of its container.
#include <utility>

#include "backends/runner/container_labels.h"
#include "backends/runner/image_reference.h"
#include "backends/runner/task_runner.h"

namespace swarmward::backends {

Result<ImageRequest> TaskRunner::image_request() const {
  auto const& container = *task().spec->container;
  auto const labels = read_container_labels(
      task().service_annotations->labels, container.labels, context_->label_policy);
  if (!labels) {
    return labels.error();
  }
  auto const& policy = context_->label_policy;
  return ImageRequest{familiar_image(container.image),
                      assignment_.registry_auth,
                      labels->pull,
                      labels->pull_from_nodes.value_or(policy.pull_from_nodes),
                      context_->sink.stored_login(container.image)};
}

void TaskRunner::pull() {
  auto request = image_request();
  if (!request) {
    return fail(request.error().message);  // Allowed when it was accepted, and no more.
  }
  image_ = ImageState::Coming;
  auto const done = [weak = weak_from_this()](Result<void> const& result) {
    if (auto const self = weak.lock()) {
      self->pulled(result);
    }
  };
  auto const tell = [weak = weak_from_this()](std::string const& text) {
    if (auto const self = weak.lock(); self && self->status_.state == model::TaskState::Preparing) {
      self->report(model::TaskState::Preparing, text);
    }
  };
  context_->images().request(std::move(*request), done, tell);
}

void TaskRunner::pulled(Result<void> const& result) {
  image_ = result ? ImageState::Ready : ImageState::Wanted;
  bool const wanted = !unassigned_ && task().desired_state < model::TaskState::Shutdown;
  if (!result && wanted && !retry_later(result.error(), Retry::IfUnreached)) {
    fail(result.error().message);
  }
  wake();
}

}  // namespace swarmward::backends
