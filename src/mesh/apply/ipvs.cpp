#include "mesh/apply/ipvs.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include <arpa/inet.h>
#include <linux/genetlink.h>
#include <linux/ip_vs.h>
#include <netinet/in.h>

#include "mesh/apply/kernel_settings.h"
#include "mesh/apply/run_program.h"
#include "mesh/apply/sysctl.h"

namespace swarmward::mesh {
namespace {

/// Addresses of both versions of IP have this size.
using AddressBytes = std::array<std::uint8_t, 16>;

constexpr std::array kProtocols{std::pair{model::Protocol::Tcp, IPPROTO_TCP},
                                std::pair{model::Protocol::Udp, IPPROTO_UDP},
                                std::pair{model::Protocol::Sctp, IPPROTO_SCTP}};

NetlinkMessage& start(NetlinkMessage& message, std::uint8_t command) {
  auto& about = message.fixed_part<genlmsghdr>();
  about.cmd = command;
  about.version = IPVS_GENL_VERSION;
  return message;
}

void put_address(NetlinkMessage& message, std::uint16_t attribute, Address address) {
  AddressBytes bytes{};
  std::uint32_t const value = htonl(address.value);
  std::memcpy(bytes.data(), &value, sizeof value);
  message.put_bytes(attribute, bytes.data(), bytes.size());
}

std::uint16_t short_in(nlattr const* attribute) {
  std::uint16_t value = 0;
  auto const bytes = bytes_of(attribute);
  std::memcpy(&value, bytes.data(), std::min(bytes.size(), sizeof value));
  return value;
}

Address address_in(nlattr const* attribute) {
  std::uint32_t value = 0;
  auto const bytes = bytes_of(attribute);
  std::memcpy(&value, bytes.data(), std::min(bytes.size(), sizeof value));
  return {ntohl(value)};
}

int protocol_number_of(model::Protocol protocol) {
  auto const* const found =
      std::ranges::find(kProtocols, protocol, &decltype(kProtocols)::value_type::first);
  return found == kProtocols.end() ? IPPROTO_TCP : found->second;
}

model::Protocol protocol_of(int number) {
  auto const* const found =
      std::ranges::find(kProtocols, number, &decltype(kProtocols)::value_type::second);
  return found == kProtocols.end() ? model::Protocol::Tcp : found->first;
}

/// What names a service.
void put_key(NetlinkMessage& message, VirtualService const& service) {
  message.put(IPVS_SVC_ATTR_AF, static_cast<std::uint16_t>(AF_INET));
  if (service.mark != 0) {
    message.put(IPVS_SVC_ATTR_FWMARK, service.mark);
    return;
  }
  message.put(IPVS_SVC_ATTR_PROTOCOL,
              static_cast<std::uint16_t>(protocol_number_of(service.protocol)));
  put_address(message, IPVS_SVC_ATTR_ADDR, service.address);
  message.put(IPVS_SVC_ATTR_PORT, static_cast<std::uint16_t>(htons(service.port)));
}

void put_service(NetlinkMessage& message, ServiceStep const& step) {
  message.nest(IPVS_CMD_ATTR_SERVICE, [&] {
    put_key(message, step.service);
    if (step.kind == ServiceStep::Kind::AddService) {
      ip_vs_flags const flags{.flags = 0, .mask = ~0U};
      message.put(IPVS_SVC_ATTR_SCHED_NAME, std::string_view("rr"));
      message.put_bytes(IPVS_SVC_ATTR_FLAGS, &flags, sizeof flags);
      message.put(IPVS_SVC_ATTR_TIMEOUT, std::uint32_t{0});
      message.put(IPVS_SVC_ATTR_NETMASK, ~std::uint32_t{0});
    }
  });
}

void put_server(NetlinkMessage& message, ServiceStep const& step) {
  message.nest(IPVS_CMD_ATTR_DEST, [&] {
    put_address(message, IPVS_DEST_ATTR_ADDR, step.server.address);
    message.put(IPVS_DEST_ATTR_PORT, static_cast<std::uint16_t>(htons(step.server.port)));
    if (step.kind != ServiceStep::Kind::RemoveServer) {
      message.put(IPVS_DEST_ATTR_FWD_METHOD, std::uint32_t{IP_VS_CONN_F_MASQ});
      message.put(IPVS_DEST_ATTR_WEIGHT, step.weight);
      message.put(IPVS_DEST_ATTR_U_THRESH, std::uint32_t{0});
      message.put(IPVS_DEST_ATTR_L_THRESH, std::uint32_t{0});
    }
  });
}

std::uint8_t command_of(ServiceStep::Kind kind) {
  switch (kind) {
    case ServiceStep::Kind::AddServer:
      return IPVS_CMD_NEW_DEST;
    case ServiceStep::Kind::SetServer:
      return IPVS_CMD_SET_DEST;
    case ServiceStep::Kind::RemoveServer:
      return IPVS_CMD_DEL_DEST;
    case ServiceStep::Kind::RemoveService:
      return IPVS_CMD_DEL_SERVICE;
    case ServiceStep::Kind::AddService:
      break;
  }
  return IPVS_CMD_NEW_SERVICE;
}

VirtualService read_service(nlmsghdr const* message) {
  NetlinkAttributes const all(message, sizeof(genlmsghdr));
  auto const* const about = all.find(IPVS_CMD_ATTR_SERVICE);
  auto const field = [&](std::uint16_t attribute) { return all.find_inside(about, attribute); };
  VirtualService service;
  service.mark = number_of(field(IPVS_SVC_ATTR_FWMARK)).value_or(0);
  if (service.mark == 0) {
    service.protocol = protocol_of(short_in(field(IPVS_SVC_ATTR_PROTOCOL)));
    service.address = address_in(field(IPVS_SVC_ATTR_ADDR));
    service.port = ntohs(short_in(field(IPVS_SVC_ATTR_PORT)));
  }
  return service;
}

}  // namespace

Result<Ipvs> Ipvs::open(NetNamespace const& net) {
  auto netlink = Netlink::open(net, NETLINK_GENERIC);
  if (!netlink) {
    return netlink.error();
  }
  NetlinkMessage message(GENL_ID_CTRL, 0);
  message.fixed_part<genlmsghdr>().cmd = CTRL_CMD_GETFAMILY;
  message.put(CTRL_ATTR_FAMILY_NAME, std::string_view(IPVS_GENL_NAME));
  std::uint16_t family = 0;
  auto const asked = netlink->ask("looking for IPVS", message, [&](nlmsghdr const* part) {
    family = short_in(NetlinkAttributes(part, sizeof(genlmsghdr)).find(CTRL_ATTR_FAMILY_ID));
  });
  if (!asked) {
    return asked.error();
  }
  return Ipvs(std::move(*netlink), family);
}

Result<VirtualServices> Ipvs::list(ServiceKind kind) {
  auto const listed = list_in_turn(kind);
  if (!listed) {
    return listed.error();
  }
  VirtualServices services;
  for (auto const& [service, servers] : *listed) {
    services[service].insert(servers.begin(), servers.end());
  }
  return services;
}

Result<std::map<VirtualService, ServersInTurn>> Ipvs::list_in_turn(ServiceKind kind) {
  std::map<VirtualService, ServersInTurn> services;
  NetlinkMessage message(family_, 0);
  auto const listed = netlink_.dump(
      "listing services of IPVS", start(message, IPVS_CMD_GET_SERVICE), [&](nlmsghdr const* part) {
        auto const service = read_service(part);
        if ((service.mark != 0) == (kind == ServiceKind::Vips)) {
          services[service];
        }
      });
  if (!listed) {
    return listed.error();
  }
  for (auto& [service, servers] : services) {
    auto found = list_servers(service);
    if (!found) {
      return found.error();
    }
    servers = std::move(*found);
  }
  return services;
}

Result<ServersInTurn> Ipvs::list_servers(VirtualService const& service) {
  ServersInTurn servers;
  NetlinkMessage message(family_, 0);
  start(message, IPVS_CMD_GET_DEST).nest(IPVS_CMD_ATTR_SERVICE, [&] { put_key(message, service); });
  auto const listed = netlink_.dump("listing servers of IPVS", message, [&](nlmsghdr const* part) {
    NetlinkAttributes const all(part, sizeof(genlmsghdr));
    auto const* const about = all.find(IPVS_CMD_ATTR_DEST);
    RealServer const server{.address = address_in(all.find_inside(about, IPVS_DEST_ATTR_ADDR)),
                            .port = ntohs(short_in(all.find_inside(about, IPVS_DEST_ATTR_PORT)))};
    auto const weight = number_of(all.find_inside(about, IPVS_DEST_ATTR_WEIGHT)).value_or(0);
    servers.emplace_back(server, weight);
  });
  if (!listed) {
    return listed.error();
  }
  return servers;
}

Result<void> Ipvs::put(ServiceKind kind, VirtualServices const& wanted) {
  auto const present = list(kind);
  if (!present) {
    return present.error();
  }
  for (auto const& step : plan_service_steps(*present, wanted)) {
    if (auto done = carry_out(step); !done) {
      return done;
    }
  }
  return {};
}

Result<void> Ipvs::carry_out(ServiceStep const& step) {
  using Kind = ServiceStep::Kind;
  NetlinkMessage message(family_, 0);
  start(message, command_of(step.kind));
  put_service(message, step);
  if (step.kind != Kind::AddService && step.kind != Kind::RemoveService) {
    put_server(message, step);
  }
  return netlink_.request("changing IPVS", message);
}

void load_ipvs() {
  // Where they are built in, or no module is to be had, the next question of ours tells.
  static_cast<void>(run_program({"modprobe", "-a", "ip_vs", "ip_vs_rr"}));
}

Result<void> set_ipvs_settings(NetNamespace const& net) {
  return net.run([]() -> Result<void> {
    for (auto const& [name, value] : ipvs_settings()) {
      if (auto set = set_sysctl(name, value); !set) {
        return set;
      }
    }
    return {};
  });
}

}  // namespace swarmward::mesh
