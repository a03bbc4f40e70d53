#include "api/cluster/project_network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace swarmward::api {
namespace {

TEST(ProjectNetwork, ABridgeBecomesAnOverlayThatContainersMayJoin) {
  EXPECT_EQ(
      project_network(
          R"({"Name":"shop_default","Driver":"bridge","Options":{"com.docker.network.bridge.name":"b","mtu":"1"}})"),
      R"({"Name":"shop_default","Driver":"overlay","Options":{"mtu":"1"},"Attachable":true})");
  EXPECT_EQ(project_network(R"({"name":"n","attachable":false,"Options":null})"),
            R"({"name":"n","attachable":true,"Options":{},"Driver":"overlay"})");
}

TEST(ProjectNetwork, WhatIsNoBridgeStaysAsItIs) {
  for (auto const* body : {R"({"Name":"n","Driver":"macvlan"})",
                           R"({"Name":"n","Driver":"overlay"})",
                           R"({"Name":"n","Driver":"bridge","Scope":"local"})",
                           R"({"Name":"n","ConfigOnly":true})",
                           R"({"Name":"n","ConfigFrom":{"Network":"c"}})",
                           "nonsense",
                           "[]",
                           ""}) {
    EXPECT_EQ(project_network(body), body);
  }
}

TEST(ProjectNetwork, WhatCannotBeWrittenAgainStaysAsItIs) {
  auto const deep =
      R"({"Name":"n","X":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  EXPECT_EQ(project_network(deep), deep);
}

}  // namespace
}  // namespace swarmward::api
