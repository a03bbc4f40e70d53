#include "api/routes/testing/api_test.h"

#include <boost/asio/co_spawn.hpp>

#include "api/routes/lookup.h"

namespace swarmward::api {

ApiTest::ApiTest() {
  store_ = std::make_unique<state::StateStore>(context_.get_executor(),
                                               std::make_unique<state::MemoryPersistence>(),
                                               state::id_only_codec(),
                                               clock_);
  store_->watch([this](auto const& /*snapshot*/, auto const& touched) {
    events_.published(touched);
    containers_.published(touched);
  });
  EXPECT_TRUE(store_->load());
  serve(Scope::Host);
}

void ApiTest::serve(Scope scope) {
  api_ = std::make_unique<SwarmApi>(
      scope, *store_, control_, ward_, attach_, events_, containers_, clock_, system_random());
}

Response ApiTest::request(std::string const& method,
                          std::string const& target,
                          std::string const& body,
                          ApiVersion version,
                          std::vector<std::pair<std::string, std::string>> headers) {
  Request asked;
  asked.method = method;
  asked.path = target.substr(0, target.find('?'));
  asked.version = version;
  asked.headers = std::move(headers);
  asked.headers.emplace_back("Content-Type", "application/json");
  asked.body = body;
  auto const question = target.find('?');
  auto rest = question == std::string::npos ? std::string{} : target.substr(question + 1);
  while (!rest.empty()) {
    auto const one = rest.substr(0, rest.find('&'));
    auto const equals = std::min(one.find('='), one.size());
    asked.query.emplace(one.substr(0, equals), one.substr(std::min(equals + 1, one.size())));
    rest.erase(0, one.size() + 1);
  }
  FakeResponder responder;
  bool done = false;
  asio::co_spawn(
      context_, api_->handle(std::move(asked), responder), [&](std::exception_ptr const& e) {
        EXPECT_FALSE(e);
        done = true;
      });
  while (!done) {
    context_.run_one();
  }
  EXPECT_TRUE(responder.sent == 1 || responder.ended);
  return responder.answer;
}

std::string ApiTest::outcome(std::string const& method,
                             std::string const& target,
                             std::string const& body,
                             ApiVersion version) {
  auto const response = request(method, target, body, version);
  auto const document = nlohmann::json::parse(response.body, nullptr, false);
  auto status = std::to_string(response.status);
  if (document.is_object() && document.contains("message")) {
    status += " " + document["message"].get<std::string>();
  }
  return status;
}

nlohmann::json ApiTest::get(std::string const& target, ApiVersion version) {
  return nlohmann::json::parse(request("GET", target, {}, version).body);
}

void ApiTest::change(state::Change wanted) {
  bool done = false;
  asio::co_spawn(context_,
                 store_->update(std::move(wanted)),
                 [&](std::exception_ptr const&, Result<std::uint64_t> const& result) {
                   EXPECT_TRUE(result);
                   done = true;
                 });
  while (!done) {
    context_.run_one();
  }
}

void ApiTest::make_swarm() {
  manager_ = add_node("host1", model::NodeRole::Manager);
  change([this](state::Draft& draft) -> Result<void> {
    model::Cluster cluster;
    cluster.id = new_id<model::ClusterTag>(system_random());
    cluster.manager_node = manager_;
    cluster.advertise_addr = "10.1.1.1";
    cluster.worker_token = "worker";
    cluster.manager_token = "manager";
    draft.put(std::move(cluster));
    return {};
  });
}

model::NodeId ApiTest::add_node(std::string const& hostname, model::NodeRole role) {
  model::Node node;
  node.id = new_id<model::NodeTag>(system_random());
  node.description.hostname = hostname;
  node.role = role;
  node.spec.role = role;
  node.status.state = model::NodeState::Ready;
  change([&](state::Draft& draft) -> Result<void> {
    draft.put(node);
    return {};
  });
  return node.id;
}

std::string ApiTest::create(std::string const& body) {
  auto const response = request("POST", "/services/create", body);
  EXPECT_EQ(response.status, 201U) << response.body;
  return nlohmann::json::parse(response.body).value("ID", "");
}

model::Service ApiTest::service(std::string const& name) {
  return **get_service(*store_->snapshot(), name);
}

model::TaskId ApiTest::add_task(std::string const& name,
                                model::NodeId const& node,
                                model::Slot slot) {
  auto const owner = service(name);
  model::Task task;
  task.id = new_id<model::TaskTag>(system_random());
  task.service_id = owner.id;
  task.node_id = node;
  task.slot = slot;
  task.spec = std::make_shared<model::TaskSpec const>(owner.spec->task);
  task.service_annotations = std::make_shared<model::Annotations const>(owner.spec->annotations);
  if (owner.spec->endpoint) {
    task.endpoint = std::make_shared<model::EndpointSpec const>(*owner.spec->endpoint);
  }
  task.spec_version = owner.spec_version;
  task.status.state = model::TaskState::Running;
  task.status.container = model::ContainerStatus{"container-" + task.id.str(), 1, 0};
  change([&](state::Draft& draft) -> Result<void> {
    draft.put(task);
    return {};
  });
  return task.id;
}

std::string ApiTest::version_of(std::string const& target) {
  return std::to_string(get(target)["Version"]["Index"].get<std::uint64_t>());
}

void ApiTest::settle() {
  context_.poll();
}

std::string spec(std::string const& name, std::string const& more) {
  return R"({"Name":")" + name + R"(","TaskTemplate":{"ContainerSpec":{"Image":"bb"}})" +
         (more.empty() ? "" : "," + more) + "}";
}

}  // namespace swarmward::api
