#include "model/ward_labels.h"

#include <gmock/gmock.h>

namespace swarmward::model {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(ParseDuration, ReadsWhatGoWrites) {
  EXPECT_EQ(parse_duration("30s"), seconds(30));
  EXPECT_EQ(parse_duration("2m"), minutes(2));
  EXPECT_EQ(parse_duration("1h30m"), minutes(90));
  EXPECT_EQ(parse_duration("1.5s"), milliseconds(1500));
  EXPECT_EQ(parse_duration("250ms"), milliseconds(250));
  EXPECT_EQ(parse_duration("3us"), std::chrono::microseconds(3));
  EXPECT_EQ(parse_duration("3\u00b5s"), std::chrono::microseconds(3));
  EXPECT_EQ(parse_duration("0"), Duration::zero());
  EXPECT_EQ(parse_duration("24h"), hours(24));
}

TEST(ParseDuration, RefusesWhatIsNone) {
  for (auto const* text : {"", "30", "s", "-5s", "5x", "1h30", "1..5s", "99999999h", "5 s"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(WardLabels, InvalidValuesCountAsAbsent) {
  EXPECT_TRUE(has_restart_backoff({}));
  EXPECT_TRUE(has_restart_backoff({{"ward.restart.backoff", "maybe"}}));
  EXPECT_FALSE(has_restart_backoff({{"ward.restart.backoff", "off"}}));
  EXPECT_TRUE(has_update_gate({{"ward.update.gate", ""}}));
  EXPECT_FALSE(has_update_gate({{"ward.update.gate", "off"}}));
  EXPECT_FALSE(update_deadline({{"ward.update.deadline", "soon"}}));
  EXPECT_FALSE(update_deadline({{"ward.update.deadline", "0"}}));
  EXPECT_EQ(update_deadline({{"ward.update.deadline", "90s"}}), seconds(90));
  EXPECT_FALSE(stops_on_pause({}));
  EXPECT_TRUE(stops_on_pause({{"ward.update.onpause", "stop"}}));
  EXPECT_FALSE(has_rebalance({{"ward.rebalance", "yes"}}));
  EXPECT_TRUE(has_rebalance({{"ward.rebalance", "auto"}}));
  EXPECT_FALSE(has_binpack({{"ward.strategy", "pack"}}));
  EXPECT_TRUE(has_binpack({{"ward.strategy", "binpack"}}));
  EXPECT_EQ(node_grace({{"ward.node.grace", "2m"}}), minutes(2));
  EXPECT_FALSE(node_grace({}));
}

TEST(WardLabels, DependenciesAreAList) {
  using enum Dependency::Needs;
  EXPECT_THAT(dependencies({{"ward.depends-on", "db, cache:healthy,,"}}),
              testing::ElementsAre(Dependency{"db", OneTask}, Dependency{"cache", AllTasks}));
  EXPECT_TRUE(dependencies({}).empty());
}

TEST(WardLabels, JobsBeforeAnUpdateAreAList) {
  EXPECT_THAT(pre_deploy_jobs({{"ward.pre-deploy", " migrate,seed ,, "}}),
              testing::ElementsAre("migrate", "seed"));
  EXPECT_TRUE(pre_deploy_jobs({{"ward.pre-deploy", ""}}).empty());
  EXPECT_TRUE(pre_deploy_jobs({}).empty());
}

}  // namespace
}  // namespace swarmward::model
