#include "mesh/inspect/table_contents.h"

#include <cstdint>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace swarmward::mesh {
namespace {

using nlohmann::json;

/// Whether the text begins so; what follows is left.
bool skip(std::string_view& text, std::string_view start) {
  if (!text.starts_with(start)) {
    return false;
  }
  text.remove_prefix(start.size());
  return true;
}

std::string first_word(std::string_view& text) {
  auto const end = std::min(text.find(' '), text.size());
  std::string word(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

/// "{ a, b }"
void read_elements(std::string_view list, std::set<std::string>& elements) {
  skip(list, "{ ");
  list = list.substr(0, list.rfind(" }"));
  while (!list.empty()) {
    auto const end = std::min(list.find(", "), list.size());
    elements.emplace(list.substr(0, end));
    list.remove_prefix(std::min(end + 2, list.size()));
  }
}

/// Reads the commands line by line.
class RenderedReader {
 public:
  explicit RenderedReader(std::string_view table)
      : block_(fmt::format("table {} {{", table)),
        chain_(fmt::format("add chain {} ", table)),
        rule_(fmt::format("add rule {} ", table)),
        element_(fmt::format("add element {} ", table)) {}

  void read(std::string_view line) {
    if (inside_) {
      read_inside(line);
    } else if (line == block_) {
      inside_ = true;
    } else if (skip(line, chain_)) {
      contents.chains[first_word(line)];
    } else if (skip(line, rule_)) {
      ++contents.chains[first_word(line)];
    } else if (skip(line, element_)) {
      auto& elements = contents.sets[first_word(line)];
      read_elements(line, elements);
    }
  }

  TableContents contents;

 private:
  void read_inside(std::string_view line) {
    if (line == "}") {
      inside_ = false;
    } else if (skip(line, "  chain ")) {
      in_chain_ = first_word(line);
      contents.chains[in_chain_];
    } else if (skip(line, "  map ") || skip(line, "  set ")) {
      contents.sets[first_word(line)];
    } else if (line.starts_with("    ") && !line.starts_with("    type ")) {
      ++contents.chains[in_chain_];
    }
  }

  std::string block_, chain_, rule_, element_;
  bool inside_ = false;
  std::string in_chain_;
};

std::string element_text(json const& value);

std::string joined_texts(json const& parts, char const* between) {
  std::string text;
  for (auto const& part : parts) {
    text += (text.empty() ? "" : between) + element_text(part);
  }
  return text;
}

/// One value as render/ writes it.
std::string element_text(json const& value) {
  if (value.is_string()) {
    return value.get<std::string>();
  }
  if (value.is_number_integer()) {
    return std::to_string(value.get<std::int64_t>());
  }
  if (value.is_array()) {  // Of a map: key and value.
    return joined_texts(value, " : ");
  }
  if (!value.is_object() || value.empty()) {
    return {};
  }
  auto const first = value.begin();
  auto const& name = first.key();
  auto const& inner = first.value();
  if (name == "concat") {
    return joined_texts(inner, " . ");
  }
  if (name == "goto" || name == "jump") {
    return name + " " + inner.value("target", "");
  }
  if (name == "prefix") {
    return fmt::format("{}/{}", inner.value("addr", ""), inner.value("len", 0));
  }
  return name == "elem" && inner.contains("val") ? element_text(inner.at("val")) : value.dump();
}

void read_object(std::string const& kind, json const& object, TableContents& contents) {
  if (kind == "chain") {
    contents.chains[object.value("name", "")];
  } else if (kind == "rule") {
    ++contents.chains[object.value("chain", "")];
  } else if (kind == "map" || kind == "set") {
    auto& elements = contents.sets[object.value("name", "")];
    for (auto const& element : object.value("elem", json::array())) {
      elements.insert(element_text(element));
    }
  }
}

}  // namespace

TableContents rendered_contents(std::string_view commands, std::string_view table) {
  RenderedReader reader(table);
  std::istringstream stream{std::string(commands)};
  for (std::string line; std::getline(stream, line);) {
    reader.read(line);
  }
  return std::move(reader.contents);
}

Result<TableContents> listed_contents(std::string_view text) {
  auto const document = json::parse(text, nullptr, false);
  if (!document.is_object() || !document.contains("nftables")) {
    return invalid_argument("nftables: the listing makes no sense");
  }
  TableContents contents;
  try {
    for (auto const& entry : document.at("nftables")) {
      for (auto const& [kind, object] : entry.items()) {
        read_object(kind, object, contents);
      }
    }
  } catch (json::exception const& error) {
    return invalid_argument(fmt::format("nftables: the listing makes no sense: {}", error.what()));
  }
  return contents;
}

std::map<std::string, std::vector<std::string>> targets_by_key(
    std::set<std::string> const& elements) {
  std::map<std::string, std::map<std::uint64_t, std::string>> indexed;
  for (auto const& element : elements) {
    auto const colon = element.find(" : ");
    auto const dot = colon == std::string::npos ? colon : element.rfind(" . ", colon);
    if (dot != std::string::npos) {
      auto const index = std::strtoull(element.c_str() + dot + 3, nullptr, 10);
      indexed[element.substr(0, dot)][index] = element.substr(colon + 3);
    }
  }
  std::map<std::string, std::vector<std::string>> targets;
  for (auto const& [key, by_index] : indexed) {
    for (auto const& [index, target] : by_index) {
      targets[key].push_back(target);
    }
  }
  return targets;
}

}  // namespace swarmward::mesh
