#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <nlohmann/json.hpp>

#include "scheduler/networks/plan_follower.h"
#include "wire/body.h"
#include "wire/plan_update.h"

/// What a node takes from its manager. An update that was read must be the same once it was written
/// and read again, and a node makes some plan of it, again and again the same.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace swarmward;
  auto const document =
      wire::parse_body(std::string_view(reinterpret_cast<char const*>(data), size));
  if (!document) {
    return 0;
  }
  auto const update = wire::plan_update_from(*document);
  if (!update) {
    return 0;
  }
  std::vector<std::string> texts;
  for (auto const& change : update->changes) {
    texts.push_back(wire::network_update_text(change));
  }
  auto const text = wire::plan_update_text(*update, {texts.begin(), texts.end()});
  auto const again = wire::plan_update_from(nlohmann::json::parse(text));
  if (!again || !(*again == *update)) {
    std::abort();
  }
  scheduler::PlanFollower one("n1");
  scheduler::PlanFollower other("n1");
  if (one.follow(*update).has_value() != other.follow(*again).has_value() ||
      !(one.plan() == other.plan())) {
    std::abort();
  }
  return 0;
}
