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

inline constexpr char const* kResolvConf = "/etc/resolv.conf";
/// Where the engine is told which servers its containers shall ask, if not the host's.
inline constexpr char const* kEngineConfig = "/etc/docker/daemon.json";

/// The servers for containers of this host that those can ask themselves: not the host's own. Of
/// the engine's configuration, else of /etc/resolv.conf; read at each call.
[[nodiscard]] std::vector<std::string> shared_nameservers();

/// The addresses of `nameserver` lines, at most three, as the C library takes them
/// (resolv.conf(5)). What is no address is left out.
[[nodiscard]] std::vector<boost::asio::ip::address> parse_nameservers(std::string_view text);
/// The same of the member "dns" of an engine's configuration; none if it is no JSON.
[[nodiscard]] std::vector<boost::asio::ip::address> parse_engine_dns(std::string_view text);

/// Servers that a file names; read again when it has changed. One thread at a time.
class ServerFile {
 public:
  using Parse = std::vector<boost::asio::ip::address> (*)(std::string_view);
  ServerFile(std::filesystem::path path, Parse parse) : path_(std::move(path)), parse_(parse) {}

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
  Parse parse_;
  std::optional<Stamp> read_;
  std::vector<boost::asio::ip::address> servers_;
};

/// The servers that are asked for names which no network knows: those of the engine's
/// configuration, else those of the host. One thread at a time.
class Upstreams {
 public:
  Upstreams(std::filesystem::path resolv_conf, std::filesystem::path engine_config)
      : host_(std::move(resolv_conf), &parse_nameservers),
        engine_(std::move(engine_config), &parse_engine_dns) {}

  [[nodiscard]] std::vector<boost::asio::ip::address> const& servers() {
    auto const& own = engine_.servers();
    return own.empty() ? host_.servers() : own;
  }

 private:
  ServerFile host_;
  ServerFile engine_;
};

}  // namespace swarmward::mesh::dns
