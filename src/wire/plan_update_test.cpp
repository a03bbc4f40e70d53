#include "wire/plan_update.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace swarmward::wire {
namespace {

model::PlanUpdate full_update() {
  model::NetworkUpdate network;
  network.id = "abc";
  network.whole = true;
  network.head = {"back", 4097, "10.0.1.0/24", {"10.0.2.0/24"}, 1400, true, true, true};
  network.put.nodes = {{"n1", "10.0.1.2", "192.168.1.2"}};
  network.put.members = {{"10.0.1.5", "n1", true}, {"10.0.1.6", "n2", false}};
  network.put.vips = {{"10.0.1.3", {"10.0.1.5", "10.0.1.6"}}};
  network.put.names = {{"web", {"10.0.1.3"}}, {"tasks.web", {}}};
  network.put.reverse = {{"web.1.x", {"10.0.1.5"}}};
  network.put.ports = {{8080, 80, model::Protocol::Udp, {"10.0.1.5"}, model::IngressMode::Local}};
  network.gone = {{"n3"}, {"10.0.1.7"}, {"10.0.1.8"}, {"db"}, {"db.1.x"}, {"tcp/443"}};
  network.sum = (1ULL << 63) + 1;
  return {"e.7", "e.6", {"abc", "def"}, {network, {}}, 4790, {{7, "0123456789abcdef"}}};
}

std::string text_of(model::PlanUpdate const& update) {
  std::vector<std::string> texts;
  for (auto const& change : update.changes) {
    texts.push_back(network_update_text(change));
  }
  return plan_update_text(update, {texts.begin(), texts.end()});
}

TEST(PlanUpdate, ComesBackAsItWas) {
  for (auto const& update : {full_update(), model::PlanUpdate{}}) {
    auto const read = plan_update_from(nlohmann::json::parse(text_of(update)));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, update);
  }
}

TEST(PlanUpdate, RefusesWhatIsNone) {
  for (auto const* text : {"[]", "1", "null", R"({"Changes":{}})", R"({"Changes":[{"Put":1}]})"}) {
    EXPECT_FALSE(plan_update_from(nlohmann::json::parse(text))) << text;
  }
}

}  // namespace
}  // namespace swarmward::wire
