#include "wire/validate/network_spec.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

#include <arpa/inet.h>

#include "wire/validate/rules.h"
#include "wire/validate/service_spec.h"

namespace swarmward::wire {

namespace {

constexpr char const* kPredefinedLabel = "com.docker.swarm.predefined";
constexpr char const* kEncryptedOption = "encrypted";

/// An IPv4 prefix; the address may have bits beyond its length.
struct Prefix {
  std::uint32_t address = 0;
  unsigned length = 0;

  [[nodiscard]] std::uint32_t mask() const {
    return length == 0 ? 0 : ~std::uint32_t{0} << (32 - length);
  }
  [[nodiscard]] bool contains(std::uint32_t other) const {
    return ((address ^ other) & mask()) == 0;
  }
};

std::optional<std::uint32_t> parse_ipv4(std::string const& text) {
  in_addr address{};
  if (inet_pton(AF_INET, text.c_str(), &address) != 1) {
    return std::nullopt;
  }
  return ntohl(address.s_addr);
}

bool is_ipv6(std::string const& text) {
  in6_addr address{};
  return inet_pton(AF_INET6, text.substr(0, text.find('/')).c_str(), &address) == 1;
}

std::optional<Prefix> parse_prefix(std::string const& text) {
  auto const slash = text.find('/');
  if (slash == std::string::npos) {
    return std::nullopt;
  }
  auto const address = parse_ipv4(text.substr(0, slash));
  Prefix prefix;
  auto const* end = text.data() + text.size();
  auto const [stop, error] = std::from_chars(text.data() + slash + 1, end, prefix.length);
  if (!address || error != std::errc() || stop != end || prefix.length > 32) {
    return std::nullopt;
  }
  prefix.address = *address;
  return prefix;
}

std::string to_text(std::uint32_t address) {
  in_addr raw{htonl(address)};
  std::array<char, INET_ADDRSTRLEN> text{};
  return inet_ntop(AF_INET, &raw, text.data(), text.size()) == nullptr ? "" : text.data();
}

Error bad_ipam(std::string const& text) {
  return rule_broken("ipam configuration: " + text);
}

Result<void> validate_range(model::IpamConfig const& config) {
  if (is_ipv6(config.subnet)) {
    return bad_ipam("subnet " + config.subnet + " is not IPv4, which is all that this version has");
  }
  auto const subnet = parse_prefix(config.subnet);
  if (!subnet) {
    return bad_ipam("invalid subnet " + config.subnet);
  }
  if (!config.range.empty()) {
    auto const range = parse_prefix(config.range);
    if (!range) {
      return bad_ipam("invalid range " + config.range);
    }
    if (!subnet->contains(range->address) || range->length < subnet->length) {
      return bad_ipam("subnet " + config.subnet + " does not contain range " + config.range);
    }
  }
  if (!config.gateway.empty()) {
    auto const gateway = parse_ipv4(config.gateway);
    if (!gateway) {
      return bad_ipam("invalid gateway " + config.gateway);
    }
    if (!subnet->contains(*gateway)) {
      return bad_ipam("subnet " + config.subnet + " does not contain gateway " + config.gateway);
    }
  }
  return {};
}

Result<void> validate_ipam(model::NetworkSpec const& spec) {
  auto const driver = spec.ipam_driver.value_or(model::Driver{}).name;
  if (!driver.empty() && driver != "default") {
    return rule_broken("error during lookup of plugin " + driver);
  }
  for (auto const& config : spec.ipam) {
    if (model::is_node_local(spec) && is_ipv6(config.subnet)) {
      continue;  // Engines look at what they make themselves.
    }
    if (auto valid = validate_range(config); !valid) {
      return valid;
    }
  }
  return {};
}

}  // namespace

Result<void> validate_network_spec(model::NetworkSpec const& spec) {
  if (spec.ingress && spec.attachable) {
    return rule_broken("ingress network cannot be attachable");
  }
  if (auto valid = validate_name(spec.annotations.name); !valid) {
    return valid;
  }
  if (spec.annotations.labels.contains(kPredefinedLabel)) {
    return rpc_error("PermissionDenied",
                     std::string("label ") + kPredefinedLabel +
                         " is for internally created predefined networks and cannot be applied by "
                         "users");
  }
  if (spec.driver.name.empty()) {
    return rule_broken("driver name: if driver is specified name is required");
  }
  if (spec.ingress && spec.driver.options.contains(kEncryptedOption)) {
    return rpc_error("Unimplemented",
                     "the ingress network cannot be encrypted in this version of swarmward");
  }
  return validate_ipam(spec);
}

Result<void> check_subnets_are_masked(model::NetworkSpec const& spec) {
  std::string faults;
  for (auto const& config : spec.ipam) {
    auto const subnet = parse_prefix(config.subnet);
    if (subnet && (subnet->address & ~subnet->mask()) != 0) {
      faults += "\ninvalid subnet " + config.subnet + ": it should be " +
                to_text(subnet->address & subnet->mask()) + "/" + std::to_string(subnet->length);
    }
  }
  return faults.empty() ? Result<void>() : invalid_argument("invalid network config:" + faults);
}

}  // namespace swarmward::wire
