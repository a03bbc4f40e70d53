#pragma once

#include <span>

#include "cli/command.h"

namespace swarmward::cli {

/// A command line that was understood, or the error that says why it was not.
struct Parsed {
  std::vector<Command const*> path;  ///< From `ward` to the command; never empty.
  Values values;
  bool help = false;
  std::string mistake;  ///< What to print; empty: there is none.
  int status = 0;       ///< Of a mistake.
};

/// Takes the words after `docker ward` apart. Rules and texts are those of the docker CLI: 125 for
/// flags, 1 for arguments.
[[nodiscard]] Parsed parse_words(Command const& root, std::span<std::string const> words);

/// Flags in front of the first word that is none, which is where it stops. Errors: InvalidArgument.
struct Leading {
  Values values;
  std::size_t used = 0;  ///< How many words.
};
[[nodiscard]] Result<Leading> parse_leading(std::vector<Flag> const& flags,
                                            std::span<std::string const> words);

/// "docker ward node ls".
[[nodiscard]] std::string full_name(std::span<Command const* const> path);

/// Null if there is none. `word` is "--name", "--name=value", "-x" or "-xvalue".
[[nodiscard]] Flag const* find_flag(std::vector<Flag> const& flags, std::string const& word);

}  // namespace swarmward::cli
