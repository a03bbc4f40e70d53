#include "app/daemon.h"

#include <thread>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <unistd.h>

#include "api/events/event_log.h"
#include "api/passthrough/container_index.h"
#include "api/router.h"
#include "api/server/http_server.h"
#include "app/adoption.h"
#include "app/host_files.h"
#include "app/membership.h"
#include "app/service_manager.h"
#include "app/store_codec.h"
#include "app/ward_service.h"
#include "backends/docker/docker_engine.h"
#include "base/log.h"
#include "scheduler/loop/loop_driver.h"
#include "state/sqlite/sqlite_persistence.h"

namespace swarmward::app {

namespace {

constexpr std::chrono::seconds kFactsRefresh{20};
/// Sessions get so long to end by themselves when the daemon stops.
constexpr std::chrono::milliseconds kDrain{1000};

std::string ip_of(std::string const& address) {
  auto const parsed = net::parse_engine_address(address);
  return parsed && !parsed->is_unix() ? parsed->host : std::string{};
}

}  // namespace

class Daemon::Impl {
 public:
  explicit Impl(Options options) : options_(std::move(options)) {}

  ~Impl() {
    // The strand's thread first: nothing may be posted to parts that are going.
    state_guard_.reset();
    state_context_.stop();
    if (state_thread_.joinable()) {
      state_thread_.join();
    }
  }

  Result<void> start() {
    auto locked = lock_data_root(options_.data_root);
    if (!locked) {
      return locked.error();
    }
    lock_ = std::move(*locked);
    if (auto made = make_engines(); !made) {
      return made;
    }
    if (auto asked = ask_local_engine(); !asked) {
      return asked;
    }
    if (auto opened = open_state(); !opened) {
      return opened;
    }
    if (auto listening = listen(); !listening) {
      return listening;
    }
    return options_.pidfile.empty() ? Result<void>{} : write_pidfile(options_.pidfile);
  }

  void run() {
    asio::signal_set signals(io_, SIGTERM, SIGINT);
    signals.async_wait([this](boost::system::error_code const&, int) { begin_stop(); });
    room_log("app")->info("daemon.ready version={} engine={} engine_version={}",
                          kVersion,
                          options_.local_engine,
                          facts_.server_version);
    service_manager_.ready();
    io_.run();
    if (!options_.pidfile.empty()) {
      ::unlink(options_.pidfile.c_str());
    }
    room_log("app")->info("daemon.stopped");
  }

 private:
  Result<void> make_engines() {
    auto const add = [this](std::string const& name, std::string const& url) -> Result<void> {
      if (auto listed = engines_.list(name, url); !listed) {
        return in_context("--engine " + name + "=" + url, listed.error());
      }
      entries_.push_back({name, ip_of(url)});
      return {};
    };
    auto result = add(std::string(cluster::kLocalEngine), options_.local_engine);
    for (auto const& listed : options_.engines) {
      if (result) {
        result = add(listed.name, listed.address);
      }
    }
    return result;
  }

  /// Runs the io thread until one question is answered: only while starting.
  Result<void> ask_local_engine() {
    std::optional<Result<void>> outcome;
    auto const done = [&](std::exception_ptr const& bug, Result<void> result) {
      if (bug) {
        std::rethrow_exception(bug);
      }
      outcome = std::move(result);
    };
    asio::co_spawn(io_, refresh_facts(), done);
    while (!outcome && io_.run_one() > 0) {
    }
    if (!outcome || !*outcome) {
      auto const reason = outcome ? outcome->error().message : std::string("no answer");
      return unavailable("cannot reach the engine at " + options_.local_engine + ": " + reason +
                         ". Start dockerd, or name another one with --engine URL");
    }
    return {};
  }

  asio::awaitable<Result<void>> refresh_facts() {
    auto const engine = engines_.local().engine;
    auto const info = co_await engine->info();
    if (!info) {
      co_return info.error();
    }
    facts_.version = api::parse_api_version(info->api_version).value_or(facts_.version);
    facts_.server_version = info->description.engine_version;
    co_return Result<void>{};
  }

  asio::awaitable<void> keep_facts_fresh() {
    for (;;) {
      refresh_timer_.expires_after(kFactsRefresh);
      co_await refresh_timer_.async_wait(asio::as_tuple(asio::use_awaitable));
      if (stopping_) {
        co_return;
      }
      // An engine that does not answer keeps its last facts.
      auto const refreshed = co_await refresh_facts();
      static_cast<void>(refreshed);
    }
  }

  Result<void> open_state() {
    auto disk = state::SqlitePersistence::open(options_.data_root + "/state.db");
    if (!disk) {
      return disk.error();
    }
    store_.emplace(state_context_.get_executor(), std::move(*disk), stored_codec(), clock_);
    loop_.emplace(*store_, clock_, random_);
    driver_.emplace(*store_, *loop_, clock_);
    liveness_.emplace(*store_, clock_);
    reporter_.emplace(io_.get_executor(), *store_);
    runners_.emplace(
        io_.get_executor(), engines_, *reporter_, *liveness_, clock_, options_.label_policy);
    manager_.emplace(
        io_.get_executor(), *store_, *liveness_, tls_, clock_, random_, options_.data_root);
    worker_.emplace(
        io_.get_executor(),
        Worker::Settings{options_.data_root, engines_.local().dialer, options_.agent_port},
        tls_,
        clock_,
        random_);
    adoption_.emplace(*store_, engines_, io_.get_executor(), random_, options_.data_root);
    engines_.reach_others_by([this](model::Node const& node) {
      return node.access.url.empty() ? manager_->dialer_to(node) : adoption_->dialer_to(node);
    });
    membership_.emplace(*store_, *runners_, engines_, *manager_, *worker_, entries_, random_);
    store_->watch([this](auto const& snapshot, auto const& touched) {
      runners_->published(snapshot, touched);
    });
    store_->watch([this](auto const& /*snapshot*/, auto const& touched) {
      events_.published(touched);
      containers_.published(touched);
    });
    if (auto loaded = store_->load(); !loaded) {
      return loaded;
    }
    if (auto resumed = resume_membership(); !resumed) {
      return resumed;
    }
    runners_->adopt(*store_->snapshot());
    liveness_->expect_members();
    containers_.adopt(*store_->snapshot());
    state_thread_ = std::thread([this] { state_context_.run(); });
    driver_->start();
    auto const added = [](std::exception_ptr const& bug, Result<void> const& result) {
      if (bug) {
        std::rethrow_exception(bug);
      }
      if (!result) {
        room_log("app")->error("engines.not_added reason=\"{}\"", result.error().message);
      }
    };
    asio::co_spawn(io_, membership_->add_new_engines(), added);
    asio::co_spawn(io_, keep_facts_fresh(), asio::detached);
    return {};
  }

