#include "api/routes/testing/api_test.h"

namespace swarmward::api {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class RegistriesTest : public ApiTest {
 protected:
  std::string login(std::string const& server, std::string const& password) {
    return outcome("POST",
                   "/ward/registries",
                   R"({"ServerAddress":")" + server + R"(","Username":"me","Password":")" +
                       password + R"("})");
  }
  model::RegistryLogin stored(std::string const& server) {
    auto const credential = store_->snapshot()->credential_for(server);
    return credential ? credential->login : model::RegistryLogin{};
  }
};

TEST_F(RegistriesTest, AreTheManagers) {
  EXPECT_THAT(outcome("GET", "/ward/registries"),
              HasSubstr("503 This node is not a swarm manager"));
  EXPECT_THAT(login("r", "p"), HasSubstr("503 This node is not a swarm manager"));
  EXPECT_THAT(outcome("DELETE", "/ward/registries/r"),
              HasSubstr("503 This node is not a swarm manager"));
  EXPECT_EQ(store_->snapshot()->credentials.size(), 0U);
}

TEST_F(RegistriesTest, AreStoredReplacedAndRemovedByRegistry) {
  make_swarm();
  EXPECT_EQ(get("/ward/registries"), nlohmann::json::array());
  EXPECT_EQ(login("https://Registry:5000/v2/", "first"), "200");
  EXPECT_EQ(stored("registry:5000").password, "first");
  auto const first = get("/ward/registries")[0];
  clock_.time += std::chrono::hours(1);
  EXPECT_EQ(login("registry:5000", "second"), "200");
  EXPECT_EQ(stored("registry:5000").password, "second");
  EXPECT_EQ(login("https://index.docker.io/v1/", "third"), "200");
  auto const all = get("/ward/registries");
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0]["ServerAddress"], "docker.io");
  EXPECT_EQ(all[1]["ID"], first["ID"]);
  EXPECT_EQ(all[1]["CreatedAt"], first["CreatedAt"]);
  EXPECT_NE(all[1]["UpdatedAt"], first["UpdatedAt"]);
  EXPECT_EQ(outcome("DELETE", "/ward/registries/registry:5000"), "200");
  EXPECT_EQ(outcome("DELETE", "/ward/registries/index.docker.io"), "200");
  EXPECT_EQ(get("/ward/registries"), nlohmann::json::array());
  EXPECT_EQ(outcome("DELETE", "/ward/registries/registry:5000"),
            "404 no credential is stored for registry:5000: docker ward registry ls shows those "
            "that are");
}

TEST_F(RegistriesTest, NoAnswerHasTheSecret) {
  make_swarm();
  for (auto const* body : {R"({"ServerAddress":"r","Username":"me","Password":"hidden"})",
                           R"({"ServerAddress":"r","Username":"me","IdentityToken":"hidden"})"}) {
    auto const made = request("POST", "/ward/registries", body);
    EXPECT_EQ(made.status, 200U);
    EXPECT_EQ(nlohmann::json::parse(made.body)["Username"], "me");
    EXPECT_THAT(made.body, Not(HasSubstr("hidden")));
    auto const list = request("GET", "/ward/registries").body;
    EXPECT_THAT(list, HasSubstr(R"("ServerAddress":"r")"));
    EXPECT_THAT(list, Not(HasSubstr("hidden")));
  }
  EXPECT_EQ(stored("r"), (model::RegistryLogin{"r", "me", "", "hidden"}));
}

TEST_F(RegistriesTest, BadRequestsStoreNothing) {
  make_swarm();
  EXPECT_THAT(outcome("POST", "/ward/registries"), HasSubstr("400 ServerAddress is missing"));
  EXPECT_THAT(login("a b", "hidden"), HasSubstr("400 invalid ServerAddress"));
  for (auto const* body : {"[]",
                           "{",
                           R"({"ServerAddress":"r","Username":"me","Password":["hidden"]})",
                           R"({"ServerAddress":"r","Password":"hidden"})"}) {
    auto const said = outcome("POST", "/ward/registries", body);
    EXPECT_THAT(said, HasSubstr("400 ")) << body;
    EXPECT_THAT(said, Not(HasSubstr("hidden")));
  }
  EXPECT_THAT(outcome("PUT", "/ward/registries"), HasSubstr("404"));
  EXPECT_THAT(outcome("DELETE", "/ward/registries/a/b"), HasSubstr("404 page not found"));
  EXPECT_EQ(store_->snapshot()->credentials.size(), 0U);
}

TEST_F(RegistriesTest, NoMoreThanAThousand) {
  make_swarm();
  change([](state::Draft& draft) -> Result<void> {
    for (int number = 0; number < 1000; ++number) {
      model::RegistryCredential credential;
      credential.id = new_id<model::CredentialTag>(system_random());
      credential.login.server = "r" + std::to_string(number);
      draft.put(std::move(credential));
    }
    return {};
  });
  EXPECT_EQ(login("r7", "new"), "200");
  EXPECT_THAT(login("another", "new"), HasSubstr("400 credentials of 1000 registries are stored"));
}

TEST_F(RegistriesTest, MakeNoEvents) {
  make_swarm();
  settle();
  auto const before = events_.kept(Time{}, std::nullopt).size();
  EXPECT_EQ(login("r", "p"), "200");
  settle();
  EXPECT_EQ(events_.kept(Time{}, std::nullopt).size(), before);
}

}  // namespace
}  // namespace swarmward::api
