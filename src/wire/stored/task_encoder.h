#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "model/task.h"
#include "wire/codec/text_writer.h"

namespace swarmward::wire {

/// Gives the stored form of tasks, as stored() does. Tasks share their spec, which is most of the
/// text, so it is made once for as long as tasks of that spec come by. One thread.
class TaskEncoder final : public SpecTexts {
 public:
  [[nodiscard]] std::string encode(model::Task const& task);

 private:
  struct Known {
    std::shared_ptr<model::TaskSpec const> spec;  ///< Keeps the pointer from meaning another.
    std::string text;
  };
  void remember(std::shared_ptr<model::TaskSpec const> const& spec);
  [[nodiscard]] std::string_view text_of(model::TaskSpec const& spec) override;

  std::unordered_map<model::TaskSpec const*, Known> known_;
  std::size_t size_ = 0;  ///< Of all texts, in bytes.
};

}  // namespace swarmward::wire
