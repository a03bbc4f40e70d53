#include "cli/help.h"

#include <algorithm>

#include "cli/parse.h"

namespace swarmward::cli {

namespace {

/// Names of commands are padded to this width at least. Source: the docker CLI.
constexpr std::size_t kNameWidth = 12;

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

std::string flag_head(Flag const& flag) {
  auto head =
      flag.letter == 0 ? std::string("      --") : std::string("  -") + flag.letter + ", --";
  head += flag.name;
  return flag.kind == FlagKind::Switch ? head : head + " string";
}

std::string options_text(std::vector<Flag> flags) {
  if (flags.empty()) {
    return {};
  }
  std::ranges::sort(flags, {}, &Flag::name);
  std::size_t width = 0;
  for (auto const& flag : flags) {
    width = std::max(width, flag_head(flag).size());
  }
  std::string text = "\nOptions:\n";
  for (auto const& flag : flags) {
    text += padded(flag_head(flag), width) + "   " + flag.usage;
    text += flag.standard.empty() ? "\n" : " (default \"" + flag.standard + "\")\n";
  }
  return text;
}

enum class Kind { Management, Plain };

std::string commands_text(Command const& command, Kind kind) {
  std::string lines;
  for (auto const& child : command.children) {
    if (child.children.empty() == (kind == Kind::Plain)) {
      lines += "  " + padded(child.name, kNameWidth) + child.brief + "\n";
    }
  }
  if (lines.empty()) {
    return {};
  }
  return (kind == Kind::Management ? "\nManagement Commands:\n" : "\nCommands:\n") + lines;
}

}  // namespace

std::string usage_line(std::span<Command const* const> path) {
  auto const& command = *path.back();
  auto text = full_name(path);
  if (!command.children.empty()) {
    return text + " COMMAND";
  }
  if (!command.flags.empty()) {
    text += " [OPTIONS]";
  }
  return command.arguments.empty() ? text : text + " " + command.arguments;
}

std::string help_text(std::span<Command const* const> path) {
  auto const& command = *path.back();
  auto text = "Usage:  " + usage_line(path) + "\n\n" + command.brief + "\n";
  text += options_text(command.flags);
  text += commands_text(command, Kind::Management);
  text += commands_text(command, Kind::Plain);
  if (!command.children.empty()) {
    text += "\nRun '" + full_name(path) + " COMMAND --help' for more information on a command.\n";
  }
  return text;
}

}  // namespace swarmward::cli
