#include "cli/parse.h"

#include <algorithm>

#include "cli/help.h"

namespace swarmward::cli {

namespace {

/// Reads flags one after another, as docker's library does it.
class FlagReader {
 public:
  FlagReader(std::vector<Flag> const& flags, std::span<std::string const> words)
      : flags_(flags), words_(words) {}

  /// Takes the flag at `at`, and its value. Returns how many words that were.
  Result<std::size_t> take(std::size_t at, Values& values, bool& help) {
    auto const& word = words_[at];
    return word.starts_with("--") ? take_long(at, values, help) : take_short(at, values, help);
  }

 private:
  Result<std::size_t> take_long(std::size_t at, Values& values, bool& help) {
    auto const& word = words_[at];
    auto const equals = word.find('=');
    auto const name = word.substr(2, equals == word.npos ? word.npos : equals - 2);
    if (name == "help") {
      help = true;
      return 1;
    }
    auto const* flag = find_flag(flags_, word);
    if (flag == nullptr) {
      return invalid_argument("unknown flag: --" + name);
    }
    if (equals != word.npos) {
      return store(*flag, word.substr(equals + 1), values, 1);
    }
    if (flag->kind == FlagKind::Switch) {
      return store(*flag, "true", values, 1);
    }
    if (at + 1 >= words_.size()) {
      return invalid_argument("flag needs an argument: --" + name);
    }
    return store(*flag, words_[at + 1], values, 2);
  }

  Result<std::size_t> take_short(std::size_t at, Values& values, bool& help) {
    auto const& word = words_[at];
    for (std::size_t letter = 1; letter < word.size(); ++letter) {
      if (word[letter] == 'h') {
        help = true;
        return 1;
      }
      auto const* flag = find_flag(flags_, std::string("-") + word[letter]);
      if (flag == nullptr) {
        return invalid_argument(std::string("unknown shorthand flag: '") + word[letter] + "' in " +
                                word);
      }
      if (flag->kind == FlagKind::Switch) {
        static_cast<void>(store(*flag, "true", values, 1));
        continue;
      }
      auto rest = word.substr(letter + 1);
      if (!rest.empty()) {
        return store(*flag, rest.starts_with('=') ? rest.substr(1) : rest, values, 1);
      }
      if (at + 1 >= words_.size()) {
        return invalid_argument(std::string("flag needs an argument: '") + word[letter] + "' in " +
                                word);
      }
      return store(*flag, words_[at + 1], values, 2);
    }
    return 1;
  }

  static Result<std::size_t> store(Flag const& flag,
                                   std::string const& value,
                                   Values& values,
                                   std::size_t used) {
    bool const truth = value == "true" || value == "1" || value == "t" || value == "T" ||
                       value == "TRUE" || value == "True";
    bool const lie = value == "false" || value == "0" || value == "f" || value == "F" ||
                     value == "FALSE" || value == "False";
    if (flag.kind == FlagKind::Switch && !truth && !lie) {
      return invalid_argument("invalid argument \"" + value + "\" for \"--" + flag.name +
                              "\" flag: strconv.ParseBool: parsing \"" + value +
                              "\": invalid syntax");
    }
    values.flags[flag.name].push_back(flag.kind != FlagKind::Switch ? value
                                      : truth                       ? "true"
                                                                    : "false");
    return used;
  }

  std::vector<Flag> const& flags_;
  std::span<std::string const> words_;
};

bool is_flag(std::string const& word) {
  return word.size() > 1 && word.front() == '-';
}

std::string where_to_read_on(std::span<Command const* const> path) {
  return "\n\nUsage:  " + usage_line(path) + "\n\nRun '" + full_name(path) +
         " --help' for more information";
}

std::string count_of_arguments(Command const& command) {
  auto const count = [](std::size_t number) {
    return std::to_string(number) + (number == 1 ? " argument" : " arguments");
  };
  if (command.most == 0) {
    return "accepts no arguments";
  }
  if (command.least == command.most) {
    return "requires " + count(command.least);
  }
  return "requires at most " + count(command.most);
}

void check_arguments(Parsed& parsed) {
  auto const& command = *parsed.path.back();
  auto const given = parsed.values.arguments.size();
  if (parsed.help || !parsed.mistake.empty()) {
    return;
  }
  if (!command.children.empty()) {
    if (given == 0) {
      parsed.help = true;
      return;
    }
    parsed.mistake = "docker: unknown command: " + full_name(parsed.path) + " " +
                     parsed.values.arguments.front() + "\n\nRun '" + full_name(parsed.path) +
                     " --help' for more information";
    parsed.status = 1;
    return;
  }
  if (given < command.least || given > command.most) {
    parsed.mistake = "docker: '" + full_name(parsed.path) + "' " + count_of_arguments(command) +
                     where_to_read_on(parsed.path);
    parsed.status = 1;
  }
}

}  // namespace

bool Values::on(std::string const& switch_name) const {
  return text(switch_name) == "true";
}

std::string Values::text(std::string const& flag) const {
  auto const found = flags.find(flag);
  return found == flags.end() ? std::string{} : found->second.back();
}

Command const* find_child(Command const& command, std::string const& name) {
  auto const found = std::ranges::find(command.children, name, &Command::name);
  return found == command.children.end() ? nullptr : &*found;
}

Flag const* find_flag(std::vector<Flag> const& flags, std::string const& word) {
  auto const found = std::ranges::find_if(flags, [&](Flag const& flag) {
    return word.starts_with("--") ? word.substr(2, word.find('=') - 2) == flag.name
                                  : word.size() > 1 && flag.letter == word[1];
  });
  return found == flags.end() ? nullptr : &*found;
}

std::string full_name(std::span<Command const* const> path) {
  std::string text = "docker";
  for (auto const* command : path) {
    text += " " + command->name;
  }
  return text;
}

Parsed parse_words(Command const& root, std::span<std::string const> words) {
  Parsed parsed;
  parsed.path.push_back(&root);
  for (std::size_t at = 0; at < words.size();) {
    auto const& command = *parsed.path.back();
    if (words[at] == "--") {
      parsed.values.arguments.insert(parsed.values.arguments.end(),
                                     words.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                                     words.end());
      break;
    }
    if (is_flag(words[at])) {
      auto const taken = FlagReader(command.flags, words).take(at, parsed.values, parsed.help);
      if (!taken) {
        parsed.mistake = taken.error().message + where_to_read_on(parsed.path);
        parsed.status = 125;
        return parsed;
      }
      at += *taken;
      continue;
    }
    auto const* child = parsed.values.arguments.empty() ? find_child(command, words[at]) : nullptr;
    if (child != nullptr) {
      parsed.path.push_back(child);
    } else {
      parsed.values.arguments.push_back(words[at]);
    }
    ++at;
  }
  check_arguments(parsed);
  return parsed;
}

Result<Leading> parse_leading(std::vector<Flag> const& flags, std::span<std::string const> words) {
  Leading leading;
  while (leading.used < words.size() && is_flag(words[leading.used])) {
    bool help = false;
    auto const taken = FlagReader(flags, words).take(leading.used, leading.values, help);
    if (!taken) {
      return taken.error();
    }
    if (help) {
      leading.values.flags["help"] = {"true"};
    }
    leading.used += *taken;
  }
  return leading;
}

}  // namespace swarmward::cli
