#include "cluster/address.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>

#include "base/net/host_text.h"

namespace swarmward::cluster {

namespace {

HostPort split(std::string const& text) {
  if (text.starts_with('[')) {
    auto const close = text.find(']');
    auto const host = text.substr(1, close == std::string::npos ? close : close - 1);
    bool const has_port = close != std::string::npos && text.compare(close, 2, "]:") == 0;
    return {host, has_port ? text.substr(close + 2) : std::string{}};
  }
  auto const colon = text.rfind(':');
  if (colon == std::string::npos || net::is_ip(text)) {
    return {text, {}};
  }
  return {text.substr(0, colon), text.substr(colon + 1)};
}

bool is_port(std::string const& port) {
  unsigned number = 0;
  auto const* const end = port.data() + port.size();
  auto const [stop, error] = std::from_chars(port.data(), end, number);
  return error == std::errc() && stop == end && number <= 65535;
}

/// The address that a host or interface name stands for.
std::optional<std::string> resolve(std::string const& host,
                                   std::vector<InterfaceAddress> const& known) {
  if (net::is_ip(host)) {
    return host;
  }
  auto const found = std::ranges::find(known, host, &InterfaceAddress::interface);
  return found == known.end() ? std::nullopt : std::optional(found->address);
}

bool is_unspecified(std::string const& address) {
  return address == "0.0.0.0" || address == "::";
}

Result<std::string> choose_advertised(std::vector<InterfaceAddress> known) {
  std::erase_if(known, [](auto const& address) { return !address.for_others; });
  if (known.empty()) {
    return invalid_argument("could not find the system's IP address");
  }
  if (known.size() == 1) {
    return known.front().address;
  }
  auto const& first = known[0];
  auto const& second = known[1];
  std::string const text =
      "could not choose an IP address to advertise since this system has multiple addresses on ";
  if (first.interface == second.interface) {
    return invalid_argument(text + "interface " + first.interface + " (" + first.address + " and " +
                            second.address + ")");
  }
  return invalid_argument(text + "different interfaces (" + first.address + " on " +
                          first.interface + " and " + second.address + " on " + second.interface +
                          ")");
}

Result<std::string> advertised(std::string const& wanted,
                               std::string const& listen_host,
                               std::vector<InterfaceAddress> const& known) {
  if (wanted.empty()) {
    return is_unspecified(listen_host) ? choose_advertised(known) : listen_host;
  }
  auto const address = resolve(wanted, known);
  if (!address || is_unspecified(*address)) {
    return invalid_argument(
        "advertise address must be a non-zero IP address or network interface (with optional port "
        "number)");
  }
  return *address;
}

}  // namespace

Result<HostPort> split_address(std::string const& text) {
  auto parts = split(text);
  if (!parts.port.empty() && !is_port(parts.port)) {
    return invalid_argument("address " + parts.port + ": invalid port");
  }
  return parts;
}

/// The host's end of the way to the ingress network; see mesh/apply/ingress_link.h.
constexpr std::string_view kIngressLink = "ward0";

std::vector<InterfaceAddress> interface_addresses() {
  std::vector<InterfaceAddress> found;
  ifaddrs* raw = nullptr;
  if (::getifaddrs(&raw) != 0) {
    return found;
  }
  std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> const list(raw, &::freeifaddrs);
  for (auto const* entry = raw; entry != nullptr; entry = entry->ifa_next) {
    bool const usable = entry->ifa_addr != nullptr && (entry->ifa_flags & IFF_UP) != 0;
    if (!usable ||
        (entry->ifa_addr->sa_family != AF_INET && entry->ifa_addr->sa_family != AF_INET6)) {
      continue;
    }
    bool const for_others = (entry->ifa_flags & IFF_LOOPBACK) == 0 &&
                            !std::string_view(entry->ifa_name).starts_with("docker") &&
                            std::string_view(entry->ifa_name) != kIngressLink;
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (entry->ifa_addr->sa_family == AF_INET) {
      auto const* v4 = reinterpret_cast<sockaddr_in const*>(entry->ifa_addr);
      ::inet_ntop(AF_INET, &v4->sin_addr, text.data(), text.size());
    } else {
      auto const* v6 = reinterpret_cast<sockaddr_in6 const*>(entry->ifa_addr);
      if (IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr)) {
        continue;
      }
      ::inet_ntop(AF_INET6, &v6->sin6_addr, text.data(), text.size());
    }
    found.push_back({entry->ifa_name, text.data(), for_others});
  }
  auto const is_v6 = [](auto const& a) { return a.address.find(':') != std::string::npos; };
  std::ranges::stable_sort(found, {}, is_v6);
  bool const has_v4 =
      std::ranges::any_of(found, [&](auto const& a) { return a.for_others && !is_v6(a); });
  for (auto& address : found) {
    address.for_others = address.for_others && (!has_v4 || !is_v6(address));
  }
  return found;
}

Result<ChosenAddresses> choose_addresses(AddressRequest const& request,
                                         std::vector<InterfaceAddress> const& known) {
  if (request.listen.empty()) {
    return invalid_argument("invalid ListenAddr \"\": invalid empty address");
  }
  auto const place = split_address(request.listen);
  auto const shown_place = split_address(request.advertise);
  if (!place || !shown_place) {
    return in_context("listen tcp", !place ? place.error() : shown_place.error());
  }
  auto const listen = resolve(place->host, known);
  if (!listen) {
    return invalid_argument(
        "listen address must be an IP address or network interface (with optional port number)");
  }
  auto const advertise = advertised(shown_place->host, *listen, known);
  if (!advertise) {
    return advertise.error();
  }
  std::string data_path;
  if (!request.data_path.empty()) {
    auto const found = resolve(request.data_path, known);
    if (!found || is_unspecified(*found)) {
      return invalid_argument(
          "data path address must be a non-zero IP address or network interface (without a port "
          "number)");
    }
    data_path = *found;
  }
  auto const port = place->port.empty() ? std::string(kManagerPort) : place->port;
  // Natively the one is short for both.
  bool const both = *listen == "0.0.0.0" && advertise->find(':') != std::string::npos;
  return ChosenAddresses{
      (both ? "[::]" : net::in_brackets(*listen)) + ":" + port,
      *advertise,
      shown_place->port.empty() ? port : shown_place->port,
      std::ranges::find(known, *advertise, &InterfaceAddress::address) != known.end(),
      data_path};
}

Result<ChosenAddresses> choose_member_addresses(AddressRequest const& request,
                                                std::vector<InterfaceAddress> const& known) {
  auto asked = request;
  if (request.advertise.empty()) {
    asked.advertise = "127.0.0.1";  // Any that is valid; it is left out below.
  }
  auto chosen = choose_addresses(asked, known);
  if (chosen && request.advertise.empty()) {
    chosen->advertise.clear();
  }
  return chosen;
}

}  // namespace swarmward::cluster
