#include "app/member/worker.h"

#include <algorithm>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.h"
#include "cluster/address.h"
#include "cluster/pki/durable_file.h"

namespace swarmward::app {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kRecordLimit = 1 << 20;

std::filesystem::path record_path(std::filesystem::path const& data_root) {
  return data_root / "member.json";
}

nlohmann::json to_json(WorkerRecord const& record) {
  return {{"Node", record.node.str()},
          {"Managers", to_json(record.managers)},
          {"Listen", record.listen},
          {"Advertise", record.advertise},
          {"AgentPort", record.agent_port}};
}

std::string ip_of(std::string const& address) {
  auto host = address.substr(0, address.rfind(':'));
  return host.starts_with('[') ? host.substr(1, host.size() - 2) : host;
}

std::string port_part(std::string const& address) {
  return address.substr(address.rfind(':') + 1);
}

std::string with_port(std::string const& ip, std::string const& port) {
  return (ip.find(':') == std::string::npos ? ip : "[" + ip + "]") + ":" + port;
}

}  // namespace

Worker::Worker(asio::any_io_executor executor,
               Settings settings,
               MemberTls& tls,
               Clock const& clock,
               RandomBytes random)
    : executor_(std::move(executor)),
      settings_(std::move(settings)),
      tls_(tls),
      clock_(clock),
      random_(std::move(random)),
      clients_(executor_, tls_),
      timer_(executor_) {}

cluster::KeyFiles Worker::key_files() const {
  return cluster::KeyFiles(settings_.data_root / "certificates");
}

Result<bool> Worker::resume() {
  auto const text = cluster::read_small(record_path(settings_.data_root), kRecordLimit);
  if (!text) {
    return false;
  }
  auto const document = parse_message(*text);
  if (!document) {
    return in_context(record_path(settings_.data_root).string(), document.error());
  }
  WorkerRecord record;
  record.node = model::NodeId(text_of(*document, "Node"));
  record.managers = managers_from(document->value("Managers", nlohmann::json::array()));
  record.listen = text_of(*document, "Listen");
  record.advertise = text_of(*document, "Advertise");
  record.agent_port = port_of(*document, "AgentPort");
  auto identity = key_files().load(std::nullopt);
  if (!identity) {
    return identity.error();
  }
  if (auto used = tls_.use(std::move(*identity)); !used) {
    return used.error();
  }
  if (auto opened = open(std::move(record)); !opened) {
    return opened.error();
  }
  return true;
}

Result<void> Worker::open(WorkerRecord record) {
  if (!listener_) {
    listener_.emplace(executor_, tls_, settings_.engine, [this](std::string const& address) {
      manager_seen(address);
    });
    auto const port =
        listener_->listen(record.listen, static_cast<unsigned short>(record.agent_port));
    if (!port) {
      listener_.reset();
      return port.error();
    }
    record.agent_port = *port;
  }
  record_ = std::move(record);
  error_.clear();
  watch_renewal();
  asio::co_spawn(executor_, run(this, ++life_), asio::detached);
  return {};
}

void Worker::watch_renewal() {
  auto const& certificate = tls_.certificate();
  renewal_ = {};
  renewal_.planned = cluster::plan_renewal(certificate.not_before, certificate.not_after, random_);
  renewal_.not_after = certificate.not_after;
}

Result<void> Worker::save() const {
  auto const path = record_path(settings_.data_root);
  auto const fresh = std::filesystem::path(path.string() + ".new");
  if (auto written = cluster::write_durably(fresh, to_json(*record_).dump(2), 0600); !written) {
    return written;
  }
  std::error_code error;
  std::filesystem::rename(fresh, path, error);
  if (error) {
    return internal_error("cannot write " + path.string() + ": " + error.message());
  }
  return cluster::sync_folder(settings_.data_root);
}

asio::awaitable<Result<void>> Worker::join(wire::JoinRequest request, std::string hostname) {
  auto const addresses = cluster::choose_member_addresses(
      {request.listen_addr, request.advertise_addr, request.data_path_addr},
      cluster::interface_addresses());
  if (!addresses) {
    co_return addresses.error();
  }
  WorkerRecord record;
  record.listen = ip_of(addresses->listen);
  record.advertise = addresses->advertise;
  // The port first: a host that cannot be reached shall not join.
  listener_.emplace(executor_, tls_, settings_.engine, [this](std::string const& address) {
    manager_seen(address);
  });
  auto const port = listener_->listen(record.listen, settings_.agent_port);
  if (!port) {
    listener_.reset();
    co_return port.error();
  }
  record.agent_port = *port;
  Result<Joined> joined = unavailable("no manager was given");
  for (auto const& manager : request.remote_addrs) {
    JoinQuestion question{manager,
                          request.join_token,
                          hostname,
                          record.advertise,
                          record.agent_port,
                          request.availability};
    joined = co_await join_swarm(executor_, std::move(question), &clock_);
    if (joined || joined.error().code != ErrorCode::Unavailable) {
      break;
    }
  }
  if (!joined) {
    listener_.reset();
    co_return joined.error();
  }
  record.node = joined->node;
  record.managers = joined->managers;
  auto stored = key_files().store(joined->identity, std::nullopt, random_);
  if (stored) {
    stored = tls_.use(std::move(joined->identity));
  }
  if (stored) {
    record_ = record;
    stored = save();
  }
  if (!stored) {
    listener_.reset();
    record_.reset();
    tls_.clear();
    co_return stored.error();
  }
  // Whoever reads the list of nodes next finds this one at home.
  co_await beat_anyone();
  auto opened = open(std::move(record));
  room_log("cluster")->info("swarm.joined node={}", joined->node.view());
  co_return opened;
}

