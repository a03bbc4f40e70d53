#include "mesh/device_name.h"

#include <set>

#include <gtest/gtest.h>

namespace swarmward::mesh {
namespace {

TEST(DeviceName, FitsADevice) {
  auto const name = device_name("mv", std::string(64, 'f'));
  EXPECT_EQ(name.size(), 14U);
  EXPECT_TRUE(name.starts_with("mv"));
  EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuv0123456789"), std::string::npos);
}

TEST(DeviceName, IsTheSameForTheSameIdOnly) {
  EXPECT_EQ(device_name("mv", "one"), device_name("mv", "one"));
  std::set<std::string> names;
  for (int i = 0; i < 20000; ++i) {
    names.insert(device_name("mv", std::string(60, '0') + std::to_string(i)));
  }
  EXPECT_EQ(names.size(), 20000U);
}

}  // namespace
}  // namespace swarmward::mesh
