#include "mesh/render/forward_accept.h"

#include <algorithm>
#include <iterator>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "mesh/render/published_rules.h"

namespace swarmward::mesh {
namespace {

std::string const kJump = fmt::format("-A FORWARD -j {}", kForwardChain);

std::vector<std::string> lines_of(std::string_view listing) {
  std::vector<std::string> lines;
  std::istringstream stream{std::string(listing)};
  for (std::string line; std::getline(stream, line);) {
    while (line.ends_with(' ')) {
      line.pop_back();
    }
    lines.push_back(line);
  }
  return lines;
}

bool has(std::vector<std::string> const& lines, std::string const& line) {
  return std::ranges::find(lines, line) != lines.end();
}

bool drops(std::vector<std::string> const& lines) {
  return std::ranges::any_of(lines, [](std::string const& line) {
    return line == "-P FORWARD DROP" || line == "-A FORWARD -j DROP" ||
           line.starts_with("-A FORWARD -j REJECT");
  });
}

/// The rules of the chain FORWARD; the first is number 1.
std::vector<std::string> forward_rules(std::vector<std::string> const& lines) {
  std::vector<std::string> rules;
  std::ranges::copy_if(lines, std::back_inserter(rules), [](std::string const& line) {
    return line.starts_with("-A FORWARD ");
  });
  return rules;
}

std::vector<IptablesArguments> chain_rules() {
  return {{"-A", kForwardChain, "-o", kHostDevice, "-j", "ACCEPT"},
          {"-A",
           kForwardChain,
           "-i",
           kHostDevice,
           "-m",
           "conntrack",
           "--ctstate",
           "RELATED,ESTABLISHED",
           "-j",
           "ACCEPT"}};
}

}  // namespace

std::vector<IptablesArguments> plan_forward_accept(std::string_view listing) {
  auto const lines = lines_of(listing);
  if (!drops(lines)) {
    return {};
  }
  std::vector<IptablesArguments> commands;
  if (!has(lines, fmt::format("-N {}", kForwardChain))) {
    commands.push_back({"-N", kForwardChain});
  }
  for (auto const& rule : chain_rules()) {
    if (!has(lines, fmt::format("{}", fmt::join(rule, " ")))) {
      commands.push_back(rule);
    }
  }
  auto rules = forward_rules(lines);
  auto const user = std::ranges::find(rules, "-A FORWARD -j DOCKER-USER");
  auto const jump = std::ranges::find(rules, kJump);
  bool const stands = jump != rules.end() && (user == rules.end() || user < jump);
  if (stands) {
    return commands;
  }
  if (jump != rules.end()) {
    commands.push_back({"-D", "FORWARD", "-j", kForwardChain});
    rules.erase(jump);
  }
  auto const after = std::ranges::find(rules, "-A FORWARD -j DOCKER-USER");
  auto const position = after == rules.end() ? 1 : after - rules.begin() + 2;
  commands.push_back({"-I", "FORWARD", std::to_string(position), "-j", kForwardChain});
  return commands;
}

std::vector<IptablesArguments> plan_forward_removal(std::string_view listing) {
  auto const lines = lines_of(listing);
  std::vector<IptablesArguments> commands(
      static_cast<std::size_t>(std::ranges::count(lines, kJump)),
      {"-D", "FORWARD", "-j", kForwardChain});
  if (has(lines, fmt::format("-N {}", kForwardChain))) {
    commands.push_back({"-F", kForwardChain});
    commands.push_back({"-X", kForwardChain});
  }
  return commands;
}

}  // namespace swarmward::mesh
