#include "wire/stored/task_encoder.h"

#include "wire/fields/task.h"
#include "wire/stored/stored_form.h"

namespace swarmward::wire {

namespace {

/// Beyond this the texts are forgotten and made anew.
constexpr std::size_t kMostBytes = std::size_t{8} << 20U;

}  // namespace

void TaskEncoder::remember(std::shared_ptr<model::TaskSpec const> const& spec) {
  if (!spec || known_.contains(spec.get())) {
    return;
  }
  if (size_ > kMostBytes) {
    known_.clear();
    size_ = 0;
  }
  auto text = stored_text(*spec);
  size_ += text.size();
  known_.emplace(spec.get(), Known{spec, std::move(text)});
}

std::string_view TaskEncoder::text_of(model::TaskSpec const& spec) {
  return known_.at(&spec).text;
}

std::string TaskEncoder::encode(model::Task const& task) {
  remember(task.spec);
  return stored_text(Versioned<model::Task>{task}, this);
}

}  // namespace swarmward::wire