  Result<void> resume_membership() {
    if (store_->snapshot()->cluster) {
      return manager_->take_office();
    }
    auto const resumed = worker_->resume();
    return resumed ? Result<void>{} : in_context("going on as a worker", resumed.error());
  }

  Result<void> listen() {
    auto sources = ward_sources(options_);
    sources.engine = [this](model::Node const& node) { return engines_.of(node).engine; };
    sources.adopt = [this](api::AdoptRequest request) {
      return adoption_->adopt(std::move(request));
    };
    ward_.emplace(io_.get_executor(), *store_, clock_, random_, std::move(sources));
    api_.emplace(*store_, *membership_, *ward_, events_, containers_, clock_, random_);
    api::FrontOptions front;
    front.engine = engines_.local().dialer;
    front.engine_facts = [this] { return facts_; };
    front.swarm_header = [this] {
      return api::swarm_header(*store_->snapshot(), membership_->worker().get());
    };
    server_.emplace(io_.get_executor(), std::move(front), *api_);
    for (auto const& host : options_.hosts) {
      if (auto listening = listen_on(host); !listening) {
        return listening;
      }
      room_log("app")->info("daemon.listening on={}", host);
    }
    return {};
  }

  /// TLS for the API, as dockerd has it.
  Result<void> in_tls(std::string const& host) {
    auto context = load_front_tls(options_);
    if (!context) {
      return in_context("-H " + host, context.error());
    }
    auto const judge = [](std::string const& chain,
                          std::string const& from) -> Result<api::ClientIdentity> {
      return api::ClientIdentity{from, net::common_name(chain), chain};
    };
    auto const port = server_->listen_tls(
        host.substr(6), [context = *context] { return context; }, judge);
    return port ? Result<void>{} : in_context("-H " + host, port.error());
  }

  Result<void> listen_on(std::string const& host) {
    if (host.starts_with("tcp://") && (options_.tls || options_.tls_verify)) {
      return in_tls(host);
    }
    if (host.starts_with("tcp://")) {
      auto const port = server_->listen_tcp(host.substr(6));
      return port ? Result<void>{} : in_context("-H " + host, port.error());
    }
    auto const path = host.substr(7);
    if (auto made = make_parent_directory(path); !made) {
      return made;
    }
    return server_->listen_unix(path);
  }

  void begin_stop() {
    room_log("app")->info("daemon.stopping");
    stopping_ = true;
    service_manager_.stopping();
    refresh_timer_.cancel();
    server_->stop_accepting();
    asio::co_spawn(io_, finish_stop(), asio::detached);
  }

  asio::awaitable<void> finish_stop() {
    asio::steady_timer timer(io_);
    auto const until = std::chrono::steady_clock::now() + kDrain;
    while (server_->sessions() > 0 && std::chrono::steady_clock::now() < until) {
      timer.expires_after(std::chrono::milliseconds(20));
      co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    server_->close_all();
    co_await worker_->stop();
    runners_->stop();
    reporter_->stop();
    io_.stop();
  }

  // In the order of dependency, so that they go in reverse.
  Options options_;
  SystemClock clock_;
  RandomBytes random_ = system_random();
  OwnedFile lock_;
  asio::io_context io_{1};
  asio::io_context state_context_{1};
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> state_guard_{
      state_context_.get_executor()};
  asio::steady_timer refresh_timer_{io_};
  ServiceManager service_manager_{io_.get_executor(), ServiceManager::wishes_of_environment()};
  bool stopping_ = false;
  api::EngineFacts facts_;
  EngineDirectory engines_{io_.get_executor()};
  std::vector<cluster::EngineEntry> entries_;
  api::EventLog events_{io_.get_executor(), clock_};
  api::ContainerIndex containers_{io_.get_executor()};
  std::optional<state::StateStore> store_;
  std::optional<scheduler::ControlLoop> loop_;
  std::optional<scheduler::LoopDriver> driver_;
  std::optional<LivenessDriver> liveness_;
  std::optional<StatusReporter> reporter_;
  std::optional<NodeRunners> runners_;
  MemberTls tls_{clock_};
  std::optional<Manager> manager_;
  std::optional<Worker> worker_;
  std::optional<Adoption> adoption_;
  std::optional<Membership> membership_;
  std::optional<WardService> ward_;
  std::optional<api::SwarmApi> api_;
  std::optional<api::HttpServer> server_;
  std::thread state_thread_;
};

Daemon::Daemon(Options options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Daemon::~Daemon() = default;
Result<void> Daemon::start() {
  return impl_->start();
}
void Daemon::run() {
  impl_->run();
}

}  // namespace swarmward::app
