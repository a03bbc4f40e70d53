#include "mesh/apply/conntrack.h"

#include <gtest/gtest.h>

#include "mesh/apply/vip_table.h"
#include "mesh/testing/mini_overlay.h"

namespace swarmward::mesh {
namespace {

Target const kService{"10.0.1.5", 80};

class ConntrackTest : public MiniOverlayTest {};

TEST_F(ConntrackTest, ForgetsWhatGoesOnAndNotWhatIsOver) {
  auto& host = add_host("10.0.1.2");
  auto& client = add_task(host, "10.0.1.10");
  auto& server = add_task(host, "10.0.1.11");
  connect({kService.address});
  auto network = plan(host);
  network.vips = {{kService.address, {server.address}}};
  VipTable table(*host.overlay);
  ASSERT_TRUE(table.apply(network));

  for (int i = 0; i < 3; ++i) {
    ASSERT_NE(ask_tcp(client.net, kService), "");
  }
  OpenConnection const open(client.net, server.net, {kService.address, 7000});
  ASSERT_TRUE(open.carries());
  std::vector<FlowFilter> const of_the_server{{.answered_by = parse_address(server.address),
                                               .asked_for = {},
                                               .asked_port = {},
                                               .protocol = {}}};

  EXPECT_EQ(forget_flows(*host.overlay, of_the_server).value(), 1U);
  EXPECT_EQ(forget_flows(*host.overlay, of_the_server).value(), 0U);
  EXPECT_EQ(forget_flows(*host.overlay, {}).value(), 0U);
}

}  // namespace
}  // namespace swarmward::mesh
