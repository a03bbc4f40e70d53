#include "app/agent/agent_container.h"

#include <nlohmann/json.hpp>

#include "app/agent/agent_image.h"
#include "app/files/task_file_places.h"
#include "app/member/member_documents.h"

namespace swarmward::app {

namespace {

using nlohmann::json;

constexpr char const* kEngineFolder = "/engine";
constexpr std::size_t kFrameHead = 8;

/// What a container wrote, its heads left out. What is no frame ends it.
std::string text_of_frames(std::string_view log) {
  std::string text;
  while (log.size() >= kFrameHead) {
    std::size_t size = 0;
    for (std::size_t n = 4; n < kFrameHead; ++n) {
      size = size << 8U | static_cast<unsigned char>(log[n]);
    }
    text += log.substr(kFrameHead, size);
    log.remove_prefix(std::min(log.size(), kFrameHead + size));
  }
  return text;
}

json mounts(std::string const& socket) {
  json data;
  data["Type"] = "volume";
  data["Source"] = kAgentName;
  data["Target"] = kAgentData;
  // The folder, not the socket: an engine that is restarted makes a new one. Without what is
  // mounted below it, which must not be kept busy.
  json engine;
  engine["Type"] = "bind";
  engine["Source"] = socket.rfind('/') == 0 ? "/" : socket.substr(0, socket.rfind('/'));
  engine["Target"] = kEngineFolder;
  engine["ReadOnly"] = true;
  engine["BindOptions"] = {{"Propagation", "rprivate"}, {"NonRecursive", true}};
  return json::array({std::move(data), std::move(engine)});
}

json host_config(std::string const& socket) {
  json host;
  // The host's own addresses: managers come to its port, and networks are those of the host.
  host["NetworkMode"] = "host";
  host["UsernsMode"] = "host";  // What the host's network demands where users are remapped.
  host["RestartPolicy"] = {{"Name", "always"}};
  // Who has the engine's socket is root on that host anyway: these bound mistakes, not attacks.
  // NET_ADMIN and SYS_ADMIN are what programming nftables and network namespaces takes; not
  // privileged, since no device and no other kernel interface is needed.
  host["CapAdd"] = json::array({"NET_ADMIN", "SYS_ADMIN"});
  // SELinux and AppArmor would keep it from the engine's socket and from mounting namespaces.
  host["SecurityOpt"] = json::array({"label=disable", "apparmor=unconfined"});
  // One that can be read, whatever the engine's default is, and bounded.
  host["LogConfig"] = {{"Type", "json-file"}, {"Config", {{"max-size", "5m"}, {"max-file", "2"}}}};
  host["Mounts"] = mounts(socket);
  // What it lays down there is mounted into the containers of tasks, by that host's engine. Not one
  // of the mounts above: only this form has the engine make the folder.
  host["Binds"] = json::array({std::string(kTaskFileRoot) + ":" + kTaskFileRoot});
  return host;
}

}  // namespace

json agent_container(AgentPlace const& place, std::string const& image) {
  auto const socket_name = place.socket.substr(place.socket.rfind('/'));
  auto const join_file = std::string(kAgentData) + "/" + kJoinFileName;
  json body;
  body["Image"] = image;
  body["Cmd"] = json::array({"--data-root",
                             kAgentData,
                             "--engine",
                             std::string("unix://") + kEngineFolder + socket_name,
                             "--join-file",
                             join_file});
  body["Env"] = json::array({std::string(kMountsUnseen) + "=1"});
  body["Labels"] = {{kAgentLabel, place.swarm}, {kAgentNodeLabel, place.node}};
  body["HostConfig"] = host_config(place.socket);
  return body;
}

json agent_join_file(std::string const& name,
                     std::string const& manager,
                     std::string const& token) {
  json file;
  file["Hostname"] = name;
  file["RemoteAddrs"] = json::array({manager});
  file["JoinToken"] = token;
  // The port is a manager's and not used; the address is where the agent listens.
  file["ListenAddr"] = manager.starts_with('[') ? "[::]:2377" : "0.0.0.0:2377";
  return file;
}

std::string own_architecture() {
#if defined(__x86_64__)
  return "amd64";
#elif defined(__aarch64__)
  return "arm64";
#elif defined(__riscv) && __riscv_xlen == 64
  return "riscv64";
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
  return "ppc64le";
#elif defined(__s390x__)
  return "s390x";
#elif defined(__i386__)
  return "386";
#elif defined(__arm__)
  return "arm";
#else
  return {};
#endif
}

Result<void> check_platform(json const& version, std::string const& architecture) {
  auto const system = text_of(version, "Os");
  auto const theirs = text_of(version, "Arch");
  if (system == "linux" && theirs == architecture && !theirs.empty()) {
    return {};
  }
  return conflict("that host is " + (system.empty() ? "of an unknown system" : system) + "/" +
                  (theirs.empty() ? "unknown" : theirs) + ", this manager linux/" + architecture +
                  ": the agent, which is this manager's own program, cannot run there. Adopt it "
                  "without --with-agent, or install swarmward there and join it");
}

std::string last_words(std::string_view log) {
  constexpr std::string_view kReason = "reason=\"";
  auto const text = text_of_frames(log);
  auto const found = text.rfind(kReason);
  if (found != std::string::npos) {
    auto const from = found + kReason.size();
    // A reason may have quotes of its own: what ends it is the last one of its line.
    auto const line_end = std::min(text.find('\n', from), text.size());
    auto const to = text.rfind('"', line_end - 1);
    return text.substr(from, to > from ? to - from : line_end - from);
  }
  auto const end = text.find_last_not_of("\r\n");
  if (end == std::string::npos) {
    return {};
  }
  auto const before = text.rfind('\n', end);
  auto const begin = before == std::string::npos ? 0 : before + 1;
  return text.substr(begin, end + 1 - begin);
}

}  // namespace swarmward::app
