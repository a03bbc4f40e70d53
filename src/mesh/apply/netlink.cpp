#include "mesh/apply/netlink.h"

#include <cerrno>
#include <system_error>
#include <vector>

#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace swarmward::mesh {

namespace {

/// A list that changed while it was read is read again as often as this.
constexpr int kReadings = 5;
/// The kernel answers at once; without a limit a lost answer would stop the whole agent.
constexpr timeval kPatience{.tv_sec = 10, .tv_usec = 0};

Error failed(std::string_view what, int error, std::string const& hint) {
  auto text = std::string(what) + ": " + std::generic_category().message(error);
  if (!hint.empty()) {
    text += " (" + hint + ")";
  }
  if (error == EEXIST) {
    return conflict(std::move(text));
  }
  if (error == ENOENT || error == ENODEV || error == ESRCH || error == EADDRNOTAVAIL) {
    return not_found(std::move(text));
  }
  return unavailable(std::move(text));
}

/// What the kernel says beside the number of the error, or nothing.
std::string hint_of(nlmsghdr const* message) {
  if ((message->nlmsg_flags & NLM_F_ACK_TLVS) == 0) {
    return {};
  }
  auto const* const error = static_cast<nlmsgerr const*>(mnl_nlmsg_get_payload(message));
  std::size_t offset = sizeof(nlmsgerr);
  if ((message->nlmsg_flags & NLM_F_CAPPED) == 0) {
    offset += MNL_ALIGN(error->msg.nlmsg_len) - sizeof(nlmsghdr);
  }
  return text_of(NetlinkAttributes(message, offset).find(NLMSGERR_ATTR_MSG));
}

nlattr const* find_between(void const* first, void const* end, std::uint16_t attribute) {
  auto const* each = static_cast<nlattr const*>(first);
  auto const left = [&] {
    return static_cast<int>(static_cast<char const*>(end) - reinterpret_cast<char const*>(each));
  };
  for (; each != nullptr && mnl_attr_ok(each, left()); each = mnl_attr_next(each)) {
    if (mnl_attr_get_type(each) == attribute) {
      return each;
    }
  }
  return nullptr;
}

/// What was read of one answer.
struct Reading {
  std::vector<nlmsghdr const*> messages;
  std::vector<std::vector<char>> buffers;  ///< The messages are in them.
  bool interrupted = false;
  bool ended = false;
  int error = 0;
  std::string hint;
};

void take(Reading& reading, nlmsghdr const* message) {
  reading.interrupted |= (message->nlmsg_flags & NLM_F_DUMP_INTR) != 0;
  if (message->nlmsg_type == NLMSG_ERROR &&
      mnl_nlmsg_get_payload_len(message) >= sizeof(nlmsgerr)) {
    reading.error = -static_cast<nlmsgerr const*>(mnl_nlmsg_get_payload(message))->error;
    reading.hint = hint_of(message);
    reading.ended = true;
  } else if (message->nlmsg_type == NLMSG_DONE) {
    if (mnl_nlmsg_get_payload_len(message) >= sizeof(int)) {
      reading.error = -*static_cast<int const*>(mnl_nlmsg_get_payload(message));
    }
    reading.ended = true;
  } else if (message->nlmsg_type >= NLMSG_MIN_TYPE) {
    reading.messages.push_back(message);
  }
}

Reading read_answer(mnl_socket* socket, std::uint32_t sequence) {
  Reading reading;
  while (!reading.ended) {
    auto& buffer = reading.buffers.emplace_back(32768);
    auto const size = mnl_socket_recvfrom(socket, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) {
      continue;
    }
    if (size < 0) {
      reading.error = errno == EAGAIN ? ETIMEDOUT : errno;
      return reading;
    }
    int left = static_cast<int>(size);
    auto const* message = reinterpret_cast<nlmsghdr const*>(buffer.data());
    for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
      if (message->nlmsg_seq == sequence) {
        take(reading, message);
      }
    }
  }
  return reading;
}

}  // namespace

NetlinkMessage::NetlinkMessage(std::uint16_t type, unsigned flags)
    : header_(mnl_nlmsg_put_header(bytes_.data())) {
  header_->nlmsg_type = type;
  header_->nlmsg_flags = static_cast<std::uint16_t>(flags | NLM_F_REQUEST);
}

void NetlinkMessage::put(std::uint16_t attribute, std::string_view text) {
  std::string const ended(text);
  put_bytes(attribute, ended.c_str(), ended.size() + 1);
}

void NetlinkMessage::put_bytes(std::uint16_t attribute, void const* bytes, std::size_t size) {
  fits_ &= mnl_attr_put_check(header_, bytes_.size(), attribute, size, bytes);
}

