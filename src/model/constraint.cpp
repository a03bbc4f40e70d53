#include "model/constraint.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>

#include <arpa/inet.h>

namespace swarmward::model {

namespace {

/// IPv4 is held as ::ffff:a.b.c.d, so both families compare alike.
struct Address {
  std::array<std::uint8_t, 16> bytes{};
  bool v4 = false;
};

bool is_alnum(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 && c > 0;
}

bool equal_any_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\n\v\f\r";
  auto const first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

/// ^[A-Za-z_][A-Za-z0-9\-_.]+$
bool is_key(std::string_view text) {
  return text.size() >= 2 && (is_alnum(text[0]) || text[0] == '_') &&
         std::isdigit(static_cast<unsigned char>(text[0])) == 0 &&
         std::ranges::all_of(
             text, [](char c) { return is_alnum(c) || c == '-' || c == '_' || c == '.'; });
}

bool is_value(std::string_view text) {
  constexpr std::string_view kOthers = ":-_ \t\n\f\r.*()?+[]\\^$|/";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return is_alnum(c) || kOthers.find(c) != std::string_view::npos;
  });
}

std::optional<Address> parse_address(std::string_view text) {
  std::string const terminated(text);
  Address address;
  if (inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) {
    constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    address.v4 = std::equal(kMapped.begin(), kMapped.end(), address.bytes.begin());
    return address;
  }
  if (inet_pton(AF_INET, terminated.c_str(), address.bytes.data() + 12) == 1) {
    std::fill_n(address.bytes.begin(), 10, std::uint8_t{0});
    address.bytes[10] = address.bytes[11] = 0xff;
    address.v4 = true;
    return address;
  }
  return std::nullopt;
}

bool same_prefix(Address const& a, Address const& b, unsigned bits) {
  for (std::size_t i = 0; bits > 0; ++i) {
    unsigned const here = std::min(bits, 8U);
    auto const mask = static_cast<std::uint8_t>(0xffU << (8 - here));
    if ((a.bytes.at(i) & mask) != (b.bytes.at(i) & mask)) {
      return false;
    }
    bits -= here;
  }
  return true;
}

/// Whether `node` is the address or lies in the CIDR of `value`; nothing if `value` is malformed.
std::optional<bool> address_matches(std::string_view value, std::optional<Address> const& node) {
  if (auto const single = parse_address(value)) {
    return node && single->bytes == node->bytes;
  }
  auto const slash = value.find('/');
  auto const network = parse_address(value.substr(0, slash));
  if (slash == std::string_view::npos || !network) {
    return std::nullopt;
  }
  auto const digits = value.substr(slash + 1);
  bool const v4 = value.find(':') == std::string_view::npos;
  unsigned bits = 0;
  auto const [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (digits.empty() || error != std::errc() || stop != digits.data() + digits.size() ||
      bits > (v4 ? 32U : 128U)) {
    return std::nullopt;
  }
  return node && node->v4 == network->v4 && same_prefix(*network, *node, v4 ? bits + 96 : bits);
}

std::string_view label(StringMap const& labels, std::string_view key) {
  auto const found = labels.find(std::string(key));
  return found == labels.end() ? std::string_view{} : std::string_view(found->second);
}

/// What the node has under `key`; nothing for an unknown key.
std::optional<std::string_view> attribute(std::string_view key, Node const& node) {
  constexpr std::string_view kNodeLabels = "node.labels.";
  constexpr std::string_view kEngineLabels = "engine.labels.";
  auto const is = [&](std::string_view known) { return equal_any_case(key, known); };
  auto const under = [&](std::string_view prefix) {
    return key.size() > prefix.size() && equal_any_case(key.substr(0, prefix.size()), prefix);
  };
  if (is("node.id")) {
    return node.id.view();
  }
  if (is("node.hostname")) {
    return node.description.hostname;
  }
  if (is("node.role")) {
    return node.role == NodeRole::Manager ? "manager" : "worker";
  }
  if (is("node.platform.os")) {
    return node.description.platform.os;
  }
  if (is("node.platform.arch")) {
    return node.description.platform.architecture;
  }
  if (under(kNodeLabels)) {
    return label(node.spec.annotations.labels, key.substr(kNodeLabels.size()));
  }
  if (under(kEngineLabels)) {
    return label(node.description.engine_labels, key.substr(kEngineLabels.size()));
  }
  return std::nullopt;
}

}  // namespace

Result<Constraint> parse_constraint(std::string_view text) {
  // `==` is looked for first, anywhere: "a!=b==c" has the key "a!=b", which is then invalid.
  auto op = Constraint::Op::Equal;
  auto at = text.find("==");
  if (at == std::string_view::npos) {
    op = Constraint::Op::NotEqual;
    at = text.find("!=");
  }
  if (at == std::string_view::npos) {
    return rpc_error("Unknown", "constraint expected one operator from ==, !=");
  }
  std::string key(trim(text.substr(0, at)));
  std::string value(trim(text.substr(at + 2)));
  if (!is_key(key)) {
    return rpc_error("Unknown", "key '" + key + "' is invalid");
  }
  if (!is_value(value)) {
    return rpc_error("Unknown", "value '" + value + "' is invalid");
  }
  return Constraint{std::move(key), op, std::move(value)};
}

bool constraint_matches(Constraint const& constraint, Node const& node) {
  bool const wanted = constraint.op == Constraint::Op::Equal;
  if (equal_any_case(constraint.key, "node.ip")) {
    auto const within = address_matches(constraint.value, parse_address(node.status.addr));
    return within && *within == wanted;
  }
  auto const value = attribute(constraint.key, node);
  return value && equal_any_case(*value, constraint.value) == wanted;
}

}  // namespace swarmward::model
