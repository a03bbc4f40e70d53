#include "mesh/render/virtual_services.h"

#include <gmock/gmock.h>

#include "mesh/render/vip_chains.h"

namespace swarmward::mesh {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Pair;

Address address(char const* text) {
  return parse_address(text).value();
}

RealServer server(char const* text, std::uint16_t port = 0) {
  return {.address = address(text), .port = port};
}

VirtualService marked(std::uint32_t mark) {
  return {.mark = mark, .protocol = {}, .address = {}, .port = 0};
}

model::PlannedNetwork network(std::vector<std::string> backends) {
  model::PlannedNetwork network;
  network.local = {"10.0.1.11"};
  network.peers = {{"10.0.1.12", "192.0.2.2", "10.0.1.3"}};
  network.vips = {{"10.0.1.5", std::move(backends)}};
  return network;
}

VirtualService const kStreams = marked(stream_mark(address("10.0.1.5")));
VirtualService const kDatagrams = marked(udp_mark(address("10.0.1.5")));

TEST(VirtualServices, AVipIsTwo) {
  EXPECT_THAT(plan_vip_services(network({"10.0.1.11", "nonsense"})),
              ElementsAre(Pair(kStreams, ElementsAre(Pair(server("10.0.1.11"), 1))),
                          Pair(kDatagrams, ElementsAre(Pair(server("10.0.1.11"), 1)))));
  EXPECT_THAT(plan_vip_services(network({})), IsEmpty());
}

TEST(VirtualServices, APortIsOneAndLeadsToAnother) {
  auto const asked = address("169.254.250.2");
  EXPECT_THAT(plan_port_services({{8080, 80, model::Protocol::Udp, {"10.0.0.11"}},
                                  {9000, 80, model::Protocol::Tcp, {}},
                                  {70000, 80, model::Protocol::Tcp, {"10.0.0.11"}}},
                                 asked),
              ElementsAre(Pair(
                  VirtualService{
                      .mark = 0, .protocol = model::Protocol::Udp, .address = asked, .port = 8080},
                  ElementsAre(Pair(server("10.0.0.11", 80), 1)))));
}

TEST(VirtualServices, WhoIsTakenOutKeepsItsStreamsWhileItIsThere) {
  auto const before = plan_vip_services(network({"10.0.1.11", "10.0.1.12"}));
  auto after = network({"10.0.1.11"});
  EXPECT_THAT(
      with_draining(plan_vip_services(after), before, after),
      ElementsAre(
          Pair(kStreams, ElementsAre(Pair(server("10.0.1.11"), 1), Pair(server("10.0.1.12"), 0))),
          Pair(kDatagrams, ElementsAre(Pair(server("10.0.1.11"), 1)))));
  after.vips.clear();
  EXPECT_THAT(with_draining({}, before, after), ElementsAre(Key(kStreams)));
  after.peers.clear();
  after.local.clear();
  EXPECT_THAT(with_draining({}, before, after), IsEmpty());
}

TEST(VirtualServices, StepsLeadFromOneToTheOther) {
  using Kind = ServiceStep::Kind;
  VirtualServices const before{{kStreams, {{server("10.0.1.11"), 1}, {server("10.0.1.12"), 1}}},
                               {marked(7), {{server("10.0.1.11"), 1}}}};
  VirtualServices const after{{kStreams, {{server("10.0.1.12"), 0}, {server("10.0.1.13"), 1}}},
                              {kDatagrams, {{server("10.0.1.13"), 1}}}};
  EXPECT_THAT(plan_service_steps(before, after),
              ElementsAre(ServiceStep{Kind::SetServer, kStreams, server("10.0.1.12"), 0},
                          ServiceStep{Kind::AddServer, kStreams, server("10.0.1.13"), 1},
                          ServiceStep{Kind::RemoveServer, kStreams, server("10.0.1.11"), 0},
                          ServiceStep{Kind::AddService, kDatagrams, {}, 0},
                          ServiceStep{Kind::AddServer, kDatagrams, server("10.0.1.13"), 1},
                          ServiceStep{Kind::RemoveService, marked(7), {}, 0}));
  EXPECT_THAT(plan_service_steps(after, after), IsEmpty());
}

}  // namespace
}  // namespace swarmward::mesh
