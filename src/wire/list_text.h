#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "model/node.h"
#include "model/task.h"
#include "wire/codec/text_writer.h"
#include "wire/service.h"

namespace swarmward::wire {

// Objects as text, for lists: to the byte what dump_json(to_json(object)) gives, without the
// document in between. One workspace serves a whole list.

void append_text(std::string& out,
                 TextWorkspace& workspace,
                 model::Service const& service,
                 std::optional<ServiceStatus> const& status = std::nullopt);
void append_text(std::string& out, TextWorkspace& workspace, model::Node const& node);

/// Tasks, whose specs are written once: the tasks of one version share them. To be used for one
/// list, while its snapshot keeps the specs alive.
class TaskTexts final : public SpecTexts {
 public:
  void append(std::string& out, model::Task const& task);

  [[nodiscard]] std::string_view text_of(model::TaskSpec const& spec) override;

 private:
  TextWorkspace workspace_;
  std::unordered_map<model::TaskSpec const*, std::string> texts_;
  std::size_t size_ = 0;  ///< Of all texts, in bytes.
};

}  // namespace swarmward::wire
