#include "cli/complete.h"

#include "cli/parse.h"

namespace swarmward::cli {

namespace {

struct Candidate {
  std::string word;
  std::string about{};
};

/// Where the words before the one to complete have led.
struct Place {
  Command const* command = nullptr;
  Flag const* waiting = nullptr;  ///< Its value comes next.
  std::size_t arguments = 0;
};

Place follow(Command const& root, std::span<std::string const> words) {
  Place place{&root};
  for (auto const& word : words) {
    if (place.waiting != nullptr) {
      place.waiting = nullptr;
    } else if (word.size() > 1 && word.front() == '-') {
      auto const* flag = find_flag(place.command->flags, word);
      bool const takes_next = flag != nullptr && flag->kind != FlagKind::Switch &&
                              word.find('=') == word.npos &&
                              (word.starts_with("--") || word.size() == 2);
      place.waiting = takes_next ? flag : nullptr;
    } else if (auto const* child =
                   place.arguments == 0 ? find_child(*place.command, word) : nullptr) {
      place.command = child;
    } else {
      ++place.arguments;
    }
  }
  return place;
}

std::vector<Candidate> candidates_at(Place const& place,
                                     std::string const& begun,
                                     Requests& daemon) {
  std::vector<Candidate> found;
  if (place.waiting != nullptr) {
    for (auto const& word : place.waiting->words) {
      found.push_back({word});
    }
    if (place.waiting->candidates != nullptr) {
      for (auto const& name : place.waiting->candidates(daemon)) {
        found.push_back({name});
      }
    }
    return found;
  }
  if (begun.starts_with('-')) {
    for (auto const& flag : place.command->flags) {
      found.push_back({"--" + flag.name, flag.usage});
    }
    found.push_back({"--help", "help for " + place.command->name});
    return found;
  }
  for (auto const& child : place.command->children) {
    found.push_back({child.name, child.brief});
  }
  if (place.command->candidates != nullptr && place.arguments < place.command->most) {
    for (auto const& name : place.command->candidates(daemon)) {
      found.push_back({name});
    }
  }
  return found;
}

std::vector<std::string> texts(Requests& daemon, std::string const& path, auto const& pick) {
  std::vector<std::string> names;
  auto const list = ask(daemon, "GET", path);
  if (!list || !list->is_array()) {
    return names;
  }
  for (auto const& each : *list) {
    if (auto name = pick(each); !name.empty()) {
      names.push_back(std::move(name));
    }
  }
  return names;
}

}  // namespace

std::vector<std::string> service_names(Requests& daemon) {
  return texts(daemon, "/services", [](nlohmann::json const& service) -> std::string {
    nlohmann::json::json_pointer const name("/Spec/Name");
    return service.contains(name) && service[name].is_string() ? service[name] : "";
  });
}

std::vector<std::string> node_names(Requests& daemon) {
  return texts(daemon, "/ward/nodes", [](nlohmann::json const& node) -> std::string {
    return node.is_object() ? node.value("Name", "") : "";
  });
}

std::vector<std::string> network_names(Requests& daemon) {
  return texts(daemon, "/networks", [](nlohmann::json const& network) -> std::string {
    bool const shared = network.is_object() && network.value("Scope", "") == "swarm";
    return shared ? network.value("Name", "") : "";
  });
}

std::vector<std::string> registry_names(Requests& daemon) {
  return texts(daemon, "/ward/registries", [](nlohmann::json const& registry) -> std::string {
    return registry.is_object() ? registry.value("ServerAddress", "") : "";
  });
}

std::string complete(Command const& root,
                     std::span<std::string const> words,
                     Descriptions descriptions,
                     Requests& daemon) {
  auto const begun = words.empty() ? std::string{} : words.back();
  auto const place = follow(root, words.empty() ? words : words.first(words.size() - 1));
  std::string text;
  for (auto const& [word, about] : candidates_at(place, begun, daemon)) {
    if (word.starts_with(begun)) {
      bool const describe = descriptions == Descriptions::Yes && !about.empty();
      text += describe ? word + "\t" + about + "\n" : word + "\n";
    }
  }
  bool const file = place.waiting != nullptr && place.waiting->kind == FlagKind::File;
  return text + (file ? ":0\n" : ":4\n");
}

}  // namespace swarmward::cli
