#include "fleet/fake_engine.h"

#include <cstdio>

#include <nlohmann/json.hpp>

namespace fleet {

namespace {

constexpr char const* kVersion =
    R"({"Version":"28.0.0","ApiVersion":"1.44","MinAPIVersion":"1.24","Os":"linux","Arch":"amd64"})";
constexpr char const* kStates[] = {"created", "running", "exited"};

Response reply(http::status status, std::string body) {
  Response response(status, 11);
  response.set("Api-Version", "1.44");
  response.set(http::field::content_type, "application/json");
  response.body() = std::move(body);
  response.prepare_payload();
  return response;
}

Response not_found(std::string_view what) {
  return reply(http::status::not_found, R"({"message":"No such )" + std::string(what) + "\"}");
}

std::string id_of(std::uint64_t number) {
  char text[65];
  std::snprintf(text,
                sizeof text,
                "%016llx%016llx%016llx%016llx",
                static_cast<unsigned long long>(number * 0x9E3779B97F4A7C15ULL),
                static_cast<unsigned long long>(number),
                0x5EEDULL,
                static_cast<unsigned long long>(number ^ 0xABCDEFULL));
  return text;
}

/// "/v1.44/info" is "/info".
std::string_view without_version(std::string_view target) {
  if (!target.starts_with("/v1.")) {
    return target;
  }
  auto const slash = target.find('/', 1);
  return slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
}

}  // namespace

std::uint64_t FakeEngine::listen(Listener listener) {
  listeners_.emplace(++next_listener_, std::move(listener));
  return next_listener_;
}

Response FakeEngine::answer(Request const& request) {
  ++counters_.requests;
  auto const target =
      without_version(std::string_view(request.target().data(), request.target().size()));
  auto const question = std::min(target.find('?'), target.size());
  auto const path = target.substr(0, question);
  if (path == "/_ping") {
    return reply(http::status::ok, "OK");
  }
  if (path == "/version") {
    return reply(http::status::ok, kVersion);
  }
  if (path == "/info") {
    return reply(http::status::ok, info());
  }
  if (path == "/containers/json") {
    return reply(http::status::ok, list());
  }
  if (path == "/containers/create") {
    return create(request, target.substr(question));
  }
  if (path.starts_with("/images/")) {
    return reply(http::status::ok, "{}");
  }
  constexpr std::string_view kContainers = "/containers/";
  if (path.starts_with(kContainers)) {
    auto const rest = path.substr(kContainers.size());
    auto const slash = std::min(rest.find('/'), rest.size());
    return act(request.method(), rest.substr(0, slash), rest.substr(slash));
  }
  return reply(http::status::not_found, R"({"message":"page not found"})");
}

std::string FakeEngine::info() const {
  return R"({"Name":"node)" + std::to_string(index_) +
         R"(","NCPU":64,"MemTotal":274877906944,"OSType":"linux","Architecture":"x86_64",)"
         R"("ServerVersion":"28.0.0","Labels":["zone=z)" +
         std::to_string(index_ % 5) +
         R"("],"Plugins":{"Volume":["local"],"Network":["bridge","host","overlay"]},)"
         R"("Swarm":{"LocalNodeState":"inactive"}})";
}

std::string FakeEngine::list() const {
  std::string rows;
  for (auto const& [id, container] : containers_) {
    rows += rows.empty() ? "" : ",";
    rows += R"({"Id":")" + id + R"(","Names":["/)" + container.name + R"("],"State":")" +
            kStates[static_cast<int>(container.state)] + R"(","Labels":)" + container.labels + "}";
  }
  return "[" + rows + "]";
}

std::string FakeEngine::inspect(std::string const& id, Container const& container) {
  bool const running = container.state == Container::State::Running;
  return R"({"Id":")" + id + R"(","Name":"/)" + container.name + R"(","State":{"Status":")" +
         kStates[static_cast<int>(container.state)] + R"(","Running":)" +
         (running ? "true" : "false") + R"(,"Pid":)" + (running ? "4242" : "0") +
         R"(,"ExitCode":0,"StartedAt":"2026-01-01T00:00:00Z"},"Config":{"Labels":)" +
         container.labels + "}}";
}

Response FakeEngine::create(Request const& request, std::string_view query) {
  constexpr std::string_view kName = "name=";
  auto const at = query.find(kName);
  auto const name = at == std::string_view::npos ? "c" + std::to_string(counters_.created)
                                                 : std::string(query.substr(at + kName.size()));
  if (ids_.contains(name)) {
    return reply(http::status::conflict, R"({"message":"the name is already in use"})");
  }
  auto const body = nlohmann::json::parse(request.body(), nullptr, false);
  auto const labels = body.is_object() && body.contains("Labels") ? body["Labels"].dump() : "{}";
  auto const id = id_of((static_cast<std::uint64_t>(index_) << 40U) + ++counters_.created);
  containers_[id] = {name, labels, Container::State::Created};
  ids_[name] = id;
  return reply(http::status::created, R"({"Id":")" + id + R"(","Warnings":[]})");
}

Response FakeEngine::act(http::verb verb, std::string_view id_or_name, std::string_view action) {
  auto const named = ids_.find(std::string(id_or_name));
  auto const found =
      containers_.find(named == ids_.end() ? std::string(id_or_name) : named->second);
  if (found == containers_.end()) {
    return not_found("container");
  }
  auto const id = found->first;
  auto& container = found->second;
  bool const running = container.state == Container::State::Running;
  if (verb == http::verb::delete_) {
    counters_.running -= running ? 1 : 0;
    tell("destroy", id, container);
    ids_.erase(container.name);
    containers_.erase(found);
    return reply(http::status::no_content, "");
  }
  if (action == "/json") {
    return reply(http::status::ok, inspect(id, container));
  }
  if (action == "/start" && !running) {
    container.state = Container::State::Running;
    ++counters_.running;
    tell("start", id, container);
  } else if (action != "/start" && running) {
    container.state = Container::State::Exited;
    --counters_.running;
    tell("die", id, container);
  }
  return reply(http::status::no_content, "");
}

void FakeEngine::tell(std::string_view action, std::string const& id, Container const& container) {
  if (listeners_.empty()) {
    return;
  }
  auto attributes = container.labels;
  attributes.pop_back();
  attributes += (attributes.size() > 1 ? "," : "") + (R"("name":")" + container.name) +
                R"(","exitCode":"0"})";
  auto const line = R"({"Type":"container","Action":")" + std::string(action) +
                    R"(","Actor":{"ID":")" + id + R"(","Attributes":)" + attributes +
                    R"(},"scope":"local","time":1,"timeNano":1})" + "\n";
  for (auto const& [token, listener] : listeners_) {
    listener(line);
  }
}

}  // namespace fleet
