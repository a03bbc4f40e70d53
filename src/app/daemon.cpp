#include "app/daemon.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <unistd.h>

#include "app/api_front.h"
#include "app/host_files.h"
#include "app/join_file.h"
#include "app/local_facts.h"
#include "app/service_manager.h"
#include "app/swarm_parts.h"
#include "base/log.h"

namespace swarmward::app {

namespace {

std::string ip_of(std::string const& address) {
  auto const parsed = net::parse_engine_address(address);
  return parsed && !parsed->is_unix() ? parsed->host : std::string{};
}

bool is_unix(std::string const& address) {
  auto const parsed = net::parse_engine_address(address);
  return parsed && parsed->is_unix();
}

}  // namespace

class Daemon::Impl {
 public:
  explicit Impl(Options options) : options_(std::move(options)) {}

  ~Impl() {
    // The strand's thread first: nothing may be posted to parts that are going.
    swarm_.end_thread();
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
    if (auto opened = swarm_.open(entries_); !opened) {
      return opened;
    }
    asio::co_spawn(io_, facts_.keep_fresh(), asio::detached);
    make_front();
    if (auto listening = front_->listen(); !listening) {
      return listening;
    }
    if (!options_.join_file.empty()) {
      asio::co_spawn(io_, join_by_file(&swarm_.membership(), options_.join_file), asio::detached);
    }
    return options_.pidfile.empty() ? Result<void>{} : write_pidfile(options_.pidfile);
  }

  void run() {
    asio::signal_set signals(io_, SIGTERM, SIGINT);
    signals.async_wait([this](boost::system::error_code const&, int) { begin_stop(); });
    room_log("app")->info("daemon.ready version={} engine={} engine_version={}",
                          kVersion,
                          options_.local_engine,
                          facts_.get().server_version);
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
      entries_.push_back({name, ip_of(url), is_unix(url)});
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
    asio::co_spawn(io_, facts_.refresh(), done);
    while (!outcome && io_.run_one() > 0) {
    }
    if (!outcome || !*outcome) {
      auto const reason = outcome ? outcome->error().message : std::string("no answer");
      return unavailable("cannot reach the engine at " + options_.local_engine + ": " + reason +
                         ". Start dockerd, or name another one with --engine URL");
    }
    return {};
  }

  void make_front() {
    ApiFront::Parts const parts{swarm_.store(),
                                swarm_.membership(),
                                engines_,
                                swarm_.adoption(),
                                swarm_.network_doctor(),
                                swarm_.attachments(),
                                facts_,
                                events_,
                                containers_,
                                clock_,
                                random_};
    front_.emplace(io_.get_executor(), options_, parts);
  }

  void begin_stop() {
    room_log("app")->info("daemon.stopping");
    service_manager_.stopping();
    facts_.stop();
    front_->stop_accepting();
    asio::co_spawn(io_, finish_stop(), asio::detached);
  }

  asio::awaitable<void> finish_stop() {
    co_await front_->drain();
    co_await swarm_.stop();
    io_.stop();
  }

  // In the order of dependency, so that they go in reverse.
  Options options_;
  SystemClock clock_;
  RandomBytes random_ = system_random();
  OwnedFile lock_;
  asio::io_context io_{1};
  ServiceManager service_manager_{io_.get_executor(), ServiceManager::wishes_of_environment()};
  EngineDirectory engines_{io_.get_executor(), raise_open_files()};
  LocalFacts facts_{io_.get_executor(), engines_};
  std::vector<cluster::EngineEntry> entries_;
  api::EventLog events_{io_.get_executor(), clock_};
  api::ContainerIndex containers_{io_.get_executor()};
  SwarmParts swarm_{io_.get_executor(), options_, clock_, random_, engines_, events_, containers_};
  std::optional<ApiFront> front_;
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
