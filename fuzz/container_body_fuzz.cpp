#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "api/cluster/node_choice.h"
#include "api/cluster/project_network.h"
#include "api/passthrough/attached_body.h"

/// Bodies with which clients make containers and networks, and what engines show of them.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  namespace api = swarmward::api;
  std::string const text(reinterpret_cast<char const*>(data), size);
  static_cast<void>(api::engine_container(text));
  auto const overlay = api::project_network(text);
  if (api::project_network(overlay) != overlay) {
    std::abort();  // Once is enough.
  }
  auto const body = api::OrderedJson::parse(text, nullptr, false);
  if (!body.is_object()) {
    return 0;
  }
  std::vector<api::GivenPlace> given;
  for (auto const& wish : api::wishes_of_create(body)) {
    given.push_back({wish, {"a", "n", "net", "10.0.0.5", "10.0.0.2"}});
  }
  if (!given.empty()) {
    auto const create = api::attached_create(body, given, api::Endpoints::One);
    static_cast<void>(api::json_text(create.body));
  }
  static_cast<void>(api::attached_connect(body, {"a", "n", "net", "10.0.0.5", "10.0.0.2"}));
  api::Request request;
  request.query.emplace("platform", text.substr(0, text.find('\n')));
  auto const wish = api::wish_of(body, request);
  if (wish) {
    static_cast<void>(api::stand_in(*wish, {}));
    api::ChoiceView view;
    view.verdicts.push_back({"n1", "h1", {}, {}});
    view.containers = api::seen_containers(swarmward::model::NodeId("n1"), "[" + text + "]");
    static_cast<void>(api::choose_node(*wish, view));
  }
  return 0;
}
