// What a FakeEngine answers, but for lists and events, which fake_engine.cpp has.
#include <boost/asio/co_spawn.hpp>
#include <nlohmann/json.hpp>

#include "backends/runner/done.h"
#include "backends/testing/fake_engine.h"

namespace swarmward::backends::testing {

namespace {

Error no_container(std::string const& id) {
  return not_found("No such container: " + id);
}

}  // namespace

asio::awaitable<Result<EngineInfo>> FakeEngine::info() {
  auto const begun = co_await enter("info");
  if (!begun) {
    co_return begun.error();
  }
  co_return description;
}

asio::awaitable<Result<void>> FakeEngine::ping() {
  return enter("ping");
}

asio::awaitable<Result<void>> FakeEngine::knock() {
  return enter("knock");
}

void FakeEngine::ping(Heard heard) {
  auto done = [self = shared_from_this(), heard = std::move(heard)](
                  std::exception_ptr const&, Result<void> result) { heard(std::move(result)); };
  asio::co_spawn(executor_, enter("ping"), std::move(done));
}

asio::awaitable<Result<std::string>> FakeEngine::create_container(std::string name,
                                                                  std::string body) {
  auto const begun = co_await enter("create_container");
  if (!begun) {
    co_return begun.error();
  }
  if (auto const* other = find(name)) {
    co_return conflict("Conflict. The container name \"/" + name +
                       "\" is already in use by container \"" + other->state.id + "\".");
  }
  auto const document = nlohmann::json::parse(body);
  auto const image = document.at("Image").get<std::string>();
  if (!images.contains(image)) {
    co_return not_found("No such image: " + image);
  }
  auto const id = add_container(name, document.at("Labels").get<model::StringMap>(), "created");
  containers_[id].body = body;
  emit(containers_[id], "create");
  co_return id;
}

asio::awaitable<Result<void>> FakeEngine::start_container(std::string id) {
  auto begun = co_await enter("start_container");
  if (!begun) {
    co_return begun;
  }
  auto* container = find(id);
  if (container == nullptr) {
    co_return no_container(id);
  }
  if (!container->state.running) {
    restart(id);
  }
  co_return kDone;
}

asio::awaitable<Result<void>> FakeEngine::stop_container(std::string id,
                                                         std::chrono::seconds grace) {
  auto begun = co_await enter("stop_container");
  if (!begun) {
    co_return begun;
  }
  last_grace = grace;
  auto* container = find(id);
  if (container == nullptr) {
    co_return no_container(id);
  }
  if (container->state.running) {
    exit(id, container->stop_exits ? container->stop_code : 137);
  }
  co_return kDone;
}

asio::awaitable<Result<void>> FakeEngine::remove_container(std::string id, KeepVolumes /*keep*/) {
  auto begun = co_await enter("remove_container");
  if (!begun) {
    co_return begun;
  }
  auto* container = find(id);
  if (container != nullptr && container->state.running) {
    exit(id, 137);
  }
  if (container != nullptr) {
    destroy(id);
  }
  co_return kDone;
}

asio::awaitable<Result<ContainerState>> FakeEngine::inspect_container(std::string id_or_name) {
  auto const begun = co_await enter("inspect_container");
  if (!begun) {
    co_return begun.error();
  }
  auto const* container = find(id_or_name);
  if (container == nullptr) {
    co_return no_container(id_or_name);
  }
  co_return container->state;
}

asio::awaitable<Result<bool>> FakeEngine::has_image(std::string reference) {
  auto const begun = co_await enter("has_image");
  if (!begun) {
    co_return begun.error();
  }
  co_return images.contains(reference);
}

asio::awaitable<Result<void>> FakeEngine::pull_image(std::string reference,
                                                     std::string registry_auth) {
  pull_auths.push_back(std::move(registry_auth));
  auto begun = co_await enter("pull_image");
  if (begun) {
    images.insert(reference);
  }
  co_return begun;
}

namespace {

/// An archive in one piece: the reference.
class FakeArchive final : public ByteStream {
 public:
  explicit FakeArchive(std::string text) : text_(std::move(text)) {}
  asio::awaitable<Result<std::string>> read() override { co_return std::exchange(text_, {}); }
  void close() override {}

 private:
  std::string text_;
};

}  // namespace

asio::awaitable<Result<std::unique_ptr<ByteStream>>> FakeEngine::save_image(std::string reference) {
  auto const begun = co_await enter("save_image");
  if (!begun) {
    co_return begun.error();
  }
  if (!images.contains(reference)) {
    co_return not_found("No such image: " + reference);
  }
  std::unique_ptr<ByteStream> archive = std::make_unique<FakeArchive>(std::move(reference));
  co_return std::move(archive);
}

asio::awaitable<Result<void>> FakeEngine::load_image(std::unique_ptr<ByteStream> archive,
                                                     BytesRead read) {
  auto begun = co_await enter("load_image");
  auto const piece = co_await archive->read();
  if (begun && piece) {
    read(piece->size());
    images.insert(*piece);
  }
  co_return begun;
}

asio::awaitable<Result<void>> FakeEngine::create_volume(std::string body) {
  auto begun = co_await enter("create_volume");
  if (begun) {
    volumes.push_back(body);
  }
  co_return begun;
}

asio::awaitable<Result<void>> FakeEngine::create_network(std::string body) {
  auto begun = co_await enter("create_network");
  if (!begun) {
    co_return begun;
  }
  auto network = nlohmann::json::parse(body);
  network["Id"] = "network" + std::to_string(next_id_++);
  auto const name = network.at("Name").get<std::string>();
  if (!networks.emplace(name, network.dump()).second) {
    co_return conflict("network with name " + name + " already exists");
  }
  co_return kDone;
}

asio::awaitable<Result<void>> FakeEngine::connect_network(std::string name, std::string body) {
  auto begun = co_await enter("connect_network");
  if (begun) {
    connects.emplace_back(std::move(name), std::move(body));
  }
  co_return begun;
}

asio::awaitable<Result<void>> FakeEngine::remove_network(std::string id_or_name) {
  auto begun = co_await enter("remove_network");
  if (begun) {
    std::erase_if(networks, [&](auto const& network) {
      auto const document = nlohmann::json::parse(network.second);
      return network.first == id_or_name || document.value("Id", "") == id_or_name;
    });
  }
  co_return begun;
}

asio::awaitable<Result<std::unique_ptr<ByteStream>>> FakeEngine::logs(std::string /*id*/,
                                                                      LogQuery /*query*/) {
  auto const begun = co_await enter("logs");
  co_return begun ? Error{ErrorCode::NotImplemented, "not faked"} : begun.error();
}

asio::awaitable<Result<std::string>> FakeEngine::get_document(std::string path) {
  auto const begun = co_await enter("get_document");
  if (!begun) {
    co_return begun.error();
  }
  auto const document = documents.find(path);
  if (document == documents.end()) {
    co_return Error{ErrorCode::NotImplemented, "not faked"};
  }
  co_return document->second;
}

asio::awaitable<Result<std::unique_ptr<ByteStream>>> FakeEngine::open_document(
    std::string /*path*/) {
  auto const begun = co_await enter("open_document");
  co_return begun ? Error{ErrorCode::NotImplemented, "not faked"} : begun.error();
}

}  // namespace swarmward::backends::testing
