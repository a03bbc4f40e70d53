#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "app/doctor/host_checks.h"

namespace swarmward::app {

namespace {

using api::Check;
using Status = api::Check::Status;

struct SwarmPort {
  unsigned port;
  char const* protocol;
  char const* purpose;
};

/// The ports that every firewall opens for swarms.
constexpr std::array kSwarmPorts{SwarmPort{2377, "tcp", "managers"},
                                 SwarmPort{7946, "tcp", "agents"},
                                 SwarmPort{4789, "udp", "overlay networks"}};

/// The states of /proc/net/tcp and /proc/net/udp that mean "bound and waiting".
constexpr std::string_view kListening = "0A";
constexpr std::string_view kUnconnected = "07";

/// The inodes of the sockets that wait on a port, by one table of /proc/net.
void add_sockets(std::string const& table, unsigned port, std::set<std::string>& inodes) {
  std::ifstream file(table);
  std::string line;
  std::getline(file, line);  // The headings.
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string number;
    std::string local;
    std::string remote;
    std::string state;
    std::string skipped;
    std::string inode;
    words >> number >> local >> remote >> state;
    for (int column = 0; column < 5; ++column) {
      words >> skipped;
    }
    words >> inode;
    auto const colon = local.find(':');
    unsigned bound = 0;
    if (colon != local.npos) {
      std::from_chars(local.data() + colon + 1, local.data() + local.size(), bound, 16);
    }
    if (bound == port && (state == kListening || state == kUnconnected)) {
      inodes.insert(inode);
    }
  }
}

/// The inodes of the sockets of a process: a number, or "self".
std::set<std::string> sockets_of(std::string const& root, std::string const& process) {
  std::set<std::string> inodes;
  std::error_code error;
  auto const folder = root + "/proc/" + process + "/fd";
  for (auto const& entry : std::filesystem::directory_iterator(folder, error)) {
    auto const target = std::filesystem::read_symlink(entry.path(), error).string();
    constexpr std::string_view kPrefix = "socket:[";
    if (target.starts_with(kPrefix)) {
      inodes.insert(target.substr(kPrefix.size(), target.size() - kPrefix.size() - 1));
    }
  }
  return inodes;
}

/// Does any process have one of these sockets?
bool anyone_has(std::string const& root, std::set<std::string> const& inodes) {
  std::error_code error;
  for (auto const& entry : std::filesystem::directory_iterator(root + "/proc", error)) {
    auto const process = entry.path().filename().string();
    if (process.find_first_not_of("0123456789") != process.npos) {
      continue;
    }
    auto const sockets = sockets_of(root, process);
    if (std::ranges::any_of(inodes, [&](auto const& inode) { return sockets.contains(inode); })) {
      return true;
    }
  }
  return false;
}

/// This process's; or, as those of overlay networks, the kernel's own.
bool are_ours(std::string const& root,
              std::string_view protocol,
              std::set<std::string> const& inodes) {
  auto const own = sockets_of(root, "self");
  return std::ranges::includes(own, inodes) || (protocol == "udp" && !anyone_has(root, inodes));
}

}  // namespace

std::vector<Check> port_checks(std::string const& root) {
  std::vector<Check> checks;
  for (auto const& [port, protocol, purpose] : kSwarmPorts) {
    std::set<std::string> inodes;
    for (auto const* family : {"", "6"}) {
      add_sockets(root + "/proc/net/" + protocol + family, port, inodes);
    }
    bool const ours = !inodes.empty() && are_ours(root, protocol, inodes);
    auto const name = std::to_string(port) + "/" + protocol;
    if (inodes.empty() || ours) {
      checks.push_back({"port", "this host", Status::Ok, name + (ours ? " is ours" : " is free")});
      continue;
    }
    checks.push_back({"port",
                      "this host",
                      Status::Warn,
                      name + ", the port for " + purpose + ", is in use by another process",
                      "find it (ss -lnp 'sport = :" + std::to_string(port) +
                          "') and stop it, before hosts join or networks are made"});
  }
  return checks;
}

}  // namespace swarmward::app
