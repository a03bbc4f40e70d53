#include "api/events/swarm_event.h"

#include <gtest/gtest.h>

namespace swarmward::api {
namespace {

SwarmEvent event() {
  SwarmEvent made;
  made.type = "service";
  made.action = "update";
  made.id = "abc123";
  made.attributes = {{"name", "web"}, {"replicas.old", "1"}, {"replicas.new", "2"}};
  made.time = Time(Duration(1'795'225'755'658'659'647));
  return made;
}

bool passes_filter(std::string const& json, SwarmEvent const& made = event()) {
  return passes(*wire::parse_filters(json), made);
}

TEST(RenderEvent, IsNativesForm) {
  EXPECT_EQ(render_event(event()),
            R"({"Type":"service","Action":"update","Actor":{"ID":"abc123","Attributes":)"
            R"({"name":"web","replicas.new":"2","replicas.old":"1"}},"scope":"swarm",)"
            R"("time":1795225755,"timeNano":1795225755658659647})");
}

TEST(PassesFilters, TypeEventAndScopeAreExact) {
  EXPECT_TRUE(passes_filter(""));
  EXPECT_TRUE(passes_filter(R"({"type":["node","service"],"event":["update"],"scope":["swarm"]})"));
  EXPECT_FALSE(passes_filter(R"({"type":["serv"]})"));
  EXPECT_FALSE(passes_filter(R"({"event":["create"]})"));
  EXPECT_FALSE(passes_filter(R"({"scope":["local"]})"));
}

TEST(PassesFilters, NamesAreBeginningsWhateverTheType) {
  EXPECT_TRUE(passes_filter(R"({"service":["we"]})"));
  EXPECT_TRUE(passes_filter(R"({"network":["abc"]})"));
  EXPECT_FALSE(passes_filter(R"({"service":["eb"]})"));
  EXPECT_FALSE(passes_filter(R"({"service":["web"],"container":["x"]})"));
  EXPECT_FALSE(passes_filter(R"({"image":["web"]})"));
  EXPECT_TRUE(passes_filter(R"({"unknown":["x"]})"));
}

TEST(PassesFilters, LabelsAreAttributes) {
  EXPECT_TRUE(passes_filter(R"({"label":["name=web","replicas.new"]})"));
  EXPECT_FALSE(passes_filter(R"({"label":["name=web","replicas.new=3"]})"));
}

TEST(PassesFilters, TasksMustBeAskedFor) {
  auto task = event();
  task.type = "task";
  EXPECT_FALSE(passes_filter("", task));
  EXPECT_FALSE(passes_filter(R"({"scope":["swarm"]})", task));
  EXPECT_TRUE(passes_filter(R"({"type":["task"]})", task));
  EXPECT_TRUE(passes_filter(R"({"type":["task"],"task":["web"]})", task));
  EXPECT_FALSE(passes_filter(R"({"type":["task"],"task":["other"]})", task));
  EXPECT_TRUE(passes_filter(R"({"task":["other"]})"));
}

}  // namespace
}  // namespace swarmward::api
