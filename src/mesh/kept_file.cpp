#include "mesh/kept_file.h"

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "base/log.h"

namespace swarmward::mesh {

namespace {

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    auto const written = ::write(file, text.data(), text.size());
    if (written < 0 && errno != EINTR) {
      return false;
    }
    text.remove_prefix(written < 0 ? 0U : static_cast<std::size_t>(written));
  }
  return true;
}

Result<void> write_durable(std::filesystem::path const& path, std::string_view text) {
  ::unlink(path.c_str());
  int const file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  bool const written = file >= 0 && write_all(file, text) && ::fsync(file) == 0;
  int const error = errno;
  if (file >= 0) {
    ::close(file);
  }
  return written ? Result<void>() : file_failed("writing", path, error);
}

}  // namespace

Error file_failed(std::string const& what, std::filesystem::path const& path, int error) {
  return unavailable(what + " " + path.string() + ": " + std::generic_category().message(error));
}

Result<void> write_kept(std::filesystem::path const& path, std::string_view text) {
  std::error_code failure;
  std::filesystem::create_directories(path.parent_path(), failure);
  auto fresh = path;
  fresh += ".new";
  if (auto written = write_durable(fresh, text); !written) {
    return written;
  }
  if (std::rename(fresh.c_str(), path.c_str()) != 0) {
    return file_failed("replacing", path, errno);
  }
  int const folder = ::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bool const synced = folder >= 0 && ::fsync(folder) == 0;
  int const error = errno;
  if (folder >= 0) {
    ::close(folder);
  }
  return synced ? Result<void>() : file_failed("replacing", path, error);
}

Result<std::optional<std::string>> read_kept(std::filesystem::path const& path) {
  std::error_code failure;
  bool const there = std::filesystem::exists(path, failure);
  if (failure) {
    return file_failed("reading", path, failure.value());
  }
  if (!there) {
    return std::optional<std::string>();
  }
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file || file.bad()) {
    return file_failed("reading", path, EIO);
  }
  return std::optional(std::move(text));
}

void put_aside(std::filesystem::path const& path, std::string_view reason) {
  auto aside = path;
  aside += ".damaged";
  std::error_code failure;
  std::filesystem::rename(path, aside, failure);
  room_log("mesh")->error("state.damaged file={} kept_as={} reason=\"{}\"",
                          path.string(),
                          failure ? std::string("nothing") : aside.string(),
                          reason);
}

}  // namespace swarmward::mesh
