#include "app/files/remote_task_files.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "app/member/member_documents.h"

namespace swarmward::app {

namespace {

constexpr std::chrono::seconds kFileTimeout{30};

ErrorCode code_of_answer(unsigned status) {
  switch (status) {
    case 400:
      return ErrorCode::InvalidArgument;
    case 501:
      return ErrorCode::NotImplemented;
    default:
      return ErrorCode::Internal;  // Also 503: the agent has answered, so it is not away.
  }
}

std::string path_of(model::TaskId const& task) {
  return "/task-files/" + task.str();
}

backends::HttpRequest put_request(model::TaskId const& task,
                                  std::size_t number,
                                  model::TaskFile file) {
  backends::HttpRequest request;
  request.method = "PUT";
  request.target = path_of(task) + "/" + std::to_string(number) +
                   "?uid=" + std::to_string(file.uid) + "&gid=" + std::to_string(file.gid) +
                   "&mode=" + std::to_string(file.mode);
  request.body = std::move(file.content);
  request.content_type = "application/octet-stream";
  request.timeout = kFileTimeout;
  return request;
}

boost::asio::awaitable<Result<nlohmann::json>> ask_agent(
    std::shared_ptr<backends::HttpClient> client, backends::HttpRequest request) {
  auto const response = co_await client->request(std::move(request));
  if (!response) {
    co_return response.error();
  }
  auto document = parse_message(response->body);
  if (response->status >= 400) {
    auto const text = document ? text_of(*document, "message") : std::string("no reason was given");
    co_return Error{code_of_answer(response->status), text};
  }
  co_return document;
}

}  // namespace

std::shared_ptr<backends::HttpClient> RemoteTaskFiles::agent_client() const {
  return std::make_shared<backends::HttpClient>(executor_, agent_, nullptr, "the agent");
}

boost::asio::awaitable<Result<std::vector<std::string>>> RemoteTaskFiles::put(
    model::TaskId task, std::vector<model::TaskFile> files) {
  auto const client = agent_client();
  std::vector<std::string> paths;
  for (auto& file : files) {
    auto request = put_request(task, paths.size(), std::move(file));
    auto const answer = co_await ask_agent(client, std::move(request));
    if (!answer) {
      co_return answer.error();
    }
    auto path = text_of(*answer, "Path");
    if (!path.starts_with('/')) {
      co_return internal_error("the agent does not say where a file lies");
    }
    paths.push_back(std::move(path));
  }
  co_return paths;
}

boost::asio::awaitable<Result<void>> RemoteTaskFiles::remove(model::TaskId task) {
  auto client = agent_client();
  backends::HttpRequest request;
  request.method = "DELETE";
  request.target = path_of(task);
  request.timeout = kFileTimeout;
  auto const answer = co_await ask_agent(std::move(client), std::move(request));
  co_return answer ? Result<void>{} : answer.error();
}

boost::asio::awaitable<Result<void>> RemoteTaskFiles::keep_only(std::set<model::TaskId> tasks) {
  auto client = agent_client();
  auto kept = nlohmann::json::array();
  for (auto const& task : tasks) {
    kept.push_back(task.str());
  }
  backends::HttpRequest request;
  request.method = "POST";
  request.target = "/task-files/keep";
  request.body = nlohmann::json{{"Tasks", std::move(kept)}}.dump();
  request.timeout = kFileTimeout;
  auto const answer = co_await ask_agent(std::move(client), std::move(request));
  co_return answer ? Result<void>{} : answer.error();
}

}  // namespace swarmward::app
