#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/address.hpp>

namespace swarmward::mesh::dns {

/// Source: the C library's MAXNS.
inline constexpr std::size_t kMaxNameservers = 3;

/// The servers of this host that its containers can ask too: those that are not its own. From
/// /etc/resolv.conf, read at each call.
[[nodiscard]] std::vector<std::string> shared_nameservers();

/// The addresses of `nameserver` lines, at most three, as the C library takes them
/// (resolv.conf(5)). What is no address is left out.
[[nodiscard]] std::vector<boost::asio::ip::address> parse_nameservers(std::string_view text);

/// The servers that a resolv.conf names; read again when the file has changed. One thread at a
/// time.
class Upstreams {
 public:
  explicit Upstreams(std::filesystem::path path) : path_(std::move(path)) {}

  /// Empty if the file is missing or names none. Looks at the file's state each time.
  [[nodiscard]] std::vector<boost::asio::ip::address> const& servers();

 private:
  /// What tells one state of the file from another.
  struct Stamp {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t changed_ns = 0;
    bool operator==(Stamp const&) const = default;
  };

  [[nodiscard]] std::optional<Stamp> stamp() const;

  std::filesystem::path path_;
  std::optional<Stamp> read_;
  std::vector<boost::asio::ip::address> servers_;
};

}  // namespace swarmward::mesh::dns
