#include "app/doctor/host_checks.h"

#include <array>
#include <filesystem>
#include <fstream>

namespace swarmward::app {

namespace {

using api::Check;
using Status = api::Check::Status;
constexpr char const* kHere = "this host";

/// A disk this full is about to be one that is full.
constexpr unsigned kWarnPercent = 10;
constexpr unsigned kFailPercent = 2;

struct Feature {
  char const* name;
  char const* module;
  char const* symbol;  ///< Of a kernel that has it built in.
  char const* purpose;
};

constexpr std::array kFeatures{
    Feature{"nftables", "nf_tables", "nf_tables_newtable", "published ports"},
    Feature{"IPVS", "ip_vs", "ip_vs_conn_new", "balancing by IPVS, if you choose it"},
    Feature{"VXLAN", "vxlan", "vxlan_xmit", "overlay networks"}};

bool has_symbol(std::string const& root, std::string const& symbol) {
  std::ifstream symbols(root + "/proc/kallsyms");
  std::string line;
  while (std::getline(symbols, line)) {
    auto const at = line.find(symbol);
    bool const whole = at != line.npos && at > 0 && line[at - 1] == ' ' &&
                       (at + symbol.size() == line.size() || line[at + symbol.size()] == '\t');
    if (whole) {
      return true;
    }
  }
  return false;
}

bool is_loaded(std::string const& root, Feature const& feature) {
  if (std::filesystem::exists(root + "/sys/module/" + feature.module)) {
    return true;
  }
  std::ifstream modules(root + "/proc/modules");
  std::string line;
  while (std::getline(modules, line)) {
    if (line.starts_with(std::string(feature.module) + " ")) {
      return true;
    }
  }
  return has_symbol(root, feature.symbol);
}

}  // namespace

std::vector<Check> kernel_checks(std::string const& root) {
  std::vector<Check> checks;
  for (auto const& feature : kFeatures) {
    auto const name = std::string("kernel: ") + feature.name;
    if (is_loaded(root, feature)) {
      checks.push_back({name, kHere, Status::Ok, "there"});
      continue;
    }
    checks.push_back(
        {name,
         kHere,
         Status::Warn,
         std::string(feature.module) + " is not loaded; it is needed for " + feature.purpose,
         std::string("modprobe ") + feature.module +
             "; if there is no such module, install the distribution's full kernel"});
  }
  return checks;
}

std::vector<Check> listener_checks(std::vector<Listener> const& listeners) {
  std::vector<Check> checks;
  for (auto const& [host, asks] : listeners) {
    bool const tcp = host.starts_with("tcp://");
    bool const local = host.starts_with("tcp://127.") || host.starts_with("tcp://localhost") ||
                       host.starts_with("tcp://[::1]");
    if (!tcp || local || asks) {
      checks.push_back({"listener", kHere, Status::Ok, "listens on " + host});
      continue;
    }
    checks.push_back({"listener",
                      kHere,
                      Status::Warn,
                      "listens on " + host +
                          " without certificates of clients: who reaches it is root on every node",
                      "bind it to 127.0.0.1, or keep others off that port with a firewall"});
  }
  return checks;
}

Check disk_check(std::string const& what, std::string const& path) {
  std::error_code error;
  auto const space = std::filesystem::space(path, error);
  if (error || space.capacity == 0) {
    return {"disk", what, Status::Warn, path + ": " + error.message()};
  }
  return disk_check(what, path, space.available, space.capacity);
}

Check disk_check(std::string const& what,
                 std::string const& path,
                 std::uint64_t free_bytes,
                 std::uint64_t all_bytes) {
  auto const percent = free_bytes * 100 / all_bytes;
  auto const found = std::to_string(percent) + " % free (" + std::to_string(free_bytes >> 20U) +
                     " MiB) at " + path;
  if (percent >= kWarnPercent) {
    return {"disk", what, Status::Ok, found};
  }
  return {"disk",
          what,
          percent < kFailPercent ? Status::Fail : Status::Warn,
          found,
          "make room (docker system prune removes unused images), or give it a larger disk"};
}

}  // namespace swarmward::app
