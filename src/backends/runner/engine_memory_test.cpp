#include "backends/runner/engine_memory.h"

#include <string>

#include <gtest/gtest.h>

namespace swarmward::backends {
namespace {

constexpr Time kEnd{std::chrono::seconds(1000)};

std::string event_at(std::int64_t milliseconds) {
  return R"({"Type":"container","Action":"die","time":1,"timeNano":)" +
         std::to_string(milliseconds * 1'000'000) + "}\n";
}

TEST(EngineMemory, WhatWasRunningRemembers) {
  EXPECT_TRUE(was_running_at(event_at(900'000) + event_at(2'000'000), kEnd));
  EXPECT_TRUE(was_running_at(event_at(1'000'100), kEnd));
}

TEST(EngineMemory, WhatWasStartedLaterDoesNot) {
  EXPECT_FALSE(was_running_at("", kEnd));
  EXPECT_FALSE(was_running_at(event_at(1'000'900) + event_at(2'000'000), kEnd));
}

TEST(EngineMemory, WhatHasForgottenIsNotBlamed) {
  std::string many;
  for (int i = 0; i < 255; ++i) {
    many += event_at(2'000'000 + i);
  }
  EXPECT_FALSE(was_running_at(many, kEnd));
  EXPECT_TRUE(was_running_at(many + event_at(3'000'000), kEnd));
}

}  // namespace
}  // namespace swarmward::backends
