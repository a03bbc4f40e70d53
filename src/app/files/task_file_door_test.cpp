// A manager's side and an agent's, with a pair of sockets between them.
#include "app/files/task_file_door.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/files/remote_task_files.h"

namespace swarmward::app {
namespace {

namespace fs = std::filesystem;
namespace asio = boost::asio;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Each connection goes to the door, as those of the agent's port do.
class DoorDialer final : public net::Dialer {
 public:
  asio::awaitable<Result<net::StreamSocket>> dial(
      asio::any_io_executor executor, std::chrono::milliseconds /*timeout*/) const override {
    if (door == nullptr) {
      co_return unavailable("connection refused");
    }
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
      co_return unavailable("no descriptors");
    }
    asio::generic::stream_protocol const kind(AF_UNIX, 0);
    door->serve(net::StreamSocket(executor, kind, ends[1]));
    co_return net::StreamSocket(executor, kind, ends[0]);
  }
  std::string where() const override { return "the agent"; }

  TaskFileDoor* door = nullptr;
};

class TaskFileDoorTest : public ::testing::Test {
 protected:
  TaskFileDoorTest() {
    std::string name = (fs::temp_directory_path() / "task-files-XXXXXX").string();
    root = ::mkdtemp(name.data());
    folder = root / "files" / "node1";
    door.emplace(std::make_shared<backends::LocalTaskFiles>(folder, backends::Mounting::Allowed));
    dialer->door = &*door;
  }
  ~TaskFileDoorTest() override {
    door.reset();
    io.restart();
    io.poll();
    ::umount2(folder.c_str(), MNT_DETACH);
    std::error_code ignored;
    fs::remove_all(root, ignored);
  }
  void SetUp() override {
    if (::geteuid() != 0) {
      GTEST_SKIP() << "needs root";
    }
  }

  template <class T>
  T outcome(asio::awaitable<T> call) {
    std::optional<T> result;
    asio::co_spawn(io, std::move(call), [&](std::exception_ptr const& bug, T value) {
      EXPECT_FALSE(bug);
      result = std::move(value);
    });
    io.restart();
    while (!result && io.run_one() > 0) {
    }
    return std::move(*result);
  }
  static model::TaskFile a_file(std::string content) {
    model::TaskFile file;
    file.content = std::move(content);
    return file;
  }
  static std::string text_of_path(std::string const& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  asio::io_context io{1};
  fs::path root;
  fs::path folder;
  std::optional<TaskFileDoor> door;
  std::shared_ptr<DoorDialer> dialer = std::make_shared<DoorDialer>();
  RemoteTaskFiles files{io.get_executor(), dialer};
};

TEST_F(TaskFileDoorTest, FilesOfAnyContentArriveWithOwnerAndMode) {
  std::string bytes;
  for (int n = 0; n < 1'000'000; ++n) {
    bytes += static_cast<char>(n % 251);
  }
  auto special = a_file("mine");
  special.uid = 4'294'967'294U;
  special.gid = 7;
  special.mode = 0400;
  auto const paths = outcome(files.put(model::TaskId("t1"), {a_file(bytes), special, a_file("")}));
  ASSERT_TRUE(paths) << paths.error().message;
  auto const own = (folder / "t1").string();
  EXPECT_THAT(*paths, ElementsAre(own + "/0", own + "/1", own + "/2"));
  EXPECT_TRUE(text_of_path(own + "/0") == bytes);
  EXPECT_EQ(text_of_path(own + "/1"), "mine");
  EXPECT_EQ(fs::file_size(own + "/2"), 0U);
  struct stat seen {};
  ASSERT_EQ(::stat((own + "/1").c_str(), &seen), 0);
  EXPECT_EQ(seen.st_uid, 4'294'967'294U);
  EXPECT_EQ(seen.st_gid, 7U);
  EXPECT_EQ(seen.st_mode & 07777U, 0400U);
}

TEST_F(TaskFileDoorTest, TheyGoAsTold) {
  for (auto const* id : {"t1", "t2", "t3"}) {
    ASSERT_TRUE(outcome(files.put(model::TaskId(id), {a_file("x")})));
  }
  EXPECT_TRUE(outcome(files.remove(model::TaskId("t1"))));
  EXPECT_FALSE(fs::exists(folder / "t1"));
  EXPECT_TRUE(outcome(files.keep_only({model::TaskId("t3")})));
  EXPECT_FALSE(fs::exists(folder / "t2"));
  EXPECT_TRUE(fs::exists(folder / "t3" / "0"));
  EXPECT_TRUE(outcome(files.keep_only({})));
  EXPECT_FALSE(fs::exists(folder));
}

TEST_F(TaskFileDoorTest, AnErrorOfTheHostComesBackInItsWords) {
  std::ofstream(root / "files") << "in the way";
  auto const failed = outcome(files.put(model::TaskId("t1"), {a_file("open sesame")}));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::Internal);
  EXPECT_THAT(failed.error().message, HasSubstr("Not a directory"));
}

TEST_F(TaskFileDoorTest, AnAgentThatIsAwayIsUnavailable) {
  dialer->door = nullptr;
  auto const failed = outcome(files.put(model::TaskId("t1"), {a_file("x")}));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::Unavailable);
}

/// What no manager of ours says.
TEST_F(TaskFileDoorTest, StrangeRequestsChangeNothing) {
  backends::HttpClient client(io.get_executor(), dialer);
  for (auto const* target : {"/task-files/t1/0?uid=0&gid=0",
                             "/task-files/t1/-1?uid=0&gid=0&mode=292",
                             "/task-files/t1/0?uid=0x&gid=0&mode=292",
                             "/task-files/%2e%2e/0?uid=0&gid=0&mode=292",
                             "/task-files/t1/..%2f0?uid=0&gid=0&mode=292",
                             "/task-files/abcdefghijklmnopqrstuvwxyz/0?uid=0&gid=0&mode=292",
                             "/task-files/",
                             "/containers/create"}) {
    backends::HttpRequest request;
    request.method = "PUT";
    request.target = target;
    request.body = "x";
    auto const answer = outcome(client.request(std::move(request)));
    ASSERT_TRUE(answer) << target;
    EXPECT_GE(answer->status, 400U) << target;
  }
  EXPECT_FALSE(fs::exists(root / "files"));
}

}  // namespace
}  // namespace swarmward::app
