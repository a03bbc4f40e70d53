#include "mesh/apply/sysctl.h"

#include <cerrno>
#include <fstream>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace swarmward::mesh {

Result<void> set_sysctl(std::string_view name, std::string_view value) {
  auto const path = "/proc/sys/" + std::string(name);
  int const file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0 && errno == ENOENT) {
    return not_found("the kernel has no setting " + std::string(name));
  }
  bool const written =
      file >= 0 && ::write(file, value.data(), value.size()) == static_cast<ssize_t>(value.size());
  int const error = errno;
  if (file >= 0) {
    ::close(file);
  }
  if (!written) {
    return unavailable("setting " + std::string(name) + ": " +
                       std::generic_category().message(error));
  }
  return {};
}

Result<std::string> read_sysctl(std::string_view name) {
  std::ifstream file("/proc/sys/" + std::string(name));
  std::string value;
  if (!std::getline(file, value)) {
    return not_found("the kernel has no setting " + std::string(name));
  }
  return value;
}

}  // namespace swarmward::mesh
