#include <algorithm>

#include "base/net/engine_address.h"
#include "base/net/ssh_dialer.h"

namespace swarmward::net {

namespace {

constexpr std::string_view kSsh = "ssh://";

/// Settings of ssh may hand these on to a shell, so nothing that means something there.
bool is_plain(std::string_view text, std::string_view more) {
  return !text.empty() && !text.starts_with('-') && std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           more.find(c) != std::string_view::npos;
  });
}

}  // namespace

Result<SshTarget> parse_ssh_address(std::string_view text) {
  if (!text.starts_with(kSsh)) {
    return malformed_address(text, "must start with ssh://");
  }
  SshTarget target;
  auto place = text.substr(kSsh.size());
  if (auto const at = place.find('@'); at != std::string_view::npos) {
    target.user = place.substr(0, at);
    place.remove_prefix(at + 1);
    if (!is_plain(target.user, "._-")) {
      return malformed_address(text, "that is no name of a user");
    }
  }
  auto const colon = place.rfind(':');
  bool const bracketed = place.starts_with('[');
  if (colon != std::string_view::npos && (!bracketed || place[colon - 1] == ']')) {
    // The rules for ports and brackets are those of tcp://.
    auto const parsed = parse_engine_address("tcp://" + std::string(place));
    if (!parsed) {
      return malformed_address(text, "what follows the last \":\" is no port");
    }
    target.host = parsed->host;
    target.port = parsed->port;
  } else {
    target.host = bracketed && place.ends_with(']') ? place.substr(1, place.size() - 2) : place;
  }
  if (!is_plain(target.host, bracketed ? ".-:" : "._-")) {
    return malformed_address(text, "must name a host, and nothing after it but a port");
  }
  return target;
}

std::vector<std::string> ssh_arguments(SshTarget const& target, std::chrono::seconds timeout) {
  std::vector<std::string> all{"ssh", "-T"};
  auto const set = [&](std::string const& option) {
    all.emplace_back("-o");
    all.push_back(option);
  };
  set("BatchMode=yes");
  set("StrictHostKeyChecking=yes");
  set("ConnectTimeout=" + std::to_string(std::max<long long>(1, timeout.count())));
  // A host that is gone is noticed, by the shared login too.
  set("ServerAliveInterval=5");
  set("ServerAliveCountMax=2");
  if (!target.known_hosts.empty()) {
    set("UserKnownHostsFile=\"" + target.known_hosts + "\" ~/.ssh/known_hosts");
  }
  if (!target.control_path.empty()) {
    set("ControlMaster=auto");
    set("ControlPath=\"" + target.control_path + "\"");
    set("ControlPersist=60");
  }
  if (!target.identity_file.empty()) {
    set("IdentitiesOnly=yes");
    all.insert(all.end(), {"-i", target.identity_file});
  }
  if (!target.port.empty()) {
    all.insert(all.end(), {"-p", target.port});
  }
  if (!target.user.empty()) {
    all.insert(all.end(), {"-l", target.user});
  }
  all.insert(all.end(), {"--", target.host, "docker", "system", "dial-stdio"});
  return all;
}

}  // namespace swarmward::net
