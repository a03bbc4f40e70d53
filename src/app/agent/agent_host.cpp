#include "app/agent/agent_host.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "app/agent/tar_text.h"
#include "app/member/member_documents.h"
#include "app/member/worker/worker_record.h"
#include "backends/runner/done.h"
#include "base/percent_encode.h"
#include "wire/body.h"

namespace swarmward::app {

namespace {

namespace asio = boost::asio;
using nlohmann::json;

constexpr char const* kJson = "application/json";
constexpr char const* kTar = "application/x-tar";
/// For a megabit a second.
constexpr std::chrono::minutes kLoadLimit{8};
constexpr std::chrono::seconds kHostCallTimeout{60};

std::string container(char const* rest) {
  return std::string("/containers/") + kAgentName + rest;
}

std::string filtered(char const* path, std::string const& label) {
  json filters;
  filters["label"] = json::array({label});
  return std::string(path) + "filters=" + percent_encode(filters.dump());
}

/// What goes wrong while an image is loaded stands in the progress that the engine tells.
Result<void> check_loaded(std::string const& progress) {
  auto const at = progress.find("\"errorDetail\"");
  if (at == std::string::npos) {
    return {};
  }
  auto const line = progress.rfind('\n', at);
  return internal_error("the engine could not load the agent's image: " +
                        progress.substr(line == std::string::npos ? 0 : line + 1));
}

/// On a thread for files.
asio::awaitable<Result<std::string>> read_next(std::shared_ptr<BytesReader> reader) {
  co_return reader->next();
}

asio::awaitable<Result<std::string>> read_elsewhere(std::shared_ptr<BytesReader> reader,
                                                    asio::any_io_executor files) {
  auto reading = read_next(std::move(reader));
  auto piece = co_await asio::co_spawn(files, std::move(reading), asio::use_awaitable);
  co_return piece;
}

}  // namespace

AgentHost::Answer<json> AgentHost::get(std::string path) {
  backends::HttpRequest request;
  request.target = std::move(path);
  request.timeout = kHostCallTimeout;
  auto const response = co_await client_.call(std::move(request));
  if (!response) {
    co_return response.error();
  }
  co_return wire::parse_body(response->body);
}

AgentHost::Answer<> AgentHost::send(std::string method,
                                    std::string path,
                                    std::string body,
                                    char const* type) {
  backends::HttpRequest request;
  request.method = std::move(method);
  request.target = std::move(path);
  request.body = std::move(body);
  request.content_type = type;
  request.timeout = kHostCallTimeout;
  auto done = co_await client_.command(std::move(request));
  co_return done;
}

AgentHost::Answer<> AgentHost::expect_fitting() {
  auto const version = co_await get("/version");
  if (!version) {
    co_return version.error();
  }
  co_return check_platform(*version, own_architecture());
}

AgentHost::Answer<std::optional<json>> AgentHost::labels_of_agent() {
  auto const found = co_await get(container("/json"));
  if (!found && found.error().code == ErrorCode::NotFound) {
    co_return std::optional<json>{};
  }
  if (!found) {
    co_return found.error();
  }
  auto const labels = json::json_pointer("/Config/Labels");
  bool const labelled = found->contains(labels) && (*found)[labels].is_object();
  co_return std::optional<json>(labelled ? (*found)[labels] : json::object());
}

AgentHost::Answer<> AgentHost::load(AgentImage const* image, asio::any_io_executor files) {
  auto const there = co_await get("/images/" + percent_encode(image->reference(), "/:") + "/json");
  if (there) {
    co_return backends::kDone;
  }
  if (there.error().code != ErrorCode::NotFound) {
    co_return there.error();
  }
  auto const reader = std::make_shared<BytesReader>(image->archive());
  backends::HttpRequest request;
  request.method = "POST";
  request.target = "/images/load?quiet=1";
  request.content_type = kTar;
  request.timeout = kLoadLimit;
  request.pieces = [reader, files] { return read_elsewhere(reader, files); };
  auto const response = co_await client_.call(std::move(request));
  if (!response) {
    co_return in_context("sending the agent's image", response.error());
  }
  co_return check_loaded(response->body);
}

AgentHost::Answer<> AgentHost::start_agent(AgentPlace place,
                                           std::string image,
                                           std::string join_file) {
  json volume;
  volume["Name"] = kAgentName;
  volume["Labels"] = {{kAgentLabel, place.swarm}};
  auto done = co_await send("POST", "/volumes/create", volume.dump(), kJson);
  if (!done) {
    co_return done;
  }
  auto const body = wire::dump_json(agent_container(place, image));
  done = co_await send("POST", std::string("/containers/create?name=") + kAgentName, body, kJson);
  if (!done) {
    co_return in_context("making the agent's container", done.error());
  }
  TarEntry entry;
  entry.name = kJoinFileName;
  entry.size = join_file.size();
  entry.mode = 0600;
  auto const header = tar_header(entry);
  if (!header) {
    co_return header.error();
  }
  auto const archive = *header + join_file + tar_padding(join_file.size()) + tar_end();
  auto const where = std::string("/archive?path=") + percent_encode(kAgentData);
  done = co_await send("PUT", container(where.c_str()), archive, kTar);
  if (!done) {
    co_return in_context("giving the agent its token", done.error());
  }
  done = co_await send("POST", container("/start"), {}, kJson);
  if (!done) {
    co_return in_context("starting the agent", done.error());
  }
  co_return backends::kDone;
}

AgentHost::Answer<model::NodeId> AgentHost::node_of_agent() {
  auto const path = percent_encode(std::string(kAgentData) + "/" + WorkerFile::kName);
  backends::HttpRequest request;
  request.target = container("/archive?path=") + path;
  request.timeout = kHostCallTimeout;
  auto const response = co_await client_.call(std::move(request));
  if (!response && response.error().code == ErrorCode::NotFound) {
    co_return model::NodeId();
  }
  if (!response) {
    co_return response.error();
  }
  auto const record = first_file(response->body);
  auto const document = record ? parse_message(*record) : internal_error("the file is cut off");
  if (!document) {
    co_return in_context("the agent's record of its membership", document.error());
  }
  co_return model::NodeId(text_of(*document, "Node"));
}

AgentHost::Answer<bool> AgentHost::runs() {
  auto const found = co_await get(container("/json"));
  if (!found) {
    co_return found.error();
  }
  auto const restarts = json::json_pointer("/RestartCount");
  auto const status = json::json_pointer("/State/Status");
  co_return found->value(status, std::string{}) == "running" && found->value(restarts, 0) == 0;
}

asio::awaitable<std::string> AgentHost::reason() {
  backends::HttpRequest request;
  request.target = container("/logs?stdout=1&stderr=1&tail=50");
  request.timeout = kHostCallTimeout;
  auto const response = co_await client_.call(std::move(request));
  co_return response ? last_words(response->body) : std::string{};
}

AgentHost::Answer<> AgentHost::remove(std::string path) {
  auto done = co_await send("DELETE", std::move(path), {}, kJson);
  bool const gone = !done && done.error().code == ErrorCode::NotFound;
  bool const going = !done && done.error().code == ErrorCode::Conflict &&
                     done.error().message.find("is already in progress") != std::string::npos;
  if (gone || going) {
    co_return backends::kDone;
  }
  co_return done;
}

/// Each thing of a list by its id; `path` has a "*" where that stands.
AgentHost::Answer<> AgentHost::remove_listed(std::string list, std::string path) {
  auto const found = co_await get(std::move(list));
  if (!found) {
    co_return found.error();
  }
  Result<void> first;
  if (!found->is_array()) {
    co_return first;
  }
  for (auto const& each : *found) {
    auto target = path;
    target.replace(target.find('*'), 1, percent_encode(text_of(each, "Id"), ":"));
    auto const removed = co_await remove(std::move(target));
    if (!removed && first) {
      first = removed;
    }
  }
  co_return first;
}

AgentHost::Answer<> AgentHost::remove_all(std::string node) {
  Result<void> first;
  auto const note = [&first](Result<void> const& done) {
    if (!done && first) {
      first = done;
    }
  };
  auto const tasks = filtered("/containers/json?all=1&", "com.docker.swarm.node.id=" + node);
  if (!node.empty()) {
    auto const removed = co_await remove_listed(tasks, "/containers/*?force=1&v=1");
    note(removed);
  }
  auto const container_gone = co_await remove(container("?force=1&v=1"));
  note(container_gone);
  auto const volume_gone = co_await remove(std::string("/volumes/") + kAgentName);
  note(volume_gone);
  auto const images = filtered("/images/json?", kAgentLabel);
  auto const images_gone = co_await remove_listed(images, "/images/*?force=1");
  note(images_gone);
  co_return first;
}

}  // namespace swarmward::app
