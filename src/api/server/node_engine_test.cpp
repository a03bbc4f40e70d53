#include "api/server/node_engine.h"

#include <gtest/gtest.h>

namespace swarmward::api {
namespace {

TEST(RefuseOfNode, WhatIsAboutASwarm) {
  for (auto const* const path :
       {"/swarm", "/swarm/init", "/swarm/join", "/nodes", "/services/create"}) {
    auto const refusal = refuse_of_node(path);
    ASSERT_TRUE(refusal) << path;
    EXPECT_EQ(refusal->status, 503U);
  }
}

TEST(RefuseOfNode, NothingElse) {
  for (auto const* const path :
       {"/swarmed", "/images/json", "/containers/swarm/json", "/info", "/"}) {
    EXPECT_FALSE(refuse_of_node(path)) << path;
  }
}

}  // namespace
}  // namespace swarmward::api
