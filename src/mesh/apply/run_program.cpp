#include "mesh/apply/run_program.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace swarmward::mesh {
namespace {

/// A file in memory with that text, to be read from its start; -1 and errno where there is none. A
/// pipe could fill up while the program waits for us to read.
int open_input(std::string const& text) {
  int const fd = memfd_create("input", MFD_CLOEXEC);
  std::size_t written = 0;
  while (fd >= 0 && written < text.size()) {
    auto const size = write(fd, text.data() + written, text.size() - written);
    if (size < 0) {
      int const error = errno;
      close(fd);
      errno = error;
      return -1;
    }
    written += static_cast<std::size_t>(size);
  }
  if (fd >= 0) {
    lseek(fd, 0, SEEK_SET);
  }
  return fd;
}

/// Starts the program with `output` as its standard output and error. Answers errno or 0.
int start(std::vector<std::string> const& command, int input, int output, pid_t& child) {
  std::vector<char*> arguments;
  for (auto const& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  int const error =
      posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

std::string read_all(int from) {
  std::string all;
  std::array<char, 4096> piece{};
  ssize_t size = 0;
  while ((size = read(from, piece.data(), piece.size())) > 0 || (size < 0 && errno == EINTR)) {
    all.append(piece.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  }
  return all;
}

}  // namespace

Result<ProgramResult> run_program(std::vector<std::string> const& command,
                                  std::string const& input) {
  int const source = open_input(input);
  std::array<int, 2> ends{};
  if (source < 0 || pipe2(ends.data(), O_CLOEXEC) != 0) {
    int const error = errno;
    if (source >= 0) {
      close(source);
    }
    return unavailable(fmt::format("{}: {}", command.front(), std::strerror(error)));
  }
  pid_t child = 0;
  int const error = start(command, source, ends[1], child);
  close(source);
  close(ends[1]);
  if (error != 0) {
    close(ends[0]);
    auto text = fmt::format("{}: {}", command.front(), std::strerror(error));
    return error == ENOENT ? not_found(std::move(text)) : unavailable(std::move(text));
  }
  ProgramResult result{.status = -1, .output = read_all(ends[0])};
  close(ends[0]);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) {
    result.status = WEXITSTATUS(status);
  }
  return result;
}

}  // namespace swarmward::mesh
