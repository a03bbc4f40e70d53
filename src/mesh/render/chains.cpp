#include "mesh/render/chains.h"

#include <set>
#include <sstream>
#include <utility>

#include <fmt/format.h>

namespace swarmward::mesh {
namespace {

/// What is there of ours in one table.
struct PresentTable {
  std::set<std::string> chains;
  std::vector<std::string> jumps;  ///< Whole rules, without the "-A " before them.
};

void each_line(std::string_view text, auto const& use) {
  std::istringstream stream{std::string(text)};
  for (std::string line; std::getline(stream, line);) {
    use(line);
  }
}

std::string first_word(std::string_view text) {
  return std::string(text.substr(0, text.find(' ')));
}

std::map<std::string, PresentTable> read_tables(std::string_view present) {
  std::map<std::string, PresentTable> tables;
  std::string table;
  each_line(present, [&](std::string const& line) {
    if (line.starts_with("*")) {
      table = line.substr(1);
    } else if (line.starts_with(":")) {
      tables[table].chains.insert(first_word(line.substr(1)));
    } else if (line.starts_with("-A ")) {
      tables[table].jumps.push_back(line.substr(3));
    }
  });
  for (auto& [name, there] : tables) {
    // What is in our own chains goes with them.
    std::erase_if(there.jumps, [&chains = there.chains](std::string const& rule) {
      return chains.contains(first_word(rule));
    });
  }
  return tables;
}

std::string render_table(std::string const& name,
                         ChainTable const& wanted,
                         PresentTable const& present) {
  auto text = fmt::format("*{}\n", name);
  auto all = present.chains;
  for (auto const& [chain, rules] : wanted.chains) {
    all.insert(chain);
  }
  for (auto const& chain : all) {
    text += fmt::format(":{} - [0:0]\n", chain);  // Made, or emptied where it is there.
  }
  for (auto const& jump : present.jumps) {
    text += fmt::format("-D {}\n", jump);
  }
  for (auto const& [chain, rules] : wanted.chains) {
    for (auto const& rule : rules) {
      text += fmt::format("-A {} {}\n", chain, rule);
    }
  }
  for (auto jump = wanted.jumps.rbegin(); jump != wanted.jumps.rend(); ++jump) {
    text += fmt::format("-I {} 1 {}\n", jump->first, jump->second);
  }
  for (auto const& chain : present.chains) {
    if (!wanted.chains.contains(chain)) {
      text += fmt::format("-X {}\n", chain);
    }
  }
  return text + "COMMIT\n";
}

}  // namespace

std::string own_part(std::string_view saved, std::string_view prefix) {
  std::string own;
  std::string table;
  each_line(saved, [&](std::string const& line) {
    if (line.starts_with("*")) {
      table = line;
    } else if (line.find(prefix) != std::string::npos && !line.starts_with("#")) {
      if (!table.empty()) {
        own += std::exchange(table, {}) + "\n";
      }
      own += line + "\n";
    }
  });
  return own;
}

std::string render_chains(Chains const& wanted, std::string_view present) {
  auto tables = read_tables(present);
  for (auto const& [name, table] : wanted) {
    tables.try_emplace(name);
  }
  std::string text;
  static ChainTable const kNone;
  for (auto const& [name, there] : tables) {
    auto const found = wanted.find(name);
    text += render_table(name, found == wanted.end() ? kNone : found->second, there);
  }
  return text;
}

std::vector<std::string> render_turns(std::string const& match,
                                      std::vector<std::string> const& targets) {
  std::vector<std::string> rules;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    auto const left = targets.size() - i;
    auto const turn = left == 1
                          ? std::string()
                          : fmt::format("-m statistic --mode nth --every {} --packet 0 ", left);
    rules.push_back(fmt::format("{}{}-j DNAT --to-destination {}", match, turn, targets[i]));
  }
  return rules;
}

}  // namespace swarmward::mesh
