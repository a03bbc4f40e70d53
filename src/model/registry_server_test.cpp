#include "model/registry_server.h"

#include <gtest/gtest.h>

namespace swarmward::model {
namespace {

TEST(RegistryServer, OneFormForAllWaysToWriteIt) {
  for (auto const* hub : {"docker.io",
                          "Docker.io",
                          "index.docker.io",
                          "https://index.docker.io/v1/",
                          "http://index.docker.io",
                          "docker.io/library"}) {
    EXPECT_EQ(normal_registry(hub), "docker.io") << hub;
  }
  EXPECT_EQ(normal_registry("registry:5000"), "registry:5000");
  EXPECT_EQ(normal_registry("https://Registry.Example.com:5000/v2/"), "registry.example.com:5000");
  EXPECT_EQ(normal_registry("[::1]:5000"), "[::1]:5000");
  EXPECT_EQ(normal_registry(""), "");
}

TEST(RegistryServer, KnowsAHostWithOrWithoutAPort) {
  for (auto const* good :
       {"registry", "registry:5000", "10.0.0.1:1", "a.b-c.d_e", "[fe80::1]", "[::1]:5"}) {
    EXPECT_TRUE(is_registry(good)) << good;
  }
  for (auto const* bad : {"",
                          ":5000",
                          "a:",
                          "a:0",
                          "a:65536",
                          "a:5x",
                          "a b",
                          "a/b",
                          "-a",
                          "a.",
                          "[]",
                          "[::1",
                          "[x]:1",
                          "a@b",
                          "user:pw@host",
                          "a\nb",
                          "[::1]x:5"}) {
    EXPECT_FALSE(is_registry(bad)) << bad;
  }
  EXPECT_TRUE(is_registry(std::string(253, 'a')));
  EXPECT_FALSE(is_registry(std::string(254, 'a')));
}

TEST(RegistryServer, OfAnImage) {
  for (auto const* hub : {"busybox",
                          "busybox:1",
                          "library/busybox",
                          "docker.io/library/busybox",
                          "index.docker.io/me/app:1",
                          "me/app@sha256:0"}) {
    EXPECT_EQ(registry_of_image(hub), "docker.io") << hub;
  }
  EXPECT_EQ(registry_of_image("localhost/app"), "localhost");
  EXPECT_EQ(registry_of_image("registry:5000/a/b:1@sha256:0"), "registry:5000");
  EXPECT_EQ(registry_of_image("ghcr.io/me/app"), "ghcr.io");
  EXPECT_EQ(registry_of_image("[::1]:5000/app"), "[::1]:5000");
}

}  // namespace
}  // namespace swarmward::model
