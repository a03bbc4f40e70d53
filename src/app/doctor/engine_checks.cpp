#include "app/doctor/engine_checks.h"

#include <array>
#include <cmath>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "api/server/http_message.h"
#include "wire/body.h"

namespace swarmward::app {

namespace {

using api::Check;
using nlohmann::json;
using Status = api::Check::Status;

/// Time stamps of events and logs of several hosts are merged: they should agree to this.
constexpr std::chrono::milliseconds kClockWarn{1000};
/// Beyond this certificates and restart delays go wrong, too.
constexpr std::chrono::milliseconds kClockFail{30'000};
/// The oldest engine that is tested: 20.10.
constexpr api::ApiVersion kTested{1, 41};

std::string text_at(json const& document, char const* key) {
  auto const found = document.find(key);
  return found != document.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

bool flag_at(json const& document, char const* key) {
  auto const found = document.find(key);
  return found != document.end() && found->is_boolean() && found->get<bool>();
}

json document_of(EngineAnswers const& answers) {
  auto document =
      answers.info ? wire::parse_body(*answers.info) : Result<json>(answers.info.error());
  return document && document->is_object() ? *document : json::object();
}

Check check_version(EngineAnswers const& answers, json const& info) {
  auto const found = "dockerd " + text_at(info, "ServerVersion") + ", API " + answers.api_version;
  auto const version = api::parse_api_version(answers.api_version);
  if (!version || *version < kTested) {
    return {"engine",
            answers.node,
            Status::Warn,
            found + ", older than any that is tested",
            "update dockerd there to 20.10 or newer"};
  }
  return {"engine", answers.node, Status::Ok, found};
}

Check check_swarm(EngineAnswers const& answers, json const& info) {
  auto const swarm = info.find("Swarm");
  auto const state =
      swarm != info.end() && swarm->is_object() ? text_at(*swarm, "LocalNodeState") : std::string{};
  if (state.empty() || state == "inactive") {
    return {"native swarm", answers.node, Status::Ok, "inactive"};
  }
  return {"native swarm",
          answers.node,
          Status::Fail,
          "the engine's own swarm mode is " + state + "; two of them cannot share one engine",
          "leave it: docker -H " + answers.address + " swarm leave --force"};
}

Check check_live_restore(EngineAnswers const& answers, json const& info) {
  if (flag_at(info, "LiveRestoreEnabled")) {
    return {"live-restore", answers.node, Status::Ok, "on"};
  }
  return {"live-restore",
          answers.node,
          Status::Warn,
          "off: a restart of dockerd stops the containers there",
          "put \"live-restore\": true into /etc/docker/daemon.json, then systemctl reload docker"};
}

std::string seconds_text(Duration duration) {
  std::array<char, 32> text{};
  auto const seconds = std::chrono::duration<double>(duration).count();
  std::snprintf(text.data(), text.size(), "%.1f s", std::abs(seconds));
  return text.data();
}

Check check_clock(EngineAnswers const& answers, json const& info) {
  auto const theirs = parse_time(text_at(info, "SystemTime"));
  if (!theirs) {
    return {"clock", answers.node, Status::Warn, "the engine does not say what time it is"};
  }
  // It looked at its clock at some time between question and answer.
  auto apart = Duration::zero();
  if (*theirs < answers.asked) {
    apart = *theirs - answers.asked;
  } else if (*theirs > answers.answered) {
    apart = *theirs - answers.answered;
  }
  auto const by = apart < Duration::zero() ? -apart : apart;
  if (by < kClockWarn) {
    return {"clock", answers.node, Status::Ok, "agrees with this host's"};
  }
  return {"clock",
          answers.node,
          by < kClockFail ? Status::Warn : Status::Fail,
          seconds_text(by) + (apart < Duration::zero() ? " behind" : " ahead of") +
              " this host's: times in logs, events and restart delays are off by as much",
          "let a time service (chrony, systemd-timesyncd) set the clocks of both hosts"};
}

}  // namespace

std::vector<Check> engine_checks(EngineAnswers const& answers) {
  if (!answers.info) {
    return {
        {"engine",
         answers.node,
         Status::Fail,
         (answers.address.empty() ? "it has no engine here" : "no answer from " + answers.address) +
             ": " + answers.info.error().message,
         answers.address.empty()
             ? "list the engine again (--engine " + answers.node +
                   "=URL), or remove the node: docker node rm " + answers.node
             : "start dockerd there, and see that this host can reach that address"}};
  }
  auto const info = document_of(answers);
  return {check_version(answers, info),
          check_swarm(answers, info),
          check_live_restore(answers, info),
          check_clock(answers, info)};
}

std::string data_root_of(EngineAnswers const& answers) {
  return text_at(document_of(answers), "DockerRootDir");
}

}  // namespace swarmward::app
