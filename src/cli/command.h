#pragma once

#include <cstddef>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/connect/requests.h"
#include "cli/keyboard.h"

namespace swarmward::cli {

/// What a user wrote after the name of a command.
class Values {
 public:
  std::vector<std::string> arguments;
  std::map<std::string, std::vector<std::string>> flags;  ///< By long name; a switch has "true".

  [[nodiscard]] bool on(std::string const& switch_name) const;
  /// The last one given; empty if none was.
  [[nodiscard]] std::string text(std::string const& flag) const;
};

/// What a command works with.
struct Session {
  Requests& daemon;
  std::ostream& out;
  std::ostream& err;
  Keyboard& keyboard;
};

/// What arguments and values may be: their names, from the daemon.
using Candidates = std::vector<std::string> (*)(Requests&);

enum class FlagKind { Switch, Text, File };

struct Flag {
  std::string name{};
  char letter = 0;  ///< 0: none.
  FlagKind kind = FlagKind::Switch;
  std::string usage{};
  std::string standard{};            ///< Shown as the default; empty: nothing is shown.
  std::vector<std::string> words{};  ///< The values it knows, for completion.
  Candidates candidates = nullptr;   ///< Values that the daemon knows, for completion.
};

/// The exit status. Errors are printed as they are, and the status is 1.
using Verb = Result<int> (*)(Session&, Values const&);
/// A node of the tree of commands: either it has children, or it can be run.
struct Command {
  std::string name{};
  std::string arguments{};  ///< As in the usage line: "SERVICE|TASK".
  std::string brief{};      ///< One line.
  std::size_t least = 0;    ///< How many arguments.
  std::size_t most = 0;
  std::vector<Flag> flags{};
  std::vector<Command> children{};
  Verb run = nullptr;
  Candidates candidates = nullptr;
};

/// `docker ward` and all below it.
[[nodiscard]] Command const& ward_command();

/// What may stand between `docker` and `ward`.
[[nodiscard]] std::vector<Flag> const& global_flags();

/// Null if there is none.
[[nodiscard]] Command const* find_child(Command const& command, std::string const& name);

}  // namespace swarmward::cli
