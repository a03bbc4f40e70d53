#include "wire/validate/network_spec.h"

#include <gtest/gtest.h>

namespace swarmward::wire {
namespace {

std::string const kInvalid = "rpc error: code = InvalidArgument desc = ";

model::NetworkSpec plain() {
  model::NetworkSpec spec;
  spec.annotations.name = "back";
  spec.driver.name = "overlay";
  return spec;
}

model::NetworkSpec with(model::IpamConfig config) {
  auto spec = plain();
  spec.ipam = {std::move(config)};
  return spec;
}

std::string fault(model::NetworkSpec const& spec) {
  auto const valid = validate_network_spec(spec);
  return valid ? "" : valid.error().message;
}

TEST(ValidateNetworkSpec, GoodOnesPass) {
  EXPECT_EQ(fault(plain()), "");
  EXPECT_EQ(fault(with({"10.8.0.0/24", "10.8.0.128/25", "10.8.0.9", {}})), "");
  EXPECT_EQ(fault(with({"0.0.0.0/0", "10.8.0.128/32", "", {}})), "");
  auto spec = plain();
  spec.ingress = true;
  spec.ipam_driver = model::Driver{"default", {}};
  EXPECT_EQ(fault(spec), "");
}

TEST(ValidateNetworkSpec, Names) {
  auto spec = plain();
  for (auto const* name : {"a.b", "-a", "a_", "a b"}) {
    spec.annotations.name = name;
    EXPECT_EQ(fault(spec), kInvalid + "name must be valid as a DNS name component") << name;
  }
  spec.annotations.name = std::string(64, 'a');
  EXPECT_EQ(fault(spec), kInvalid + "name must be 63 characters or fewer");
}

TEST(ValidateNetworkSpec, TheFirstFaultIsNatives) {
  auto spec = plain();
  spec.annotations.name = "a.b";
  spec.ingress = spec.attachable = true;
  EXPECT_EQ(fault(spec), kInvalid + "ingress network cannot be attachable");
  spec = plain();
  spec.driver.name.clear();
  EXPECT_EQ(fault(spec), kInvalid + "driver name: if driver is specified name is required");
  spec.annotations.labels["com.docker.swarm.predefined"] = "true";
  EXPECT_EQ(fault(spec),
            "rpc error: code = PermissionDenied desc = label com.docker.swarm.predefined is for "
            "internally created predefined networks and cannot be applied by users");
}

TEST(ValidateNetworkSpec, Ranges) {
  EXPECT_EQ(fault(with({"zz", "", "", {}})), kInvalid + "ipam configuration: invalid subnet zz");
  EXPECT_EQ(fault(with({"", "", "10.8.0.9", {}})),
            kInvalid + "ipam configuration: invalid subnet ");
  EXPECT_EQ(fault(with({"10.8.0.0/33", "", "", {}})),
            kInvalid + "ipam configuration: invalid subnet 10.8.0.0/33");
  EXPECT_EQ(fault(with({"10.8.0.0/24x", "", "", {}})),
            kInvalid + "ipam configuration: invalid subnet 10.8.0.0/24x");
  EXPECT_EQ(fault(with({"10.8.0.0/24", "", "10.7.0.1", {}})),
            kInvalid + "ipam configuration: subnet 10.8.0.0/24 does not contain gateway 10.7.0.1");
  EXPECT_EQ(fault(with({"10.8.0.0/24", "10.7.0.0/25", "", {}})),
            kInvalid + "ipam configuration: subnet 10.8.0.0/24 does not contain range 10.7.0.0/25");
  EXPECT_EQ(fault(with({"10.8.0.0/24", "10.8.0.0/23", "", {}})),
            kInvalid + "ipam configuration: subnet 10.8.0.0/24 does not contain range 10.8.0.0/23");
  EXPECT_EQ(fault(with({"fd00::/64", "", "", {}})),
            kInvalid +
                "ipam configuration: subnet fd00::/64 is not IPv4, which is all that this version "
                "has");
}

TEST(ValidateNetworkSpec, WhatThisVersionDoesNotHave) {
  auto spec = plain();
  spec.driver.options["encrypted"] = "";
  EXPECT_TRUE(validate_network_spec(spec));
  spec.ingress = true;
  EXPECT_EQ(validate_network_spec(spec).error().code, ErrorCode::NotImplemented);
  spec = plain();
  spec.ipam_driver = model::Driver{"nope", {}};
  EXPECT_EQ(fault(spec), kInvalid + "error during lookup of plugin nope");
}

TEST(CheckSubnetsAreMasked, AllFaultsAreTold) {
  auto spec = with({"10.0.0.1/24", "", "", {}});
  spec.ipam.push_back({"10.8.0.0/24", "", "", {}});
  spec.ipam.push_back({"10.9.9.9/16", "", "", {}});
  EXPECT_EQ(check_subnets_are_masked(spec).error().message,
            "invalid network config:\ninvalid subnet 10.0.0.1/24: it should be 10.0.0.0/24\n"
            "invalid subnet 10.9.9.9/16: it should be 10.9.0.0/16");
  EXPECT_TRUE(check_subnets_are_masked(with({"10.8.0.0/24", "", "", {}})));
  EXPECT_TRUE(check_subnets_are_masked(with({"zz", "", "", {}})));
}

}  // namespace
}  // namespace swarmward::wire
