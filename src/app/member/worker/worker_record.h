#pragma once

#include <filesystem>
#include <optional>

#include "app/member/member_documents.h"

namespace swarmward::app {

/// What a worker keeps of its membership beside its certificate.
struct WorkerRecord {
  model::NodeId node;
  std::vector<ManagerAddress> managers;
  std::string listen;     ///< IP address of the agent's port.
  std::string advertise;  ///< As given; empty: managers take the address they see.
  std::string data_path;  ///< Where other hosts send what is for networks; empty: as advertised.
  std::uint32_t agent_port = 0;
};

/// The file in which a worker keeps its record. Blocks for as long as the disk takes.
class WorkerFile {
 public:
  /// Below the data root.
  static constexpr char const* kName = "member.json";

  explicit WorkerFile(std::filesystem::path const& data_root);

  /// Empty if there is none. Errors: InvalidArgument (no JSON object).
  [[nodiscard]] Result<std::optional<WorkerRecord>> load() const;
  /// Durable once it returns; replaces what was there in one step. Errors: Internal.
  [[nodiscard]] Result<void> save(WorkerRecord const& record) const;
  void remove() const;

 private:
  std::filesystem::path path_;
};

}  // namespace swarmward::app
