#include "mesh/apply/run_apart.h"

#include <cerrno>
#include <cstring>
#include <limits>
#include <string>
#include <thread>

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

namespace swarmward::mesh {
namespace {

Result<void> kernel_refused(char const* what) {
  return unavailable(std::string(what) + ": " + std::strerror(errno));
}

/// The calling thread gets a table of descriptors of its own, with the first three and this one.
Result<void> keep_only(int kept) {
  constexpr unsigned kFirst = 3;
  auto const number = static_cast<unsigned>(kept);
  if (unshare(CLONE_FILES) != 0) {
    return kernel_refused("a table of descriptors");
  }
  bool const below = number <= kFirst || close_range(kFirst, number - 1, 0) == 0;
  bool const above = close_range(number + 1, std::numeric_limits<unsigned>::max(), 0) == 0;
  if ((!below || !above) && errno != ENOSYS) {  // Kernels before 5.9 keep all.
    return kernel_refused("closing descriptors");
  }
  return {};
}

}  // namespace

void close_with_thread() {
  // A thread with a table of its own has few descriptors, and new ones get the lowest numbers.
  constexpr int kMost = 64;
  for (int number = 3; number < kMost; ++number) {
    static_cast<void>(fcntl(number, F_DUPFD_CLOEXEC, kMost));
  }
}

Result<void> run_apart(NetNamespace const& net, std::function<Result<void>()> const& work) {
  Result<void> result;
  std::thread thread([&] {
    result = keep_only(net.fd());
    if (result && setns(net.fd(), CLONE_NEWNET) != 0) {
      result = kernel_refused("entering a network namespace");
    }
    if (result) {
      result = work();
    }
  });
  thread.join();
  return result;
}

}  // namespace swarmward::mesh
