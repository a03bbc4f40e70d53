#include "mesh/apply/xfrm.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <thread>

#include <arpa/inet.h>
#include <linux/xfrm.h>
#include <sched.h>

namespace swarmward::mesh {

namespace {

/// AES-GCM as ESP uses it. The check value has 64 bits as in swarm mode, whose MTU of 1424 leaves
/// no more.
constexpr std::string_view kAlgorithm = "rfc4106(gcm(aes))";
constexpr unsigned kCheckBits = 64;

/// The attribute that names algorithm and key. Source: xfrm_algo_aead, whose last member C++ has
/// not.
struct AeadKey {
  std::array<char, 64> algorithm{};
  std::uint32_t key_bits = 0;
  std::uint32_t check_bits = 0;
  std::array<std::uint8_t, 20> key{};
};
static_assert(offsetof(AeadKey, key) == sizeof(xfrm_algo_aead));

xfrm_address_t to_kernel(Address address) {
  xfrm_address_t result{};
  result.a4 = htonl(address.value);
  return result;
}

Address from_kernel(xfrm_address_t const& address) {
  return {ntohl(address.a4)};
}

xfrm_lifetime_cfg without_end() {
  return {.soft_byte_limit = XFRM_INF,
          .hard_byte_limit = XFRM_INF,
          .soft_packet_limit = XFRM_INF,
          .hard_packet_limit = XFRM_INF,
          .soft_add_expires_seconds = 0,
          .hard_add_expires_seconds = 0,
          .soft_use_expires_seconds = 0,
          .hard_use_expires_seconds = 0};
}

std::string described(SecureFlow const& flow) {
  return to_text(flow.source) + " to " + to_text(flow.destination);
}

Result<void> unless_missing_here(Result<void> const& removed) {
  bool const missing = !removed && removed.error().code == ErrorCode::NotFound;
  return missing ? Result<void>() : removed;
}

Result<void> add_flow(Netlink& netlink, SecureFlow const& flow) {
  NetlinkMessage message(XFRM_MSG_NEWSA, NLM_F_CREATE | NLM_F_EXCL);
  auto& state = message.fixed_part<xfrm_usersa_info>();
  state.sel.family = AF_INET;
  state.id.daddr = to_kernel(flow.destination);
  state.id.spi = htonl(flow.spi);
  state.id.proto = IPPROTO_ESP;
  state.saddr = to_kernel(flow.source);
  state.lft = without_end();
  state.reqid = kEncryptionMark;
  state.family = AF_INET;
  state.mode = XFRM_MODE_TRANSPORT;
  AeadKey aead{.key_bits = static_cast<std::uint32_t>(flow.key.size() * 8),
               .check_bits = kCheckBits,
               .key = flow.key};
  std::ranges::copy(kAlgorithm, aead.algorithm.begin());
  message.put_bytes(XFRMA_ALG_AEAD, &aead, sizeof aead);
  return netlink.request("encrypting from " + described(flow), message);
}

void select(xfrm_selector& selector, SecureRoute const& route) {
  selector.daddr = to_kernel(route.destination);
  selector.saddr = to_kernel(route.source);
  selector.dport = htons(route.port);
  selector.dport_mask = 0xffff;
  selector.family = AF_INET;
  selector.prefixlen_d = 32;
  selector.prefixlen_s = 32;
  selector.proto = IPPROTO_UDP;
}

void put_mark(NetlinkMessage& message) {
  xfrm_mark const mark{.v = kEncryptionMark, .m = 0xffffffff};
  message.put_bytes(XFRMA_MARK, &mark, sizeof mark);
}

/// What one message of a list says, if it is about a flow of ours.
std::optional<SecureFlow> read_secure_flow(nlmsghdr const* message) {
  auto const* const state = static_cast<xfrm_usersa_info const*>(mnl_nlmsg_get_payload(message));
  if (state->reqid != kEncryptionMark || state->id.proto != IPPROTO_ESP ||
      state->family != AF_INET) {
    return std::nullopt;
  }
  NetlinkAttributes const attributes(message, sizeof(xfrm_usersa_info));
  auto const bytes = bytes_of(attributes.find(XFRMA_ALG_AEAD));
  AeadKey aead{};
  if (bytes.size() != sizeof aead) {
    return std::nullopt;
  }
  std::memcpy(&aead, bytes.data(), sizeof aead);
  return SecureFlow{.source = from_kernel(state->saddr),
                    .destination = from_kernel(state->id.daddr),
                    .spi = ntohl(state->id.spi),
                    .key = aead.key};
}

std::optional<SecureRoute> read_secure_route(nlmsghdr const* message) {
  auto const* const policy =
      static_cast<xfrm_userpolicy_info const*>(mnl_nlmsg_get_payload(message));
  NetlinkAttributes const attributes(message, sizeof(xfrm_userpolicy_info));
  auto const bytes = bytes_of(attributes.find(XFRMA_TMPL));
  xfrm_user_tmpl way{};
  if (bytes.size() < sizeof way) {
    return std::nullopt;
  }
  std::memcpy(&way, bytes.data(), sizeof way);
  if (way.reqid != kEncryptionMark || policy->sel.family != AF_INET) {
    return std::nullopt;
  }
  return SecureRoute{.source = from_kernel(policy->sel.saddr),
                     .destination = from_kernel(policy->sel.daddr),
                     .port = ntohs(policy->sel.dport),
                     .spi = ntohl(way.id.spi)};
}

/// In a namespace of its own, which ends with the thread.
bool try_encryption() {
  if (::unshare(CLONE_NEWNET) != 0) {
    return false;
  }
  auto netlink = Netlink::open(NETLINK_XFRM);
  SecureFlow const example{.source = {0xC0000201},  // RFC 5737: for examples.
                           .destination = {0xC0000202},
                           .spi = 0x1000,
                           .key = {}};
  return netlink && add_flow(*netlink, example);
}

}  // namespace

bool kernel_can_encrypt() {
  bool can = false;
  std::thread([&] { can = try_encryption(); }).join();
  return can;
}

Result<std::vector<SecureFlow>> list_flows(Netlink& netlink) {
  std::vector<SecureFlow> flows;
  NetlinkMessage message(XFRM_MSG_GETSA, 0);
  auto const listed = netlink.dump("listing encrypted flows", message, [&](nlmsghdr const* part) {
    if (auto flow = read_secure_flow(part)) {
      flows.push_back(*flow);
    }
  });
  return listed ? Result<std::vector<SecureFlow>>(std::move(flows)) : listed.error();
}

Result<void> put_flow(Netlink& netlink, SecureFlow const& flow) {
  auto added = add_flow(netlink, flow);
  if (added || added.error().code != ErrorCode::Conflict) {
    return added;
  }
  if (auto removed = remove_flow(netlink, flow); !removed) {
    return removed;
  }
  return add_flow(netlink, flow);
}

Result<void> remove_flow(Netlink& netlink, SecureFlow const& flow) {
  NetlinkMessage message(XFRM_MSG_DELSA, 0);
  auto& which = message.fixed_part<xfrm_usersa_id>();
  which.daddr = to_kernel(flow.destination);
  which.spi = htonl(flow.spi);
  which.family = AF_INET;
  which.proto = IPPROTO_ESP;
  return unless_missing_here(
      netlink.request("ending the encrypted flow from " + described(flow), message));
}

Result<std::vector<SecureRoute>> list_secure_routes(Netlink& netlink) {
  std::vector<SecureRoute> routes;
  NetlinkMessage message(XFRM_MSG_GETPOLICY, 0);
  auto const listed = netlink.dump("listing encrypted routes", message, [&](nlmsghdr const* part) {
    if (auto route = read_secure_route(part)) {
      routes.push_back(*route);
    }
  });
  return listed ? Result<std::vector<SecureRoute>>(std::move(routes)) : listed.error();
}

Result<void> put_secure_route(Netlink& netlink, SecureRoute const& route) {
  NetlinkMessage message(XFRM_MSG_UPDPOLICY, NLM_F_CREATE | NLM_F_REPLACE);
  auto& policy = message.fixed_part<xfrm_userpolicy_info>();
  select(policy.sel, route);
  policy.lft = without_end();
  policy.dir = XFRM_POLICY_OUT;
  policy.action = XFRM_POLICY_ALLOW;
  policy.share = XFRM_SHARE_ANY;
  xfrm_user_tmpl way{};
  way.id.daddr = to_kernel(route.destination);
  way.id.spi = htonl(route.spi);
  way.id.proto = IPPROTO_ESP;
  way.family = AF_INET;
  way.saddr = to_kernel(route.source);
  way.reqid = kEncryptionMark;
  way.mode = XFRM_MODE_TRANSPORT;
  way.aalgos = way.ealgos = way.calgos = ~0U;
  message.put_bytes(XFRMA_TMPL, &way, sizeof way);
  put_mark(message);
  return netlink.request("encrypting what goes to " + to_text(route.destination), message);
}

Result<void> remove_secure_route(Netlink& netlink, SecureRoute const& route) {
  NetlinkMessage message(XFRM_MSG_DELPOLICY, 0);
  auto& which = message.fixed_part<xfrm_userpolicy_id>();
  select(which.sel, route);
  which.dir = XFRM_POLICY_OUT;
  put_mark(message);
  return unless_missing_here(
      netlink.request("no longer encrypting what goes to " + to_text(route.destination), message));
}

}  // namespace swarmward::mesh
