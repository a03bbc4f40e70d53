#pragma once

#include <memory>

#include "api/server/http_message.h"
#include "backends/files/local_task_files.h"
#include "base/net/stream_socket.h"

namespace swarmward::api {
struct ServerContext;
}

namespace swarmward::app {

/// An agent's side of RemoteTaskFiles: lays down what managers send. Io thread only.
class TaskFileDoor final : public api::RequestHandler {
 public:
  explicit TaskFileDoor(std::shared_ptr<backends::LocalTaskFiles> files);
  ~TaskFileDoor() override;
  TaskFileDoor(TaskFileDoor const&) = delete;
  TaskFileDoor& operator=(TaskFileDoor const&) = delete;

  /// A connection of a manager, which has proven that it is one.
  void serve(net::StreamSocket connection);

  /// Everything is answered here.
  [[nodiscard]] bool owns(std::string_view method,
                          std::string_view path,
                          api::ApiVersion version,
                          std::string_view raw_query) const override;
  boost::asio::awaitable<void> handle(api::Request request, api::Responder& responder) override;

 private:
  [[nodiscard]] Result<api::Response> answer(api::Request request);

  std::shared_ptr<backends::LocalTaskFiles> files_;
  std::shared_ptr<api::ServerContext> context_;
};

}  // namespace swarmward::app
