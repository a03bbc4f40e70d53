#include "base/net/engine_address.h"

#include <gtest/gtest.h>

namespace swarmward::net {
namespace {

TEST(EngineAddress, TakesUnixAndTcpAlone) {
  EXPECT_EQ(parse_engine_address("unix:///run/x.sock")->path, "/run/x.sock");
  EXPECT_EQ(to_string(*parse_engine_address("tcp://[::1]:2375")), "tcp://[::1]:2375");
  EXPECT_EQ(parse_engine_address("tcp://h:1")->host, "h");
  for (auto const* bad :
       {"", "x", "unix://rel", "tcp://h", "tcp://:1", "tcp://h:0", "tcp://h:1/x"}) {
    EXPECT_EQ(parse_engine_address(bad).error().code, ErrorCode::InvalidArgument) << bad;
  }
  EXPECT_FALSE(parse_engine_address("unix:///" + std::string(200, 'x')));
}

}  // namespace
}  // namespace swarmward::net
