#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <libmnl/libmnl.h>

#include "base/result.h"
#include "mesh/apply/net_namespace.h"

namespace swarmward::mesh {

/// One request to rtnetlink while it is put together. Attributes that do not fit are noticed when
/// it is sent. Numbers are in host byte order; where the kernel wants the network's, callers turn
/// them.
class NetlinkMessage {
 public:
  /// `type` as RTM_NEWLINK, `flags` as NLM_F_CREATE; NLM_F_REQUEST is always set.
  NetlinkMessage(std::uint16_t type, unsigned flags);

  NetlinkMessage(NetlinkMessage const&) = delete;
  NetlinkMessage& operator=(NetlinkMessage const&) = delete;

  /// The fixed part after the message's head, zeroed: as ifinfomsg. Before any attribute.
  template <class T>
  T& fixed_part() {
    return *static_cast<T*>(mnl_nlmsg_put_extra_header(header_, sizeof(T)));
  }

  void put(std::uint16_t attribute, std::uint8_t value) { put_bytes(attribute, &value, 1); }
  void put(std::uint16_t attribute, std::uint16_t value) { put_bytes(attribute, &value, 2); }
  void put(std::uint16_t attribute, std::uint32_t value) { put_bytes(attribute, &value, 4); }
  void put(std::uint16_t attribute, std::string_view text);
  void put_bytes(std::uint16_t attribute, void const* bytes, std::size_t size);

  /// The attributes that `fill` puts are inside this one.
  void nest(std::uint16_t attribute, std::function<void()> const& fill);

  [[nodiscard]] nlmsghdr* header() { return header_; }
  [[nodiscard]] bool fits() const { return fits_; }

 private:
  alignas(nlmsghdr) std::array<char, 4096> bytes_{};
  nlmsghdr* header_;
  bool fits_ = true;
};

/// The attributes of a message that the kernel sent, by their numbers; unknown ones are passed by.
class NetlinkAttributes {
 public:
  /// Of a message whose fixed part has this size.
  NetlinkAttributes(nlmsghdr const* message, std::size_t fixed_part);

  /// Null where the message has none. The pointer lives as long as the message.
  [[nodiscard]] nlattr const* find(std::uint16_t attribute) const;
  [[nodiscard]] nlattr const* find_inside(nlattr const* outer, std::uint16_t attribute) const;

  /// The number in it, or nothing where it is absent or of another size.
  [[nodiscard]] std::optional<std::uint32_t> number(std::uint16_t attribute) const;

 private:
  nlmsghdr const* message_;
  std::size_t fixed_part_;
};

[[nodiscard]] std::optional<std::uint32_t> number_of(nlattr const* attribute);
[[nodiscard]] std::span<std::uint8_t const> bytes_of(nlattr const* attribute);
[[nodiscard]] std::string text_of(nlattr const* attribute);

/// A socket to the kernel's networking in one namespace. One thread at a time.
class Netlink {
 public:
  /// To the namespace that the calling thread is in; `bus` is the part of the kernel.
  [[nodiscard]] static Result<Netlink> open(int bus = NETLINK_ROUTE);
  /// To another one; later calls need not be made inside it.
  [[nodiscard]] static Result<Netlink> open(NetNamespace const& where, int bus = NETLINK_ROUTE);

  using Each = std::function<void(nlmsghdr const*)>;

  /// Sends it and waits for the kernel's word. Errors name `what`: Conflict for what is there
  /// already, NotFound for what is not, Unavailable otherwise.
  [[nodiscard]] Result<void> request(std::string_view what, NetlinkMessage& message);
  /// The same, and hands over each message of the answer.
  [[nodiscard]] Result<void> ask(std::string_view what, NetlinkMessage& message, Each const& each);
  /// Asks for all objects of a kind: one consistent list, read again where it changed meanwhile.
  [[nodiscard]] Result<void> dump(std::string_view what, NetlinkMessage& message, Each const& each);

 private:
  struct Close {
    void operator()(mnl_socket* socket) const { mnl_socket_close(socket); }
  };
  explicit Netlink(mnl_socket* socket) : socket_(socket) {}

  Result<void> send(std::string_view what, NetlinkMessage& message, unsigned flags);

  std::unique_ptr<mnl_socket, Close> socket_;
  std::uint32_t sequence_ = 0;
};

}  // namespace swarmward::mesh
