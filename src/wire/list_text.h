#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "model/node.h"
#include "model/task.h"
#include "wire/codec/text_writer.h"
#include "wire/network.h"
#include "wire/service.h"

namespace swarmward::wire {

// Objects as text, for lists: the document that to_json(object) gives, without making it. Members
// stand in native's order.

void append_text(std::string& out,
                 model::Service const& service,
                 std::optional<ServiceStatus> const& status = std::nullopt);
void append_text(std::string& out, model::Node const& node);

/// Tasks, whose specs are written once: the tasks of one version share them. So are the networks
/// that they are attached to. To be used for one list, while its snapshot keeps the specs alive.
class TaskTexts final : public SpecTexts {
 public:
  /// A network that `networks` does not know, for it was removed, is shown by its id alone.
  explicit TaskTexts(FindNetwork networks) : find_network_(std::move(networks)) {}

  void append(std::string& out, model::Task const& task);

  [[nodiscard]] std::string_view text_of(model::TaskSpec const& spec) override;

 private:
  [[nodiscard]] std::string_view text_of(model::NetworkId const& id);
  void write_attachments(model::Task const& task);

  FindNetwork find_network_;
  std::unordered_map<model::NetworkId, std::string> networks_;
  std::string attachments_;  ///< Of the task that is being written.
  std::unordered_map<model::TaskSpec const*, std::string> texts_;
  std::size_t size_ = 0;  ///< Of all texts, in bytes.
};

}  // namespace swarmward::wire