void NetlinkMessage::nest(std::uint16_t attribute, std::function<void()> const& fill) {
  auto* const start = mnl_attr_nest_start_check(header_, bytes_.size(), attribute);
  if (start == nullptr) {
    fits_ = false;
    return;
  }
  fill();
  mnl_attr_nest_end(header_, start);
}

NetlinkAttributes::NetlinkAttributes(nlmsghdr const* message, std::size_t fixed_part)
    : message_(message), fixed_part_(fixed_part) {}

nlattr const* NetlinkAttributes::find(std::uint16_t attribute) const {
  auto const* const first = mnl_nlmsg_get_payload_offset(message_, fixed_part_);
  auto const* const end = mnl_nlmsg_get_payload_tail(message_);
  return find_between(first, end, attribute);
}

nlattr const* NetlinkAttributes::find_inside(nlattr const* outer, std::uint16_t attribute) const {
  auto const inside = bytes_of(outer);
  return find_between(inside.data(), inside.data() + inside.size(), attribute);
}

std::optional<std::uint32_t> NetlinkAttributes::number(std::uint16_t attribute) const {
  return number_of(find(attribute));
}

std::optional<std::uint32_t> number_of(nlattr const* attribute) {
  if (attribute == nullptr || mnl_attr_get_payload_len(attribute) != sizeof(std::uint32_t)) {
    return std::nullopt;
  }
  return mnl_attr_get_u32(attribute);
}

std::span<std::uint8_t const> bytes_of(nlattr const* attribute) {
  if (attribute == nullptr) {
    return {};
  }
  return {static_cast<std::uint8_t const*>(mnl_attr_get_payload(attribute)),
          mnl_attr_get_payload_len(attribute)};
}

std::string text_of(nlattr const* attribute) {
  auto const bytes = bytes_of(attribute);
  std::string text(bytes.begin(), bytes.end());
  return text.substr(0, text.find('\0'));
}

Result<Netlink> Netlink::open(int bus) {
  Netlink opened(mnl_socket_open2(bus, SOCK_CLOEXEC));
  auto* const socket = opened.socket_.get();
  if (socket == nullptr || mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0) {
    return failed("opening a netlink socket", errno, {});
  }
  int yes = 1;
  // Comfort only, and absent in old kernels: errors come with a sentence.
  static_cast<void>(mnl_socket_setsockopt(socket, NETLINK_EXT_ACK, &yes, sizeof yes));
  if (setsockopt(
          mnl_socket_get_fd(socket), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience) != 0) {
    return failed("opening a netlink socket", errno, {});
  }
  return opened;
}

Result<Netlink> Netlink::open(NetNamespace const& where, int bus) {
  std::optional<Result<Netlink>> opened;
  auto const entered = where.run([&]() -> Result<void> {
    opened.emplace(open(bus));
    return {};
  });
  if (!entered) {
    return entered.error();
  }
  return std::move(*opened);
}

Result<void> Netlink::send(std::string_view what, NetlinkMessage& message, unsigned flags) {
  if (!message.fits()) {
    return invalid_argument(std::string(what) + ": the request is too large");
  }
  auto* const header = message.header();
  header->nlmsg_flags = static_cast<std::uint16_t>(header->nlmsg_flags | flags);
  header->nlmsg_seq = ++sequence_;
  if (mnl_socket_sendto(socket_.get(), header, header->nlmsg_len) < 0) {
    return failed(what, errno, {});
  }
  return {};
}

Result<void> Netlink::request(std::string_view what, NetlinkMessage& message) {
  return ask(what, message, [](nlmsghdr const*) {});
}

Result<void> Netlink::ask(std::string_view what, NetlinkMessage& message, Each const& each) {
  if (auto sent = send(what, message, NLM_F_ACK); !sent) {
    return sent;
  }
  auto const reading = read_answer(socket_.get(), sequence_);
  if (reading.error != 0) {
    return failed(what, reading.error, reading.hint);
  }
  for (auto const* part : reading.messages) {
    each(part);
  }
  return {};
}

Result<void> Netlink::dump(std::string_view what, NetlinkMessage& message, Each const& each) {
  for (int i = 0; i < kReadings; ++i) {
    if (auto sent = send(what, message, NLM_F_DUMP); !sent) {
      return sent;
    }
    auto const reading = read_answer(socket_.get(), sequence_);
    if (reading.error != 0) {
      return failed(what, reading.error, reading.hint);
    }
    if (!reading.interrupted) {
      for (auto const* part : reading.messages) {
        each(part);
      }
      return {};
    }
  }
  return unavailable(std::string(what) + ": the list changed each time it was read");
}

}  // namespace swarmward::mesh
