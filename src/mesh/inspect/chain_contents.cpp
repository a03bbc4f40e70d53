#include "mesh/inspect/chain_contents.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "mesh/address.h"
#include "mesh/render/chains.h"

namespace swarmward::mesh {
namespace {

/// The chains that lead from a key to what is done for it, and the set that holds the same.
struct DispatchChain {
  char const* chain;
  char const* set;
};
constexpr std::array kDispatch{DispatchChain{"WARD-VIP-ALL", "vips"},
                               DispatchChain{"WARD-PORT-ALL", "ports"},
                               DispatchChain{"WARD-PUB-ALL", "published"}};

/// One rule as iptables-save tells it, without its chain.
class SavedRule {
 public:
  explicit SavedRule(std::string const& text) {
    std::istringstream stream(text);
    for (std::string word; stream >> word;) {
      words_.push_back(word);
    }
  }

  /// The value of an option; empty without it, or where it is negated.
  [[nodiscard]] std::string value(std::string_view option) const {
    auto const found = std::ranges::find(words_, option);
    if (found == words_.end() || found + 1 == words_.end() ||
        (found != words_.begin() && *(found - 1) == "!")) {
      return {};
    }
    return *(found + 1);
  }

  /// "10.0.1.5": what packets must be for; empty for any.
  [[nodiscard]] std::string destination() const {
    auto text = value("-d");
    return text.substr(0, text.find('/'));
  }

 private:
  std::vector<std::string> words_;
};

/// "10.0.0.11:80" is "10.0.0.11 . 80".
std::string target_text(std::string target) {
  auto const colon = target.find(':');
  return colon == std::string::npos ? target : target.replace(colon, 1, " . ");
}

/// What a rule of WARD-VIP-ALL, WARD-PORT-ALL or WARD-PUB-ALL says; empty if it is none of ours.
std::string dispatch_element(std::string const& set, SavedRule const& rule) {
  auto const protocol = rule.value("-p");
  auto const to = rule.destination();
  auto const mark = rule.value("--set-xmark");
  if (set == "vips") {
    if (to.empty()) {
      return {};
    }
    return mark.empty() ? fmt::format("{} : goto {}", to, rule.value("-j"))
                        : fmt::format("{}{} : mark {}", to, protocol.empty() ? "" : " udp", mark);
  }
  auto const port = rule.value("--dport");
  if (protocol.empty() || port.empty()) {
    return {};
  }
  auto const key = fmt::format("{} . {}", protocol, port);
  if (set == "ports") {
    return fmt::format("{} : goto {}", key, rule.value("-j"));
  }
  return to.empty() ? key : fmt::format("{} . {}", to, key);
}

/// The key whose turns a chain takes: "WARD-PORT-tcp-8080" is of "tcp . 8080"; else empty.
std::string key_of_turns(std::string_view chain) {
  if (chain.starts_with(kVipChains)) {
    auto const rest = std::string(chain.substr(kVipChains.size()));
    return parse_address(rest) ? rest : std::string();
  }
  if (!chain.starts_with(kPortChains)) {
    return {};
  }
  auto const rest = chain.substr(kPortChains.size());
  auto const dash = rest.find('-');
  bool const is_port = dash != std::string_view::npos && dash + 1 < rest.size() &&
                       rest.find_first_not_of("0123456789", dash + 1) == std::string_view::npos;
  return is_port ? fmt::format("{} . {}", rest.substr(0, dash), rest.substr(dash + 1))
                 : std::string();
}

class ChainReader {
 public:
  void read(std::string const& line) {
    if (line.starts_with("*")) {
      table_ = line.substr(1);
    } else if (line.starts_with(":")) {
      auto const chain = line.substr(1, line.find(' ') - 1);
      contents.rules[placed(chain)];
      introduce(chain);
    } else if (line.starts_with("-A ")) {
      auto const end = line.find(' ', 3);
      if (end != std::string::npos) {
        read_rule(line.substr(3, end - 3), line.substr(end + 1));
      }
    }
  }

  TableContents contents;

 private:
  [[nodiscard]] std::string placed(std::string const& chain) const {
    return fmt::format("{} ({})", chain, table_);
  }

  void introduce(std::string const& chain) {
    for (auto const& dispatch : kDispatch) {
      if (chain == dispatch.chain) {
        contents.sets[dispatch.set];
        contents.told_by[placed(chain)] = dispatch.set;
      }
    }
    if (auto const key = key_of_turns(chain); !key.empty()) {
      contents.sets[kBackends];
      contents.told_by[placed(chain)] = key;
    }
  }

  void read_rule(std::string const& chain, std::string const& text) {
    auto& rules = contents.rules[placed(chain)];
    rules.push_back(text);
    SavedRule const rule(text);
    for (auto const& dispatch : kDispatch) {
      auto const element = chain == dispatch.chain ? dispatch_element(dispatch.set, rule) : "";
      if (!element.empty()) {
        contents.sets[dispatch.set].insert(element);
      }
    }
    auto const key = key_of_turns(chain);
    auto const target = rule.value("--to-destination");
    if (!key.empty() && !target.empty()) {
      contents.sets[kBackends].insert(
          fmt::format("{} . {} : {}", key, rules.size(), target_text(target)));
    }
  }

  std::string table_;
};

}  // namespace

TableContents chain_contents(std::string_view own_part) {
  ChainReader reader;
  std::istringstream stream{std::string(own_part)};
  for (std::string line; std::getline(stream, line);) {
    reader.read(line);
  }
  return std::move(reader.contents);
}

}  // namespace swarmward::mesh
