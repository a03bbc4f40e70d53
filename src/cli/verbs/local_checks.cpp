#include "cli/verbs/local_checks.h"

#include <cstdlib>

#include "base/version.h"
#include "cli/verbs/format.h"

namespace swarmward::cli {

namespace {

/// Closer than this nobody minds.
constexpr std::chrono::seconds kClockWarn{2};

/// Around a question to the daemon, by the local clock.
struct Moments {
  Time asked;
  Time answered;
};

nlohmann::json finding(std::string const& check,
                       std::string const& status,
                       std::string const& detail,
                       std::string const& cure = {}) {
  nlohmann::json found;
  found["Check"] = check;
  found["Subject"] = "this client";
  found["Status"] = status;
  found["Detail"] = detail;
  found["Cure"] = cure;
  return found;
}

nlohmann::json check_version(nlohmann::json const& server) {
  auto const theirs = text_at(server, "Version");
  if (theirs == kVersion) {
    return finding("versions", "ok", "docker-ward and swarmward are " + theirs);
  }
  return finding("versions",
                 "warn",
                 "docker-ward is " + std::string(kVersion) + ", swarmward is " + theirs,
                 "install the docker-ward that was built with the daemon");
}

nlohmann::json check_clock(nlohmann::json const& server, Moments const& moments) {
  auto const theirs = parse_time(text_at(server, "Time"));
  if (!theirs) {
    return finding("clock",
                   "warn",
                   "the daemon does not say what time it is",
                   "install the swarmward that was built with docker-ward");
  }
  // It looked at its clock at some time between question and answer.
  auto const apart = *theirs < moments.asked      ? moments.asked - *theirs
                     : *theirs > moments.answered ? moments.answered - *theirs
                                                  : Duration::zero();
  auto const seconds = std::chrono::round<std::chrono::seconds>(apart).count();
  if (std::chrono::seconds(std::abs(seconds)) < kClockWarn) {
    return finding("clock", "ok", "agrees with the daemon's");
  }
  return finding("clock",
                 "warn",
                 "this host's clock is " + std::to_string(std::abs(seconds)) + " s " +
                     (seconds < 0 ? "behind" : "ahead of") + " the daemon's",
                 "let a time service (chrony, systemd-timesyncd) set both clocks");
}

}  // namespace

nlohmann::json check_daemon(Requests& daemon, Clock const& clock) {
  auto found = nlohmann::json::array();
  auto const where = daemon.where();
  auto const asked = clock.now();
  auto const answer = daemon.send("GET", "/ward/version", {});
  auto const answered = clock.now();
  if (!answer) {
    found.push_back(finding("daemon",
                            "fail",
                            answer.error().message,
                            "start swarmward, or name its address with -H or a context"));
    return found;
  }
  auto const server = nlohmann::json::parse(answer->body, nullptr, false);
  if (answer->status != 200 || text_at(server, "Version").empty()) {
    found.push_back(finding("daemon",
                            "fail",
                            (where ? *where : "the daemon") + " is not swarmward",
                            "export DOCKER_HOST=unix:///run/swarmward/docker.sock"));
    return found;
  }
  found.push_back(finding("daemon", "ok", "swarmward answers at " + (where ? *where : "")));
  found.push_back(check_version(server));
  found.push_back(check_clock(server, {asked, answered}));
  return found;
}

}  // namespace swarmward::cli
