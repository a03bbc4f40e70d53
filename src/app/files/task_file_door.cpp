#include "app/files/task_file_door.h"

#include <charconv>
#include <optional>
#include <vector>

#include <nlohmann/json.hpp>

#include "api/error_response.h"
#include "api/server/http_server.h"
#include "api/server/session.h"
#include "app/member/door/requests.h"

namespace swarmward::app {

namespace {

constexpr std::string_view kTaskFilePrefix = "/task-files/";

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number number{};
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool const whole = error == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(number) : std::nullopt;
}

Error not_understood() {
  return invalid_argument("the request for a task's files is not understood");
}

/// Ids keep a part of what is too long: that would name another task.
std::optional<model::TaskId> task_of(std::string_view text) {
  return text.size() <= kIdLength ? std::optional(model::TaskId(text)) : std::nullopt;
}

Result<api::Response> put_file(backends::LocalTaskFiles& files,
                               model::TaskId const& task,
                               std::string_view number_text,
                               api::Request request) {
  auto const number = number_of<std::uint16_t>(number_text);
  auto const uid = number_of<std::uint32_t>(request.query_value("uid"));
  auto const gid = number_of<std::uint32_t>(request.query_value("gid"));
  auto const mode = number_of<std::uint32_t>(request.query_value("mode"));
  if (!number || !uid || !gid || !mode) {
    return not_understood();
  }
  model::TaskFile file;
  file.uid = *uid;
  file.gid = *gid;
  file.mode = *mode;
  file.content = std::move(request.body);
  auto const path = files.put_one(task, *number, file);
  if (!path) {
    return path.error();
  }
  return json_answer({{"Path", *path}});
}

Result<api::Response> keep_files(backends::LocalTaskFiles& files, std::string const& body) {
  auto const document = parse_message(body);
  if (!document || !document->contains("Tasks") || !(*document)["Tasks"].is_array()) {
    return not_understood();
  }
  std::set<model::TaskId> kept;
  for (auto const& each : (*document)["Tasks"]) {
    auto const task = each.is_string() ? task_of(each.get_ref<std::string const&>()) : std::nullopt;
    if (!task) {
      return not_understood();
    }
    kept.insert(*task);
  }
  auto const done = files.keep_only_now(kept);
  return done ? Result<api::Response>(json_answer(nlohmann::json::object())) : done.error();
}

}  // namespace

TaskFileDoor::TaskFileDoor(std::shared_ptr<backends::LocalTaskFiles> files)
    : files_(std::move(files)), context_(std::make_shared<api::ServerContext>()) {
  context_->options.engine_facts = [] { return api::EngineFacts{}; };
  context_->options.swarm_header = [] { return std::string{}; };
  context_->options.audit = false;
  context_->handler = this;
}

TaskFileDoor::~TaskFileDoor() {
  std::vector<std::shared_ptr<api::Session>> open;
  for (auto const& [key, session] : context_->sessions) {
    open.push_back(session.lock());
  }
  for (auto const& session : open) {
    if (session) {
      session->close();
    }
  }
}

void TaskFileDoor::serve(net::StreamSocket connection) {
  api::ClientIdentity identity;
  identity.from = "a manager";
  auto shared = std::make_shared<api::ClientIdentity const>(std::move(identity));
  std::make_shared<api::Session>(std::move(connection), context_, std::move(shared))->start();
}

bool TaskFileDoor::owns(std::string_view /*method*/,
                        std::string_view /*path*/,
                        api::ApiVersion /*version*/,
                        std::string_view /*raw_query*/) const {
  return true;
}

boost::asio::awaitable<void> TaskFileDoor::handle(api::Request request, api::Responder& responder) {
  auto outcome = answer(std::move(request));
  auto response = outcome ? std::move(*outcome)
                          : api::error_response(outcome.error(), api::kLeastOfferedApiVersion);
  co_await responder.send(std::move(response));
}

Result<api::Response> TaskFileDoor::answer(api::Request request) {
  std::string_view rest(request.path);
  if (!rest.starts_with(kTaskFilePrefix)) {
    return not_found("page not found");
  }
  rest.remove_prefix(kTaskFilePrefix.size());
  if (request.method == "POST" && rest == "keep") {
    return keep_files(*files_, request.body);
  }
  auto const slash = rest.find('/');
  auto const task = task_of(rest.substr(0, slash));
  if (!task) {
    return not_understood();
  }
  if (request.method == "PUT" && slash != std::string_view::npos) {
    auto const number = std::string(rest.substr(slash + 1));
    return put_file(*files_, *task, number, std::move(request));
  }
  if (request.method == "DELETE" && slash == std::string_view::npos) {
    auto const removed = files_->remove_now(*task);
    return removed ? Result<api::Response>(json_answer(nlohmann::json::object())) : removed.error();
  }
  return not_found("page not found");
}

}  // namespace swarmward::app
