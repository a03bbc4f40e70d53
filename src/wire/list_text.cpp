#include "wire/list_text.h"

#include <nlohmann/json.hpp>

#include "model/attachment.h"
#include "wire/body.h"
#include "wire/fields/network_attachment.h"
#include "wire/fields/node.h"
#include "wire/fields/task.h"
#include "wire/task.h"

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
  RawText attachments;
};
template <class A>
void describe(A& a, ShownTask const& shown) {
  describe(a, shown.task);
  a.omit("NetworksAttachments", shown.attachments);
  a.keep("Labels", model::StringMap{});
  a.nullable("Volumes", std::optional<bool>{});
}

struct AttachmentText {
  RawText network;
  std::vector<std::string> addresses;
};
template <class A>
void describe(A& a, AttachmentText const& attachment) {
  a.keep("Network", attachment.network);
  a.omit("Addresses", attachment.addresses);
}

}  // namespace

void append_text(std::string& out,
                 model::Service const& service,
                 std::optional<ServiceStatus> const& status) {
  CountedService counted{service, std::nullopt};
  if (status) {
    counted.status = StatusField{*status};
  }
  TextWriter(out, Form::Api).write_object(counted);
}

void append_text(std::string& out, model::Node const& node) {
  TextWriter(out, Form::Api).write_object(node);
}

void TaskTexts::append(std::string& out, model::Task const& task) {
  if (model::is_attachment(task)) {  // Rare, and with a spec like no other.
    out += dump_json(to_json(task, find_network_));
    return;
  }
  attachments_.clear();
  if (!task.networks.empty()) {
    write_attachments(task);
  }
  TextWriter(out, Form::Api, this).write_object(ShownTask{task, {attachments_}});
}

void TaskTexts::write_attachments(model::Task const& task) {
  for (auto const& [network, address] : task.networks) {
    attachments_ += attachments_.empty() ? '[' : ',';
    AttachmentText text{{text_of(network)}, {}};
    if (!address.empty()) {
      text.addresses.push_back(address);
    }
    TextWriter(attachments_, Form::Api).write_object(text);
  }
  attachments_ += ']';
}

std::string_view TaskTexts::text_of(model::NetworkId const& id) {
  auto const [found, is_new] = networks_.try_emplace(id);
  if (is_new) {
    auto const* known = find_network_(id);
    model::Network removed;
    removed.id = id;
    TextWriter(found->second, Form::Api)
        .write_object(ShownNetwork{known == nullptr ? removed : *known});
  }
  return found->second;
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
  TextWriter(text, Form::Api).write_object(shown);
  size_ += text.size();
  return texts_.emplace(&spec, std::move(text)).first->second;
}

}  // namespace swarmward::wire
