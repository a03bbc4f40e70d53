#include "mesh/dns/upstreams.h"

#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "base/log.h"

namespace swarmward::mesh::dns {

namespace asio = boost::asio;

std::vector<asio::ip::address> parse_nameservers(std::string_view text) {
  std::vector<asio::ip::address> servers;
  std::istringstream lines{std::string(text)};
  for (std::string line; servers.size() < kMaxNameservers && std::getline(lines, line);) {
    std::istringstream words(line);
    std::string keyword;
    std::string value;
    if (!(words >> keyword >> value) || keyword != "nameserver") {
      continue;
    }
    boost::system::error_code error;
    auto const address = asio::ip::make_address(value, error);
    if (!error) {
      servers.push_back(address);
    }
  }
  return servers;
}

std::vector<asio::ip::address> parse_engine_dns(std::string_view text) {
  std::vector<asio::ip::address> servers;
  auto const document = nlohmann::json::parse(text, nullptr, false);
  auto const named = document.is_object() ? document.find("dns") : document.end();
  if (!document.is_object() || named == document.end() || !named->is_array()) {
    return servers;
  }
  for (auto const& entry : *named) {
    boost::system::error_code error;
    auto const address =
        asio::ip::make_address(entry.is_string() ? entry.get<std::string>() : "", error);
    if (!error && servers.size() < kMaxNameservers) {
      servers.push_back(address);
    }
  }
  return servers;
}

std::vector<std::string> shared_nameservers() {
  std::vector<std::string> shared;
  for (auto const& server : Upstreams(kResolvConf, kEngineConfig).servers()) {
    bool const scoped = server.is_v6() && server.to_v6().is_link_local();
    if (!server.is_loopback() && !server.is_unspecified() && !scoped) {
      shared.push_back(server.to_string());
    }
  }
  return shared;
}

std::optional<ServerFile::Stamp> ServerFile::stamp() const {
  struct stat info {};
  if (::stat(path_.c_str(), &info) != 0) {
    return std::nullopt;
  }
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  return Stamp{info.st_dev,
               info.st_ino,
               info.st_size,
               info.st_mtim.tv_sec * kNanoseconds + info.st_mtim.tv_nsec};
}

std::vector<asio::ip::address> const& ServerFile::servers() {
  auto const now = stamp();
  if (now && now == read_) {
    return servers_;
  }
  bool const first = !read_;
  // Taken before the content: what changes in between is read again the next time.
  read_ = now;
  std::ifstream file(path_);
  std::ostringstream text;
  text << file.rdbuf();
  auto servers = parse_(text.str());
  if (servers != servers_ || (first && now)) {
    servers_ = std::move(servers);
    room_log("mesh")->info("dns.upstreams file={} servers={}", path_.string(), servers_.size());
  }
  return servers_;
}

}  // namespace swarmward::mesh::dns
