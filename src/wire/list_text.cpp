#include "wire/list_text.h"

#include "wire/fields/node.h"
#include "wire/fields/task.h"

namespace swarmward::wire {

namespace {

/// Beyond this the texts are forgotten: a list where every task has a spec of its own must not
/// cost its size in memory.
constexpr std::size_t kMostTexts = std::size_t{4} << 20U;

struct StatusField {
  ServiceStatus counts;
};
template <class A>
void describe(A& a, StatusField const& status) {
  a.keep("RunningTasks", status.counts.running);
  a.keep("DesiredTasks", status.counts.desired);
  a.keep("CompletedTasks", status.counts.completed);
}

struct CountedService {
  model::Service const& service;
  std::optional<StatusField> status;
};
template <class A>
void describe(A& a, CountedService const& counted) {
  describe(a, counted.service);
  a.omit("ServiceStatus", counted.status);
}

/// Native never sets labels or volumes of its own, yet shows them.
struct ShownTask {
  model::Task const& task;
};
template <class A>
void describe(A& a, ShownTask const& shown) {
  describe(a, shown.task);
  a.keep("Labels", model::StringMap{});
  a.nullable("Volumes", std::optional<bool>{});
}

}  // namespace

void append_text(std::string& out,
                 TextWorkspace& workspace,
                 model::Service const& service,
                 std::optional<ServiceStatus> const& status) {
  CountedService counted{service, std::nullopt};
  if (status) {
    counted.status = StatusField{*status};
  }
  TextWriter(out, workspace).write_object(counted);
}

void append_text(std::string& out, TextWorkspace& workspace, model::Node const& node) {
  TextWriter(out, workspace).write_object(node);
}

void TaskTexts::append(std::string& out, model::Task const& task) {
  TextWriter(out, workspace_, this).write_object(ShownTask{task});
}

std::string_view TaskTexts::text_of(model::TaskSpec const& spec) {
  if (auto const found = texts_.find(&spec); found != texts_.end()) {
    return found->second;
  }
  if (size_ > kMostTexts) {
    texts_.clear();
    size_ = 0;
  }
  std::string text;
  auto shown = spec;
  // Native hides the runtime of containers.
  if (shown.runtime == "container") {
    shown.runtime.clear();
  }
  TextWorkspace workspace;  // Ours is in use: a task is being written.
  TextWriter(text, workspace).write_object(shown);
  size_ += text.size();
  return texts_.emplace(&spec, std::move(text)).first->second;
}

}  // namespace swarmward::wire
