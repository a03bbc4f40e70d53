#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mesh/inspect/observe.h"

namespace swarmward::mesh {
namespace {

namespace fs = std::filesystem;

/// The kernel's numbers of sockets, by the port they have.
using SocketsByPort = std::map<Published, std::set<std::string>>;

/// The kernel's list of sockets of one protocol. Columns: its number, local address and port in
/// hexadecimal digits, the remote one, state, ..., the socket's number as the tenth. Source:
/// proc(5).
struct SocketList {
  char const* file;
  model::Protocol protocol;
  char const* state;  ///< Of sockets that take what comes to a port.
};

constexpr std::array kSocketLists{SocketList{"tcp", model::Protocol::Tcp, "0A"},
                                  SocketList{"tcp6", model::Protocol::Tcp, "0A"},
                                  SocketList{"udp", model::Protocol::Udp, "07"},
                                  SocketList{"udp6", model::Protocol::Udp, "07"}};

/// "0100007F:0035", or by version 6 "0000000000000000FFFF00000100007F:0035": the bytes of each word
/// are turned round. Nothing where it is no address of version 4 and not all of the host's.
std::optional<Address> local_address(std::string const& column) {
  constexpr std::string_view kMapped = "0000000000000000FFFF0000";
  auto text = column.substr(0, column.rfind(':'));
  if (text.find_first_not_of('0') == std::string::npos) {
    return Address{};
  }
  if (text.starts_with(kMapped)) {
    text.erase(0, kMapped.size());
  }
  constexpr std::size_t kDigits = 8;
  if (text.size() != kDigits) {
    return std::nullopt;
  }
  return Address{ntohl(static_cast<std::uint32_t>(std::strtoul(text.c_str(), nullptr, 16)))};
}

/// Where a socket takes what comes.
struct LocalEnd {
  model::Protocol protocol;
  std::uint16_t port;
  std::optional<Address> address;  ///< 0.0.0.0: all of the host's.
};

bool takes(LocalEnd const& end, Published const& published) {
  return published.port == end.port && published.protocol == end.protocol &&
         (published.at == Address{} || end.address == Address{} || end.address == published.at);
}

void read_sockets(SocketList const& list, std::set<Published> const& wanted, SocketsByPort& found) {
  constexpr std::size_t kLocal = 1;
  constexpr std::size_t kState = 3;
  constexpr std::size_t kNumber = 9;
  std::ifstream file(fmt::format("/proc/thread-self/net/{}", list.file));
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::vector<std::string> columns;
    for (std::string word; columns.size() <= kNumber && words >> word;) {
      columns.push_back(word);
    }
    if (columns.size() <= kNumber || columns[kState] != list.state) {
      continue;
    }
    auto const& local = columns[kLocal];
    auto const port = std::strtoul(local.substr(local.rfind(':') + 1).c_str(), nullptr, 16);
    LocalEnd const end{list.protocol, static_cast<std::uint16_t>(port), local_address(local)};
    for (auto const& published : wanted) {
      if (takes(end, published)) {
        found[published].insert(columns[kNumber]);
      }
    }
  }
}

/// The kernel's numbers of the sockets that a process has open.
std::set<std::string> sockets_of(fs::path const& process) {
  std::set<std::string> sockets;
  std::error_code failure;
  for (auto const& entry : fs::directory_iterator(process / "fd", failure)) {
    auto const target = fs::read_symlink(entry.path(), failure).string();
    constexpr std::string_view kStart = "socket:[";
    if (target.starts_with(kStart)) {
      sockets.insert(target.substr(kStart.size(), target.size() - kStart.size() - 1));
    }
  }
  return sockets;
}

bool share_one(std::set<std::string> const& left, std::set<std::string> const& right) {
  return std::ranges::any_of(left, [&](std::string const& each) { return right.contains(each); });
}

/// Names the processes that have what is not ours.
void name_programs(SocketsByPort const& sockets, std::map<Published, PortHolder>& holders) {
  std::error_code failure;
  for (auto const& entry : fs::directory_iterator("/proc", failure)) {
    auto const pid = entry.path().filename().string();
    if (pid.find_first_not_of("0123456789") != std::string::npos) {
      continue;
    }
    auto const open = sockets_of(entry.path());
    for (auto& [port, holder] : holders) {
      if (!holder.ours && share_one(sockets.at(port), open)) {
        std::string name;
        std::ifstream comm(entry.path() / "comm");
        std::getline(comm, name);
        // Any byte may be in it.
        std::ranges::replace_if(
            name, [](char letter) { return letter < ' ' || letter > '~'; }, '?');
        holder.program = fmt::format("{} (pid {})", name, pid);
      }
    }
  }
}

/// Asked as a reservation would: what is local is more than the addresses of devices.
bool is_absent(Address at) {
  int const fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_addr.s_addr = htonl(at.value);
  bool const absent = fd >= 0 &&
                      bind(fd, reinterpret_cast<sockaddr const*>(&where), sizeof(where)) != 0 &&
                      errno == EADDRNOTAVAIL;
  if (fd >= 0) {
    close(fd);
  }
  return absent;
}

}  // namespace

std::set<Address> absent_addresses(NetNamespace const& host, std::set<Published> const& ports) {
  std::set<Address> asked;
  for (auto const& port : ports) {
    asked.insert(port.at);
  }
  asked.erase(Address{});
  if (!asked.empty()) {
    static_cast<void>(host.run([&]() -> Result<void> {
      std::erase_if(asked, [](Address at) { return !is_absent(at); });
      return {};
    }));
  }
  return asked;
}

std::map<Published, PortHolder> observe_ports(NetNamespace const& host,
                                              std::set<Published> const& ports) {
  SocketsByPort sockets;
  static_cast<void>(host.run([&]() -> Result<void> {
    for (auto const& list : kSocketLists) {
      read_sockets(list, ports, sockets);
    }
    return {};
  }));
  auto const own = sockets_of("/proc/self");
  std::map<Published, PortHolder> holders;
  for (auto const& [port, numbers] : sockets) {
    holders[port] = {.ours = share_one(numbers, own), .program = "another program"};
  }
  bool const all_ours =
      std::ranges::all_of(holders, [](auto const& holder) { return holder.second.ours; });
  if (!all_ours) {
    name_programs(sockets, holders);
  }
  return holders;
}

}  // namespace swarmward::mesh
