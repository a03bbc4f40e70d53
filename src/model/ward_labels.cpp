#include "model/ward_labels.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace swarmward::model {

namespace {

constexpr double kMostNanoseconds = 9.2e18;

/// Longer names first where one begins with another.
constexpr std::array<std::pair<std::string_view, double>, 8> kUnits{{
    {"ns", 1},
    {"us", 1e3},
    {"\u00b5s", 1e3},
    {"\u03bcs", 1e3},
    {"ms", 1e6},
    {"s", 1e9},
    {"m", 6e10},
    {"h", 3.6e12},
}};

std::optional<double> take_unit(std::string_view& text) {
  for (auto const& [name, nanoseconds] : kUnits) {
    if (text.starts_with(name)) {
      text.remove_prefix(name.size());
      return nanoseconds;
    }
  }
  return std::nullopt;
}

std::optional<double> take_number(std::string_view& text) {
  auto const length = std::min(text.find_first_not_of("0123456789."), text.size());
  auto const* const end = text.data() + length;
  double number = 0;
  auto const read = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (read.ec != std::errc() || read.ptr != end) {
    return std::nullopt;
  }
  text.remove_prefix(length);
  return number;
}

std::string_view value_of(StringMap const& labels, char const* name) {
  auto const found = labels.find(name);
  return found == labels.end() ? std::string_view{} : std::string_view(found->second);
}

std::optional<Duration> positive_duration(StringMap const& labels, char const* name) {
  auto const duration = parse_duration(value_of(labels, name));
  return duration && *duration > Duration::zero() ? duration : std::nullopt;
}

std::string_view trimmed(std::string_view text) {
  auto const first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// What stands between commas, without blanks around it; nothing empty.
std::vector<std::string_view> list_of(std::string_view text) {
  std::vector<std::string_view> found;
  while (!text.empty()) {
    auto const comma = std::min(text.find(','), text.size());
    if (auto const one = trimmed(text.substr(0, comma)); !one.empty()) {
      found.push_back(one);
    }
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return found;
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  if (text == "0") {
    return Duration::zero();
  }
  if (text.empty()) {
    return std::nullopt;
  }
  double total = 0;
  while (!text.empty()) {
    auto const number = take_number(text);
    auto const unit = number ? take_unit(text) : std::nullopt;
    if (!unit) {
      return std::nullopt;
    }
    total += *number * *unit;
  }
  if (!(total < kMostNanoseconds)) {
    return std::nullopt;
  }
  return Duration(std::llround(total));
}

bool has_restart_backoff(StringMap const& service_labels) {
  return value_of(service_labels, "ward.restart.backoff") != "off";
}

bool has_update_gate(StringMap const& service_labels) {
  return value_of(service_labels, "ward.update.gate") != "off";
}

std::optional<Duration> update_deadline(StringMap const& service_labels) {
  return positive_duration(service_labels, "ward.update.deadline");
}

bool stops_on_pause(StringMap const& service_labels) {
  return value_of(service_labels, "ward.update.onpause") == "stop";
}

bool has_rebalance(StringMap const& service_labels) {
  return value_of(service_labels, "ward.rebalance") == "auto";
}

bool has_binpack(StringMap const& service_labels) {
  return value_of(service_labels, "ward.strategy") == "binpack";
}

std::vector<Dependency> dependencies(StringMap const& service_labels) {
  constexpr std::string_view kAll = ":healthy";
  std::vector<Dependency> found;
  for (auto name : list_of(value_of(service_labels, "ward.depends-on"))) {
    auto needs = Dependency::Needs::OneTask;
    if (name.ends_with(kAll)) {
      name.remove_suffix(kAll.size());
      needs = Dependency::Needs::AllTasks;
    }
    if (!name.empty()) {
      found.push_back({std::string(name), needs});
    }
  }
  return found;
}

std::vector<std::string> pre_deploy_jobs(StringMap const& service_labels) {
  auto const names = list_of(value_of(service_labels, "ward.pre-deploy"));
  return {names.begin(), names.end()};
}

IngressMode ingress_mode(StringMap const& service_labels) {
  auto const value = value_of(service_labels, "ward.ingress");
  return value == "preserve" ? IngressMode::Preserve
         : value == "local"  ? IngressMode::Local
                             : IngressMode::Snat;
}

std::vector<std::string> publish_at(StringMap const& service_labels, std::uint32_t published_port) {
  auto const label = "ward.publish." + std::to_string(published_port) + ".ip";
  auto const places = list_of(value_of(service_labels, label.c_str()));
  return {places.begin(), places.end()};
}

Duration drain_delay(StringMap const& service_labels) {
  return positive_duration(service_labels, "ward.drain-delay").value_or(Duration::zero());
}

std::optional<Duration> node_grace(StringMap const& node_labels) {
  return positive_duration(node_labels, "ward.node.grace");
}

}  // namespace swarmward::model
