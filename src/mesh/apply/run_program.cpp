#include "mesh/apply/run_program.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace swarmward::mesh {
namespace {

/// Starts the program with `output` as its standard output and error. Answers errno or 0.
int start(std::vector<std::string> const& command, int output, pid_t& child) {
  std::vector<char*> arguments;
  for (auto const& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
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

Result<ProgramResult> run_program(std::vector<std::string> const& command) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return unavailable(fmt::format("{}: {}", command.front(), std::strerror(errno)));
  }
  pid_t child = 0;
  int const error = start(command, ends[1], child);
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
