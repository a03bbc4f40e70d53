#include "app/member/worker/worker_record.h"

#include "cluster/pki/durable_file.h"

namespace swarmward::app {

namespace {

constexpr std::size_t kRecordLimit = 1 << 20;

nlohmann::json to_json(WorkerRecord const& record) {
  return {{"Node", record.node.str()},
          {"Managers", to_json(record.managers)},
          {"Listen", record.listen},
          {"Advertise", record.advertise},
          {"DataPath", record.data_path},
          {"AgentPort", record.agent_port}};
}

}  // namespace

WorkerFile::WorkerFile(std::filesystem::path const& data_root) : path_(data_root / kName) {}

Result<std::optional<WorkerRecord>> WorkerFile::load() const {
  auto const text = cluster::read_small(path_, kRecordLimit);
  if (!text) {
    return std::nullopt;
  }
  auto const document = parse_message(*text);
  if (!document) {
    return in_context(path_.string(), document.error());
  }
  WorkerRecord record;
  record.node = model::NodeId(text_of(*document, "Node"));
  record.managers = managers_from(document->value("Managers", nlohmann::json::array()));
  record.listen = text_of(*document, "Listen");
  record.advertise = text_of(*document, "Advertise");
  record.data_path = text_of(*document, "DataPath");
  record.agent_port = port_of(*document, "AgentPort");
  return record;
}

Result<void> WorkerFile::save(WorkerRecord const& record) const {
  auto const fresh = std::filesystem::path(path_.string() + ".new");
  if (auto written = cluster::write_durably(fresh, to_json(record).dump(2), 0600); !written) {
    return written;
  }
  std::error_code error;
  std::filesystem::rename(fresh, path_, error);
  if (error) {
    return internal_error("cannot write " + path_.string() + ": " + error.message());
  }
  return cluster::sync_folder(path_.parent_path());
}

void WorkerFile::remove() const {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

}  // namespace swarmward::app
