#include "api/routes/network_filters.h"

#include <charconv>
#include <set>

#include "api/routes/matching.h"

namespace swarmward::api {

namespace {

bool says_true(std::string const& word) {
  return word == "true" || word == "1";
}
bool says_false(std::string const& word) {
  return word == "false" || word == "0";
}

bool matches_part(std::string const& wanted, std::string_view text) {
  std::string_view part = wanted;
  bool const from_start = part.starts_with('^');
  part.remove_prefix(from_start ? 1 : 0);
  bool const to_end = part.ends_with('$');
  part.remove_suffix(to_end ? 1 : 0);
  if (from_start && to_end) {
    return text == part;
  }
  if (from_start) {
    return text.starts_with(part);
  }
  return to_end ? text.ends_with(part) : text.find(part) != std::string_view::npos;
}

bool matches_parts(wire::Filters const& filters, std::string const& key, std::string_view text) {
  auto const* values = find_filter(filters, key);
  return values == nullptr || std::ranges::any_of(*values, [&](std::string const& value) {
           return matches_part(value, text);
         });
}

/// The networks that some service names or some task is in.
std::set<std::string> used_networks(state::Snapshot const& snapshot) {
  std::set<std::string> used;
  for (auto const [id, service] : snapshot.services) {
    for (auto const& network : service->spec->task.networks) {
      used.insert(network.target);
    }
    for (auto const& virtual_ip : service->endpoint.virtual_ips) {
      used.insert(virtual_ip.network_id);
    }
  }
  for (auto it = snapshot.tasks.begin(); it != snapshot.tasks.end(); ++it) {
    for (auto const& address : it.value()->networks) {
      used.insert(address.network.str());
    }
  }
  return used;
}

std::string driver_of(model::NetworkSpec const& spec) {
  return model::is_node_local(spec) ? spec.driver.name : "overlay";
}

/// "1h30m", "90s": hours, minutes, seconds.
std::optional<Duration> parse_duration(std::string_view text) {
  std::chrono::nanoseconds total{0};
  while (!text.empty()) {
    std::int64_t count = 0;
    auto const [stop, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    constexpr std::int64_t kMost = 1'000'000;
    if (error != std::errc() || stop == text.data() + text.size() || count < 0 || count > kMost) {
      return std::nullopt;
    }
    switch (*stop) {
      case 'h':
        total += std::chrono::hours(count);
        break;
      case 'm':
        total += std::chrono::minutes(count);
        break;
      case 's':
        total += std::chrono::seconds(count);
        break;
      default:
        return std::nullopt;
    }
    text.remove_prefix(static_cast<std::size_t>(stop - text.data()) + 1);
  }
  return total;
}

Result<Time> parse_until(std::string const& text, Time now) {
  std::int64_t seconds = 0;
  auto const* end = text.data() + text.size();
  auto const [stop, error] = std::from_chars(text.data(), end, seconds);
  constexpr std::int64_t kMost = 9'000'000'000;  // The clock's range ends in the year 2262.
  if (!text.empty() && error == std::errc() && (stop == end || *stop == '.') && seconds < kMost &&
      seconds > -kMost) {
    return Time(std::chrono::seconds(seconds));
  }
  if (auto const ago = parse_duration(text); ago && !text.empty()) {
    return now - *ago;
  }
  if (auto const moment = parse_time(text)) {
    return *moment;
  }
  return invalid_argument("invalid filter 'until=" + text + "'");
}

}  // namespace

Result<void> check_network_filters(wire::Filters const& filters) {
  if (auto known = wire::check_filter_keys(
          filters, {"driver", "id", "name", "label", "scope", "type", "dangling"});
      !known) {
    return known;
  }
  if (auto const* types = find_filter(filters, "type")) {
    for (auto const& type : *types) {
      if (type != "builtin" && type != "custom") {
        return internal_error("invalid filter: 'type'='" + type + "'");
      }
    }
  }
  if (auto const* dangling = find_filter(filters, "dangling")) {
    bool const one = dangling->size() == 1;
    if (!one || (!says_true(dangling->front()) && !says_false(dangling->front()))) {
      return invalid_argument(
          "invalid value for filter 'dangling', must be \"true\" (or \"1\"), or \"false\" (or "
          "\"0\")");
    }
  }
  return {};
}

std::vector<state::NetworkPtr> filter_networks(state::Snapshot const& snapshot,
                                               wire::Filters const& filters) {
  auto const* dangling = find_filter(filters, "dangling");
  auto const used = dangling != nullptr ? used_networks(snapshot) : std::set<std::string>();
  std::vector<state::NetworkPtr> networks;
  for (auto const [id, network] : snapshot.networks) {
    // None of the swarm's stored networks is builtin.
    if (matches_exactly(filters, "driver", driver_of(network->spec)) &&
        matches_exactly(filters, "scope", "swarm") && matches_exactly(filters, "type", "custom") &&
        matches_parts(filters, "id", id.view()) &&
        matches_parts(filters, "name", network->name()) &&
        matches_labels(filters, "label", network->spec.annotations.labels) &&
        (dangling == nullptr || says_true(dangling->front()) != used.contains(id.str()))) {
      networks.push_back(network);
    }
  }
  return networks;
}

Result<PruneFilters> parse_prune_filters(wire::Filters filters, Time now) {
  if (auto known = wire::check_filter_keys(filters, {"label", "label!", "until"}); !known) {
    return known.error();
  }
  PruneFilters prune;
  if (auto const* until = find_filter(filters, "until")) {
    if (until->size() > 1) {
      return invalid_argument("more than one until filter specified");
    }
    auto const before = parse_until(until->front(), now);
    if (!before) {
      return before.error();
    }
    prune.before = *before;
  }
  prune.filters = std::move(filters);
  return prune;
}

bool may_prune(PruneFilters const& prune, model::StringMap const& labels, Time created) {
  bool const excluded = find_filter(prune.filters, "label!") != nullptr &&
                        matches_labels(prune.filters, "label!", labels);
  return created < prune.before && !excluded && matches_labels(prune.filters, "label", labels);
}

}  // namespace swarmward::api
