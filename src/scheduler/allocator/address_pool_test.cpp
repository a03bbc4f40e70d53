#include "scheduler/allocator/address_pool.h"

#include <gtest/gtest.h>

namespace swarmward::scheduler {
namespace {

std::string next(SubnetPool& pool, std::set<Subnet> const& taken = {}) {
  auto const subnet = pool.next(taken);
  return subnet ? to_string(*subnet) : "none";
}

std::string next(AddressPool& pool, std::set<Address> const& taken = {}) {
  auto const address = pool.next(taken);
  return address ? to_cidr(*address, pool.subnet()) : "none";
}

Subnet subnet(std::string_view text) {
  return parse_subnet(text).value();
}

TEST(Subnet, ReadsAndWritesCidr) {
  EXPECT_EQ(to_string(subnet("10.0.1.0/24")), "10.0.1.0/24");
  EXPECT_EQ(to_string(subnet("10.0.1.77/24")), "10.0.1.0/24");
  EXPECT_EQ(to_string(subnet("255.255.255.255/32")), "255.255.255.255/32");
  EXPECT_EQ(to_string(subnet("1.2.3.4/0")), "0.0.0.0/0");
  for (auto const* wrong : {"",
                            "10.0.0.0",
                            "10.0.0/24",
                            "10.0.0.0/33",
                            "10.0.0.256/24",
                            "10.0.0.0/24 ",
                            "-1.0.0.0/8",
                            "zz",
                            "10.0.0.0/",
                            "10.0.0.0.0/24",
                            "fd00::/8"}) {
    EXPECT_FALSE(parse_subnet(wrong)) << wrong;
  }
}

TEST(SubnetPool, GoesThroughTheDefaultPool) {
  SubnetPool pool{PoolConfig{}};
  EXPECT_EQ(next(pool), "10.0.0.0/24");
  EXPECT_EQ(next(pool), "10.0.1.0/24");
  EXPECT_EQ(next(pool, {subnet("10.0.2.0/24"), subnet("10.0.3.128/25")}), "10.0.4.0/24");
  EXPECT_EQ(next(pool, {subnet("10.0.0.0/16")}), "10.1.0.0/24");
}

TEST(SubnetPool, GoesThroughSeveralPoolsAndBeginsAnew) {
  SubnetPool pool{PoolConfig{{subnet("10.1.0.0/28"), subnet("192.168.0.0/29")}, 29}};
  EXPECT_EQ(next(pool), "10.1.0.0/29");
  auto copy = pool;
  EXPECT_EQ(next(pool), "10.1.0.8/29");
  EXPECT_EQ(next(pool), "192.168.0.0/29");
  EXPECT_EQ(next(pool), "10.1.0.0/29");
  EXPECT_EQ(next(pool, {subnet("10.1.0.0/24"), subnet("192.168.0.0/24")}), "none");
  EXPECT_EQ(next(copy), "10.1.0.8/29") << "a copy goes its own way";
}

TEST(SubnetPool, APoolSmallerThanASubnetHasNone) {
  SubnetPool pool{PoolConfig{{subnet("10.1.0.0/28")}, 24}};
  EXPECT_EQ(next(pool), "none");
}

TEST(AddressPool, LeavesOutGatewayAndEnds) {
  AddressPool pool(subnet("10.0.1.0/29"));
  EXPECT_EQ(to_cidr(pool.gateway(), pool.subnet()), "10.0.1.1/29");
  EXPECT_EQ(next(pool), "10.0.1.2/29");
  EXPECT_EQ(next(pool, {pool.gateway() + 2}), "10.0.1.4/29");
  EXPECT_EQ(next(pool), "10.0.1.5/29");
  EXPECT_EQ(next(pool), "10.0.1.6/29");
  // What was given back comes again only after all the others.
  EXPECT_EQ(next(pool), "10.0.1.2/29");
}

TEST(AddressPool, EndsWhenAllAreTaken) {
  AddressPool pool(subnet("10.0.1.0/30"));
  EXPECT_EQ(next(pool), "10.0.1.2/30");
  EXPECT_EQ(next(pool, {pool.gateway() + 1}), "none");
  AddressPool tiny(subnet("10.0.1.0/31"));
  EXPECT_EQ(next(tiny), "none");
}

}  // namespace
}  // namespace swarmward::scheduler
