#include "backends/runner/label_values.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

namespace swarmward::backends {

namespace {

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool const whole = error == std::errc{} && end == text.data() + text.size();
  return whole ? std::optional(value) : std::nullopt;
}

std::string_view trim(std::string_view text) {
  auto const first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> out;
  for (;;) {
    auto const end = text.find(separator);
    out.emplace_back(trim(text.substr(0, end)));
    if (end == std::string_view::npos) {
      return out;
    }
    text.remove_prefix(end + 1);
  }
}

}  // namespace

std::vector<std::string> split_list(std::string_view text) {
  return split(text, ',');
}

std::optional<std::int64_t> parse_size(std::string_view text) {
  std::string unit;
  while (!text.empty() && std::isalpha(static_cast<unsigned char>(text.back())) != 0) {
    unit.insert(unit.begin(),
                static_cast<char>(std::tolower(static_cast<unsigned char>(text.back()))));
    text.remove_suffix(1);
  }
  constexpr std::string_view kUnits = "kmgt";
  double factor = 1;
  if (!unit.empty() && unit != "b") {
    auto const power = kUnits.find(unit[0]);
    bool const known = power != std::string_view::npos &&
                       (unit.size() == 1 || unit.substr(1) == "b" || unit.substr(1) == "ib");
    if (!known) {
      return std::nullopt;
    }
    factor = std::pow(1024.0, static_cast<double>(power + 1));
  }
  auto const count = number<double>(text);
  constexpr double kLargest = 1e18;
  if (!count || !(*count * factor >= 1) || *count * factor > kLargest) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(*count * factor);
}

std::optional<DeviceMapping> parse_device(std::string_view text) {
  auto const parts = split(text, ':');
  bool const paths = parts.size() <= 3 && parts[0].starts_with('/') &&
                     (parts.size() < 2 || parts[1].starts_with('/'));
  if (!paths) {
    return std::nullopt;
  }
  DeviceMapping out;
  out.host_path = parts[0];
  out.container_path = parts.size() > 1 ? parts[1] : parts[0];
  if (parts.size() > 2) {
    out.permissions = parts[2];
  }
  bool const known =
      !out.permissions.empty() && out.permissions.find_first_not_of("rwm") == std::string::npos;
  return known ? std::optional(std::move(out)) : std::nullopt;
}

std::optional<GpuRequest> parse_gpus(std::string_view text) {
  constexpr std::string_view kIds = "device=";
  if (text == "all") {
    return GpuRequest{-1, {}};
  }
  if (text.starts_with(kIds)) {
    auto ids = split_list(text.substr(kIds.size()));
    bool const sound = std::ranges::none_of(ids, [](auto const& id) { return id.empty(); });
    return sound ? std::optional(GpuRequest{0, std::move(ids)}) : std::nullopt;
  }
  auto const count = number<std::int64_t>(text);
  return count && *count > 0 ? std::optional(GpuRequest{*count, {}}) : std::nullopt;
}

bool is_cpu_list(std::string_view text) {
  return std::ranges::all_of(split_list(text), [](std::string const& item) {
    auto const ends = split(item, '-');
    auto const first = number<unsigned>(ends.front());
    auto const last = number<unsigned>(ends.back());
    return ends.size() <= 2 && first && last && *first <= *last;
  });
}

}  // namespace swarmward::backends
