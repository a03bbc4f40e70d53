// What a worker and its managers tell each other as long as it lives.

#include <algorithm>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "app/member/worker/worker.h"
#include "base/log.h"
#include "base/net/host_text.h"
#include "mesh/dns/upstreams.h"

namespace swarmward::app {

namespace asio = boost::asio;

namespace {

std::string port_part(std::string const& address) {
  return address.substr(address.rfind(':') + 1);
}

std::string with_port(std::string const& ip, std::string const& port) {
  return net::in_brackets(ip) + ":" + port;
}

}  // namespace

asio::awaitable<void> Worker::run(Worker* self, unsigned life) {
  while (self->life_ == life) {
    auto const heard = co_await self->beat_anyone();
    if (self->life_ != life) {
      break;
    }
    auto const due = cluster::next_renewal(self->renewal_, self->clock_.now());
    if (due <= self->clock_.now() && !self->renewing_) {
      self->start_renewal();
    }
    static_cast<void>(heard);
    self->timer_.expires_after(self->period_);
    co_await self->timer_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

asio::awaitable<Result<void>> Worker::beat(std::string address) {
  auto const roots = std::to_string(std::hash<std::string>{}(tls_.identity().roots));
  nlohmann::json body{{"AgentPort", record_->agent_port},
                      {"AdvertiseAddr", record_->advertise},
                      {"DataPathAddr", record_->data_path},
                      {"Resolvers", mesh::dns::shared_nameservers()},
                      {"Roots", roots},
                      {"CanEncrypt", settings_.networks->can_encrypt()}};
  auto const life = life_;
  auto const answer = co_await clients_.ask(address, "/member/heartbeat", std::move(body));
  if (!answer) {
    co_return answer.error();
  }
  if (life == life_ && record_) {
    take_answer(*answer);
    take_questions(address, *answer);
  }
  co_return Result<void>{};
}

/// Where a manager answered last, the managers that are known, then the addresses they were seen at
/// since.
asio::awaitable<bool> Worker::beat_anyone() {
  std::vector<std::string> addresses;
  if (!answered_at_.empty()) {
    addresses.push_back(answered_at_);
  }
  for (auto const& manager : record_->managers) {
    if (manager.address != answered_at_) {
      addresses.push_back(manager.address);
    }
  }
  for (auto const& manager : record_->managers) {
    for (auto const& ip : seen_) {
      auto const other = with_port(ip, port_part(manager.address));
      if (std::ranges::find(addresses, other) == addresses.end()) {
        addresses.push_back(other);
      }
    }
  }
  auto const life = life_;
  std::string reason = "no manager is known";
  for (auto const& address : addresses) {
    auto const heard = co_await beat(address);
    if (life != life_ || !record_) {
      co_return false;
    }
    if (heard) {
      error_.clear();
      answered_at_ = address;
      co_return true;
    }
    reason = heard.error().message;
    bool const refused = heard.error().code == ErrorCode::Forbidden;
    if (refused || heard.error().code == ErrorCode::Unauthorized) {
      error_ = reason;
    }
  }
  room_log("cluster")->debug("manager.not_heard reason=\"{}\"", reason);
  co_return false;
}

void Worker::take_answer(nlohmann::json const& answer) {
  auto const period = answer.find("PeriodMs");
  bool const told = period != answer.end() && period->is_number_integer();
  period_ = std::chrono::milliseconds(
      std::clamp<std::int64_t>(told ? period->get<std::int64_t>() : 500, 50, 60000));
  seen_address_ = text_of(answer, "Addr");
  auto managers = managers_from(answer.value("Managers", nlohmann::json::array()));
  if (!managers.empty() && managers != record_->managers) {
    record_->managers = std::move(managers);
    if (auto saved = file_.save(*record_); !saved) {
      room_log("cluster")->error("member.not_saved reason=\"{}\"", saved.error().message);
    }
  }
  if (auto const roots = text_of(answer, "Roots"); !roots.empty()) {
    auto identity = tls_.identity();
    identity.roots = roots;
    auto stored = tls_.trust(roots);
    if (stored) {
      stored = key_files().store(identity, std::nullopt, random_);
    }
    if (!stored) {
      room_log("cluster")->error("roots.not_stored reason=\"{}\"", stored.error().message);
    }
  }
  if (answer.value("Renew", false)) {
    renewal_.told = true;
  }
}

void Worker::manager_seen(std::string const& address) {
  constexpr std::size_t kRemembered = 16;
  if (seen_.size() >= kRemembered) {
    seen_.clear();
  }
  seen_.insert(address);
}

asio::awaitable<void> Worker::say_goodbye(char const* reason) {
  auto const managers = record_->managers;
  for (auto const& manager : managers) {
    nlohmann::json body{{"Reason", reason}};
    auto const told = co_await clients_.ask(manager.address, "/member/goodbye", std::move(body));
    if (told) {
      break;
    }
  }
}

}  // namespace swarmward::app
