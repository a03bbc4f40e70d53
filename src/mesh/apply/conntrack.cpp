#include "mesh/apply/conntrack.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include "mesh/apply/run_apart.h"

namespace swarmward::mesh {
namespace {

struct CloseSocket {
  void operator()(mnl_socket* socket) const { mnl_socket_close(socket); }
};
using Socket = std::unique_ptr<mnl_socket, CloseSocket>;

/// Room for one answer of the kernel, as large as libmnl advises for dumps.
constexpr std::size_t kBufferBytes = 32768;
using Buffer = std::array<char, kBufferBytes>;

/// One direction of a connection, as far as filters look at it.
struct Tuple {
  Address source;
  Address destination;
  std::uint8_t protocol = 0;
  std::uint16_t destination_port = 0;
};

/// A tracked connection: what the filters need, and the bytes that name it to the kernel.
struct Flow {
  Tuple asked;
  Tuple answered;
  std::vector<char> asked_bytes;  ///< The attribute CTA_TUPLE_ORIG, whole.
  std::uint32_t id = 0;           ///< As the kernel wrote it.
  bool over = false;              ///< Of TCP, and both ends are done with it.
};

/// What one pass over the tracked connections looks for and finds.
struct Search {
  std::span<FlowFilter const> filters;
  std::vector<Flow> found;
};

std::uint8_t protocol_number(model::Protocol protocol) {
  switch (protocol) {
    case model::Protocol::Udp:
      return IPPROTO_UDP;
    case model::Protocol::Sctp:
      return IPPROTO_SCTP;
    case model::Protocol::Tcp:
      break;
  }
  return IPPROTO_TCP;
}

/// Connections that are over need not be forgotten: the kernel balances the next one between the
/// same ports anew. And they must not: between reading them here and deleting them such a next one
/// may take their place, with their ports and often even their id, and would be torn.
bool matches(FlowFilter const& filter, Flow const& flow) {
  return !flow.over && (!filter.asked_for || *filter.asked_for == flow.asked.destination) &&
         (!filter.asked_port || *filter.asked_port == flow.asked.destination_port) &&
         (!filter.protocol || protocol_number(*filter.protocol) == flow.asked.protocol);
}

/// Hands over each attribute of a list. The library's macros for it are C only.
void each_attribute(void const* list, std::size_t bytes, auto const& use) {
  auto const* const end = static_cast<char const*>(list) + bytes;
  auto const* attribute = static_cast<nlattr const*>(list);
  while (mnl_attr_ok(attribute, static_cast<int>(end - reinterpret_cast<char const*>(attribute)))) {
    use(attribute);
    attribute = mnl_attr_next(attribute);
  }
}

void each_inside(nlattr const* outer, auto const& use) {
  each_attribute(mnl_attr_get_payload(outer), mnl_attr_get_payload_len(outer), use);
}

Tuple read_tuple(nlattr const* tuple) {
  Tuple read;
  each_inside(tuple, [&](nlattr const* part) {
    bool const addresses = mnl_attr_get_type(part) == CTA_TUPLE_IP;
    each_inside(part, [&](nlattr const* field) {
      auto const type = mnl_attr_get_type(field);
      if (addresses && type == CTA_IP_V4_SRC) {
        read.source = {ntohl(mnl_attr_get_u32(field))};
      } else if (addresses && type == CTA_IP_V4_DST) {
        read.destination = {ntohl(mnl_attr_get_u32(field))};
      } else if (!addresses && type == CTA_PROTO_NUM) {
        read.protocol = mnl_attr_get_u8(field);
      } else if (!addresses && type == CTA_PROTO_DST_PORT) {
        read.destination_port = ntohs(mnl_attr_get_u16(field));
      }
    });
  });
  return read;
}

/// What is told of the connection's protocol.
bool is_over(nlattr const* protocol) {
  bool over = false;
  each_inside(protocol, [&](nlattr const* part) {
    if (mnl_attr_get_type(part) != CTA_PROTOINFO_TCP) {
      return;
    }
    each_inside(part, [&](nlattr const* field) {
      if (mnl_attr_get_type(field) == CTA_PROTOINFO_TCP_STATE) {
        auto const state = mnl_attr_get_u8(field);
        over = state == TCP_CONNTRACK_TIME_WAIT || state == TCP_CONNTRACK_CLOSE;
      }
    });
  });
  return over;
}

Flow read_flow(nlmsghdr const* message) {
  Flow flow;
  auto const* const list = mnl_nlmsg_get_payload_offset(message, sizeof(nfgenmsg));
  auto const bytes = mnl_nlmsg_get_payload_len(message) - MNL_ALIGN(sizeof(nfgenmsg));
  each_attribute(list, bytes, [&](nlattr const* attribute) {
    auto const type = mnl_attr_get_type(attribute);
    if (type == CTA_TUPLE_ORIG) {
      auto const* const start = reinterpret_cast<char const*>(attribute);
      flow.asked = read_tuple(attribute);
      flow.asked_bytes.assign(start, start + mnl_attr_get_len(attribute));
    } else if (type == CTA_TUPLE_REPLY) {
      flow.answered = read_tuple(attribute);
    } else if (type == CTA_PROTOINFO) {
      flow.over = is_over(attribute);
    } else if (type == CTA_ID) {
      flow.id = mnl_attr_get_u32(attribute);
    }
  });
  return flow;
}

int take_flow(nlmsghdr const* message, void* data) {
  auto& search = *static_cast<Search*>(data);
  auto flow = read_flow(message);
  auto const wanted = [&](FlowFilter const& filter) { return matches(filter, flow); };
  auto const any_of = [&](std::optional<Address> answers) {
    auto const first =
        std::ranges::lower_bound(search.filters, answers, {}, &FlowFilter::answered_by);
    auto const last =
        std::ranges::upper_bound(search.filters, answers, {}, &FlowFilter::answered_by);
    return std::any_of(first, last, wanted);
  };
  if (any_of(std::nullopt) || any_of(flow.answered.source)) {
    search.found.push_back(std::move(flow));
  }
  return MNL_CB_OK;
}

nlmsghdr* start_message(Buffer& buffer, std::uint16_t type, std::uint16_t flags) {
  auto* header = mnl_nlmsg_put_header(buffer.data());
  header->nlmsg_type = static_cast<std::uint16_t>(NFNL_SUBSYS_CTNETLINK << 8U | type);
  header->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
  auto* family = static_cast<nfgenmsg*>(mnl_nlmsg_put_extra_header(header, sizeof(nfgenmsg)));
  family->nfgen_family = AF_INET;
  family->version = NFNETLINK_V0;
  return header;
}

/// Sends the message and gives each answer to the callback, to the last. Answers errno or 0.
int exchange(mnl_socket* socket, nlmsghdr const* message, mnl_cb_t callback, void* data) {
  if (mnl_socket_sendto(socket, message, message->nlmsg_len) < 0) {
    return errno;
  }
  Buffer buffer;
  int more = MNL_CB_OK;
  while (more > MNL_CB_STOP) {
    auto const size = mnl_socket_recvfrom(socket, buffer.data(), buffer.size());
    if (size < 0) {
      return errno;
    }
    more = mnl_cb_run(buffer.data(), static_cast<std::size_t>(size), 0, 0, callback, data);
  }
  return more < 0 ? errno : 0;
}

/// A connection that ended by itself meanwhile is no error.
int forget(mnl_socket* socket, Flow const& flow) {
  Buffer buffer;
  auto* message = start_message(buffer, IPCTNL_MSG_CT_DELETE, NLM_F_ACK);
  auto* end = static_cast<char*>(mnl_nlmsg_get_payload_tail(message));
  std::ranges::copy(flow.asked_bytes, end);
  message->nlmsg_len += MNL_ALIGN(static_cast<std::uint32_t>(flow.asked_bytes.size()));
  mnl_attr_put_u32(message, CTA_ID, flow.id);
  int const error = exchange(socket, message, nullptr, nullptr);
  return error == ENOENT ? 0 : error;
}

}  // namespace

Result<std::size_t> forget_flows(NetNamespace const& net, std::span<FlowFilter const> filters) {
  if (filters.empty()) {
    return std::size_t{0};
  }
  Search search{.filters = filters, .found = {}};
  int error = 0;
  auto const done = run_apart(net, [&]() -> Result<void> {
    Socket const socket(mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC));
    if (!socket || mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) < 0) {
      error = errno;
      return {};
    }
    Buffer buffer;
    auto const* message = start_message(buffer, IPCTNL_MSG_CT_GET, NLM_F_DUMP);
    error = exchange(socket.get(), message, take_flow, &search);
    for (auto const& flow : search.found) {
      int const failed = forget(socket.get(), flow);
      error = error != 0 ? error : failed;
    }
    close_with_thread();  // After a change of rules any socket to them is slow to close.
    return {};
  });
  if (!done) {
    return done.error();
  }
  if (error != 0) {
    return unavailable(fmt::format("forgetting connections: {}", std::strerror(error)));
  }
  return search.found.size();
}

}  // namespace swarmward::mesh
