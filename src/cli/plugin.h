#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "cli/command.h"

namespace swarmward::cli {

/// The whole program but for the process around it. `words` are its arguments without its name:
/// those that the docker CLI hands on ("--context x ward explain web"), the question of the CLI
/// what plugin this is, or a question of a shell. Returns the exit status.
class Plugin {
 public:
  /// Makes the way to the daemon from the flags in front of `ward`.
  using Connect = std::function<std::unique_ptr<Requests>(Values const& global_flags)>;

  Plugin(Connect connect, std::ostream& out, std::ostream& err, Keyboard& keyboard)
      : connect_(std::move(connect)), out_(out), err_(err), keyboard_(keyboard) {}

  int run(std::vector<std::string> const& words);

 private:
  int answer_shell(std::vector<std::string> const& words);
  int run_command(std::vector<std::string> const& words);

  Connect connect_;
  std::ostream& out_;
  std::ostream& err_;
  Keyboard& keyboard_;
};

/// What the CLI asks every plugin for.
[[nodiscard]] std::string plugin_metadata();

}  // namespace swarmward::cli
