#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "backends/docker/http_client.h"
#include "backends/task_files.h"
#include "base/net/dialer.h"

namespace swarmward::app {

/// What a manager and an agent speak about files, as a protocol of TLS: HTTP, with one file a
/// request, so that none is ever sent to somebody who takes it for something else.
///
///     PUT /task-files/TASK/NUMBER?uid=0&gid=0&mode=292    body: the content; answer: {"Path": …}
///     DELETE /task-files/TASK
///     POST /task-files/keep                               body: {"Tasks": […]}
inline constexpr char const* kTaskFilesProtocol = "swarmward-files/1";

/// TaskFiles on the host of a node that joined, through its agent. Connections are made as needed.
class RemoteTaskFiles final : public backends::TaskFiles {
 public:
  /// `agent`: dials the agent and speaks kTaskFilesProtocol.
  RemoteTaskFiles(boost::asio::any_io_executor executor, net::DialerPtr agent)
      : executor_(std::move(executor)), agent_(std::move(agent)) {}

  boost::asio::awaitable<Result<std::vector<std::string>>> put(
      model::TaskId task, std::vector<model::TaskFile> files) override;
  boost::asio::awaitable<Result<void>> remove(model::TaskId task) override;
  boost::asio::awaitable<Result<void>> keep_only(std::set<model::TaskId> tasks) override;

 private:
  [[nodiscard]] std::shared_ptr<backends::HttpClient> agent_client() const;

  boost::asio::any_io_executor executor_;
  net::DialerPtr agent_;
};

}  // namespace swarmward::app
