#include "app/networks/network_inspector.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

namespace swarmward::app {

namespace asio = boost::asio;

namespace {

using nlohmann::json;

/// An engine that takes longer is told as one that does not answer.
constexpr std::chrono::seconds kEnginePatience{3};

std::string text_in(json const& object, char const* key) {
  auto const found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

json const& part_of(json const& object, char const* key) {
  static json const kNothing;
  auto const found = object.is_object() ? object.find(key) : object.end();
  return found == object.end() ? kNothing : *found;
}

mesh::EngineContainer read_container(json const& entry) {
  mesh::EngineContainer container;
  auto const& names = part_of(entry, "Names");
  if (names.is_array() && !names.empty() && names.front().is_string()) {
    container.name = names.front().get<std::string>();
    container.name.erase(0, container.name.find_first_not_of('/'));
  }
  container.running = text_in(entry, "State") == "running" || text_in(entry, "State") == "paused";
  auto const& networks = part_of(part_of(entry, "NetworkSettings"), "Networks");
  for (auto const& [name, endpoint] : networks.items()) {
    if (auto const address = text_in(endpoint, "IPAddress"); !address.empty()) {
      container.addresses[text_in(endpoint, "NetworkID")] = address;
    }
  }
  return container;
}

mesh::ObservedEngine read_engine(Result<std::string> const& listing) {
  mesh::ObservedEngine engine;
  if (!listing) {
    engine.failure = listing.error().message;
    return engine;
  }
  auto const document = json::parse(*listing, nullptr, false);
  if (!document.is_array()) {
    engine.failure = "its list of containers makes no sense";
    return engine;
  }
  for (auto const& entry : document) {
    engine.containers.push_back(read_container(entry));
  }
  return engine;
}

/// An answer that may come too late.
struct Awaited {
  explicit Awaited(asio::any_io_executor const& executor) : timer(executor, kEnginePatience) {}
  asio::steady_timer timer;
  Result<std::string> answer = unavailable("it took longer than 3 s");
};

asio::awaitable<void> list_containers(std::shared_ptr<backends::Engine> engine,
                                      std::shared_ptr<Awaited> awaited) {
  auto listing = co_await engine->get_document("/containers/json");
  awaited->answer = std::move(listing);
  awaited->timer.cancel();
}

asio::awaitable<Result<model::NetworkReport>> look(HostNetworks::Inspectable host,
                                                   mesh::ObservedEngine engine,
                                                   model::NetworkQuestion question) {
  co_return mesh::inspect_networks(host.places, host.health, engine, question);
}

}  // namespace

asio::awaitable<mesh::ObservedEngine> NetworkInspector::ask_engine() {
  auto const awaited = std::make_shared<Awaited>(executor_);
  auto const done = [](std::exception_ptr const& bug) {
    if (bug) {
      std::rethrow_exception(bug);
    }
  };
  asio::co_spawn(executor_, list_containers(engine_, awaited), done);
  co_await awaited->timer.async_wait(asio::as_tuple(asio::use_awaitable));
  co_return read_engine(awaited->answer);
}

asio::awaitable<Result<model::NetworkReport>> NetworkInspector::inspect(
    model::NetworkQuestion question) {
  auto host = networks_.inspectable();
  if (!host) {
    co_return unavailable(
        "this host has no agent of networks: it is in no swarm, or could not "
        "start one, which its log tells");
  }
  auto engine = co_await ask_engine();
  auto looking = look(std::move(*host), std::move(engine), std::move(question));
  auto report =
      co_await asio::co_spawn(thread_.get_executor(), std::move(looking), asio::use_awaitable);
  co_return report;
}

}  // namespace swarmward::app
