#include <sstream>

#include <gmock/gmock.h>

#include "cli/complete.h"
#include "cli/testing/fake_keyboard.h"
#include "cli/testing/fake_requests.h"
#include "cli/verbs/verbs.h"

namespace swarmward::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class RegistryVerbsTest : public ::testing::Test {
 protected:
  RegistryVerbsTest() {
    daemon_.say("POST /auth", R"({"Status":"Login Succeeded","IdentityToken":""})");
    daemon_.say("POST /ward/registries", R"({"ServerAddress":"registry:5000","Username":"me"})");
    keyboard_.input = "open sesame\n";
  }
  Result<int> run(Verb verb,
                  std::vector<std::string> const& arguments,
                  std::map<std::string, std::string> const& flags = {}) {
    Values values;
    values.arguments = arguments;
    for (auto const& [name, value] : flags) {
      values.flags[name] = {value};
    }
    Session session{daemon_, out_, err_, keyboard_};
    return verb(session, values);
  }
  Result<int> login(std::string const& server,
                    std::map<std::string, std::string> const& flags = {
                        {"username", "me"}, {"password-stdin", "true"}}) {
    return run(&registry_login, {server}, flags);
  }
  nlohmann::json body(std::size_t at) { return nlohmann::json::parse(daemon_.bodies.at(at)); }

  FakeRequests daemon_;
  FakeKeyboard keyboard_;
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(RegistryVerbsTest, LoginHasTheEngineCheckAndTheDaemonStore) {
  auto const done = login("https://Registry:5000/v2/");
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_THAT(daemon_.asked, ElementsAre("POST /auth", "POST /ward/registries"));
  EXPECT_EQ(body(0),
            nlohmann::json::parse(
                R"({"username":"me","password":"open sesame","serveraddress":"registry:5000"})"));
  EXPECT_EQ(body(1),
            nlohmann::json::parse(
                R"({"ServerAddress":"registry:5000","Username":"me","Password":"open sesame"})"));
  EXPECT_EQ(out_.str(), "Login Succeeded\n");
  ASSERT_TRUE(login("index.docker.io"));
  EXPECT_EQ(body(2)["serveraddress"], "https://index.docker.io/v1/");
  EXPECT_EQ(body(3)["ServerAddress"], "docker.io");
}

TEST_F(RegistryVerbsTest, ARefusedLoginStoresNothing) {
  daemon_.answers["POST /auth"] = {
      {401, R"({"message":"Get \"https://registry:5000/v2/\": unauthorized"})"}};
  auto const done = login("registry:5000");
  ASSERT_FALSE(done);
  EXPECT_THAT(
      done.error().message,
      HasSubstr("Error response from daemon: Get \"https://registry:5000/v2/\": unauthorized"));
  EXPECT_THAT(done.error().message, HasSubstr("--no-check"));
  EXPECT_THAT(done.error().message, Not(HasSubstr("sesame")));
  EXPECT_THAT(daemon_.asked, ElementsAre("POST /auth"));
  EXPECT_TRUE(login("registry:5000",
                    {{"username", "me"}, {"password-stdin", "true"}, {"no-check", "true"}}));
  EXPECT_THAT(daemon_.asked, ElementsAre("POST /auth", "POST /ward/registries"));
}

TEST_F(RegistryVerbsTest, ATokenIsStoredInPlaceOfThePassword) {
  daemon_.answers["POST /auth"] = {{200, R"({"Status":"ok","IdentityToken":"token"})"}};
  ASSERT_TRUE(login("registry:5000"));
  EXPECT_EQ(body(1),
            nlohmann::json::parse(
                R"({"ServerAddress":"registry:5000","Username":"me","IdentityToken":"token"})"));
}

TEST_F(RegistryVerbsTest, AsksAtATerminalOnly) {
  EXPECT_THAT(login("r", {{"username", "me"}}).error().message, HasSubstr("--password-stdin"));
  EXPECT_THAT(login("r", {{"password-stdin", "true"}}).error().message, HasSubstr("--username"));
  keyboard_.terminal = true;
  keyboard_.lines = {"me"};
  keyboard_.hidden = {"open sesame"};
  ASSERT_TRUE(login("r", {}));
  EXPECT_EQ(err_.str(), "Username: Password: \n");
  EXPECT_EQ(body(1)["Username"], "me");
  EXPECT_EQ(body(1)["Password"], "open sesame");
  EXPECT_THAT(login("r", {{"username", "me"}}).error().message, HasSubstr("has ended"));
}

TEST_F(RegistryVerbsTest, RefusesWhatCannotBeMeant) {
  EXPECT_THAT(login("a b").error().message, HasSubstr("invalid registry \"a b\": use HOST"));
  keyboard_.input = "\n";
  EXPECT_EQ(login("r").error().message, "the password is empty");
  keyboard_.input = std::string(70'000, 'x');
  EXPECT_FALSE(login("r"));
  EXPECT_THAT(daemon_.asked, IsEmpty());
}

TEST_F(RegistryVerbsTest, ListAndLogout) {
  daemon_.say("GET /ward/registries",
              R"([{"ServerAddress":"docker.io","Username":"","CreatedAt":"2024-05-01T10:00:00.5Z",
                   "UpdatedAt":"2024-05-01T10:00:00Z"}])");
  EXPECT_EQ(run(&list_registries, {}).value(), 0);
  EXPECT_EQ(out_.str(),
            "SERVER      USER      CREATED                UPDATED\n"
            "docker.io   <token>   2024-05-01T10:00:00Z   2024-05-01T10:00:00Z\n");
  out_.str({});
  EXPECT_EQ(run(&list_registries, {}, {{"format", "json"}}).value(), 0);
  EXPECT_EQ(nlohmann::json::parse(out_.str())[0]["ServerAddress"], "docker.io");
  EXPECT_THAT(registry_names(daemon_), ElementsAre("docker.io"));
  out_.str({});
  daemon_.say("DELETE /ward/registries/registry%3A5000", "");
  EXPECT_EQ(run(&registry_logout, {"https://registry:5000"}).value(), 0);
  EXPECT_EQ(out_.str(), "registry:5000\n");
}

}  // namespace
}  // namespace swarmward::cli
