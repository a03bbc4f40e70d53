#include "mesh/testing/scratch_net.h"

#include <cstdlib>
#include <vector>

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace swarmward::mesh {
namespace {

namespace fs = std::filesystem;

void raise_loopback() {
  int const fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request{.ifr_ifrn = {.ifrn_name = "lo"}, .ifr_ifru = {}};
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  static_cast<void>(ioctl(fd, SIOCSIFFLAGS, &request));
  close(fd);
}

}  // namespace

ScratchNetTest::ScratchNetTest() {
  std::string name = (fs::temp_directory_path() / "mesh-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    skip_ = "no temporary folder";
    return;
  }
  folder_ = name;
  auto home = NetNamespace::current();
  if (geteuid() != 0 || !home || unshare(CLONE_NEWNET) != 0) {
    skip_ = "network namespaces need root";
    return;
  }
  home_ = std::move(*home);
  raise_loopback();
}

ScratchNetTest::~ScratchNetTest() {
  if (home_ && setns(home_->fd(), CLONE_NEWNET) != 0) {
    std::abort();
  }
  std::vector<fs::path> files;
  std::error_code ignored;
  for (auto const& entry : fs::recursive_directory_iterator(folder_, ignored)) {
    if (entry.is_regular_file(ignored)) {
      files.push_back(entry.path());
    }
  }
  for (auto const& file : files) {
    static_cast<void>(NetNamespace::remove(file));
  }
  fs::remove_all(folder_, ignored);
}

void ScratchNetTest::SetUp() {
  if (!skip_.empty()) {
    GTEST_SKIP() << skip_;
  }
}

}  // namespace swarmward::mesh