asio::awaitable<void> Worker::run(Worker* self, unsigned life) {
  while (self->life_ == life) {
    auto const heard = co_await self->beat_anyone();
    if (self->life_ != life) {
      break;
    }
    auto const due = cluster::next_renewal(self->renewal_, self->clock_.now());
    if (due <= self->clock_.now()) {
      co_await self->renew();
    }
    if (self->life_ != life) {
      break;
    }
    static_cast<void>(heard);
    self->timer_.expires_after(self->period_);
    co_await self->timer_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

asio::awaitable<Result<void>> Worker::beat(std::string address) {
  auto const roots = std::to_string(std::hash<std::string>{}(tls_.identity().roots));
  nlohmann::json body{
      {"AgentPort", record_->agent_port}, {"AdvertiseAddr", record_->advertise}, {"Roots", roots}};
  auto const life = life_;
  auto const answer =
      co_await clients_.ask(std::move(address), "/member/heartbeat", std::move(body));
  if (!answer) {
    co_return answer.error();
  }
  if (life == life_ && record_) {
    take_answer(*answer);
  }
  co_return Result<void>{};
}

/// The managers that are known, then the addresses they were seen at since.
asio::awaitable<bool> Worker::beat_anyone() {
  std::vector<std::string> addresses;
  for (auto const& manager : record_->managers) {
    addresses.push_back(manager.address);
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
  auto const period = answer.value("PeriodMs", 500);
  period_ = std::chrono::milliseconds(std::clamp(period, 50, 60000));
  seen_address_ = text_of(answer, "Addr");
  auto managers = managers_from(answer.value("Managers", nlohmann::json::array()));
  if (!managers.empty() && managers != record_->managers) {
    record_->managers = std::move(managers);
    if (auto saved = save(); !saved) {
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

asio::awaitable<void> Worker::renew() {
  auto const life = life_;
  auto key = cluster::make_key();
  auto const request = key ? cluster::make_request(*key) : key;
  Result<nlohmann::json> answer = unavailable("no manager is known");
  if (request) {
    for (auto const& manager : std::vector(record_->managers)) {
      nlohmann::json body{{"Request", *request}};
      answer = co_await clients_.ask(manager.address, "/member/renew", std::move(body));
      if (answer || life != life_) {
        break;
      }
    }
  }
  if (life != life_) {
    co_return;
  }
  Result<void> done = answer ? Result<void>{} : Result<void>(answer.error());
  if (answer) {
    cluster::MemberIdentity identity{
        text_of(*answer, "Certificate"), *key, text_of(*answer, "Roots")};
    done = key_files().store(identity, std::nullopt, random_);
    if (done) {
      done = tls_.use(std::move(identity));
    }
  }
  if (!done) {
    ++renewal_.failures;
    renewal_.last_failure = clock_.now();
    room_log("cluster")->warn("certificate.not_renewed reason=\"{}\"", done.error().message);
    co_return;
  }
  room_log("cluster")->info("certificate.renewed");
  clients_.reset();
  watch_renewal();
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

asio::awaitable<void> Worker::leave() {
  ++life_;
  timer_.cancel();
  co_await say_goodbye("leave");
  listener_.reset();
  record_.reset();
  clients_.reset();
  tls_.clear();
  error_.clear();
  seen_address_.clear();
  std::error_code ignored;
  std::filesystem::remove(record_path(settings_.data_root), ignored);
  if (auto removed = key_files().remove(); !removed) {
    room_log("cluster")->error("certificates.not_removed reason=\"{}\"", removed.error().message);
  }
  room_log("cluster")->info("swarm.left");
}

asio::awaitable<void> Worker::stop() {
  if (record_) {
    ++life_;
    timer_.cancel();
    co_await say_goodbye("stop");
  }
  listener_.reset();
}

std::shared_ptr<api::WorkerView const> Worker::view() const {
  if (!record_) {
    return nullptr;
  }
  auto view = std::make_shared<api::WorkerView>();
  view->node = record_->node;
  view->address = record_->advertise.empty() ? seen_address_ : record_->advertise;
  view->error = error_;
  for (auto const& manager : record_->managers) {
    view->managers.push_back({manager.node, manager.address});
  }
  return view;
}

}  // namespace swarmward::app
