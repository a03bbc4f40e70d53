#include "cli/connect/endpoint.h"

#include <filesystem>
#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <stdlib.h>

#include "cli/connect/curl_requests.h"

namespace swarmward::cli {
namespace {

using ::testing::EndsWith;
using ::testing::StartsWith;

/// SHA-256 of "far".
constexpr char const* kFarFolder =
    "512eea46ceb3921dff4363c7069d89d4964d1d9fccaa0f411851a7aa60a5c868";

class EndpointTest : public ::testing::Test {
 protected:
  EndpointTest() {
    std::string pattern = ::testing::TempDir() + "docker-config-XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
    variables_["DOCKER_CONFIG"] = directory_;
  }
  ~EndpointTest() override { std::filesystem::remove_all(directory_); }

  void write(std::string const& path, std::string const& text) const {
    auto const whole = std::filesystem::path(directory_) / path;
    std::filesystem::create_directories(whole.parent_path());
    std::ofstream(whole) << text;
  }

  void flag(std::string const& name, std::string const& value) { flags_.flags[name] = {value}; }

  Result<Endpoint> find() {
    return find_endpoint(flags_,
                         {[this](std::string const& name) -> std::optional<std::string> {
                            auto const found = variables_.find(name);
                            return found == variables_.end() ? std::nullopt
                                                             : std::optional(found->second);
                          },
                          [this](std::string const& path) {
                            return files_.contains(path) || std::filesystem::exists(path);
                          }});
  }
  std::string host() {
    auto const endpoint = find();
    return endpoint ? endpoint->host : "error: " + endpoint.error().message;
  }

  std::string directory_;
  Values flags_;
  std::map<std::string, std::string> variables_;
  std::set<std::string> files_;
};

TEST_F(EndpointTest, OurSocketIfThereIsOneElseTheEngines) {
  files_ = {"/run/swarmward/docker.sock"};
  EXPECT_EQ(host(), "unix:///run/swarmward/docker.sock");
  files_.clear();
  if (!std::filesystem::exists("/run/swarmward/docker.sock")) {
    EXPECT_EQ(host(), "unix:///var/run/docker.sock");
  }
}

TEST_F(EndpointTest, TheFlagWinsOverTheVariableOverTheCurrentContext) {
  write("config.json", R"({"currentContext":"nowhere","HttpHeaders":{"X-Meta":"1"}})");
  EXPECT_THAT(host(),
              StartsWith("error: unable to resolve docker endpoint: context \"nowhere\": "
                         "context not found: open "));
  variables_["DOCKER_HOST"] = "tcp://a:1";
  EXPECT_EQ(host(), "tcp://a:1");
  flag("host", "tcp://b:2");
  EXPECT_EQ(host(), "tcp://b:2");
  EXPECT_EQ(find()->headers.at("X-Meta"), "1");
  flag("context", "x");
  EXPECT_EQ(host(), "error: conflicting options: either specify --host or --context, not both");
}

TEST_F(EndpointTest, CompletesWhatUsersLeaveOut) {
  for (auto const& [given, wanted] : std::map<std::string, std::string>{
           {"far", "tcp://far:2375"},
           {"far:99", "tcp://far:99"},
           {"tcp://[::1]", "tcp://[::1]:2375"},
           {"tcp://far:2376/nodes/h2", "tcp://far:2376/nodes/h2"},
           {"unix:///a/b", "unix:///a/b"},
           {"npipe:////x", "error: unable to parse docker host `npipe:////x`"}}) {
    flag("host", given);
    EXPECT_EQ(host(), wanted);
  }
}

TEST_F(EndpointTest, TlsByVariablesAndFlags) {
  flag("host", "tcp://far");
  EXPECT_FALSE(find()->tls.on);
  variables_["DOCKER_TLS_VERIFY"] = "1";
  variables_["DOCKER_CERT_PATH"] = "/certs";
  files_ = {"/certs/ca.pem", "/certs/cert.pem", "/certs/key.pem"};
  auto const verified = *find();
  EXPECT_EQ(verified.host, "tcp://far:2376");
  EXPECT_TRUE(verified.tls.on && verified.tls.verify);
  EXPECT_EQ(verified.tls.ca_file, "/certs/ca.pem");
  EXPECT_EQ(verified.tls.key_file, "/certs/key.pem");
  flag("tlscacert", "/mine.pem");
  EXPECT_EQ(find()->tls.ca_file, "/mine.pem");
  flag("tlsverify", "false");
  flag("tls", "true");
  EXPECT_TRUE(find()->tls.on);
  EXPECT_FALSE(find()->tls.verify);
}

TEST_F(EndpointTest, ContextsWithTheirCertificates) {
  write("config.json", R"({"currentContext":"far"})");
  std::string const folder = kFarFolder;
  write(
      "contexts/meta/" + folder + "/meta.json",
      R"({"Name":"far","Endpoints":{"docker":{"Host":"tcp://10.0.0.2:2376","SkipTLSVerify":false}}})");
  write("contexts/tls/" + folder + "/docker/ca.pem", "x");
  auto const endpoint = find();
  ASSERT_TRUE(endpoint) << endpoint.error().message;
  EXPECT_EQ(endpoint->host, "tcp://10.0.0.2:2376");
  EXPECT_TRUE(endpoint->tls.on && endpoint->tls.verify);
  EXPECT_THAT(endpoint->tls.ca_file, EndsWith("/docker/ca.pem"));
  EXPECT_EQ(endpoint->tls.key_file, "");
  variables_["DOCKER_CONTEXT"] = "default";
  EXPECT_THAT(host(), StartsWith("unix://"));
}

TEST(CurlTarget, KeepsThePathOfAnAddress) {
  Endpoint endpoint;
  endpoint.host = "tcp://far:2376/nodes/h2/";
  endpoint.tls.on = true;
  EXPECT_EQ(curl_target(endpoint, "/ward/nodes").url, "https://far:2376/nodes/h2/ward/nodes");
  endpoint.host = "unix:///run/x.sock";
  EXPECT_EQ(curl_target(endpoint, "/ward/nodes").url, "http://docker/ward/nodes");
  EXPECT_EQ(curl_target(endpoint, "/ward/nodes").socket, "/run/x.sock");
}

}  // namespace
}  // namespace swarmward::cli
