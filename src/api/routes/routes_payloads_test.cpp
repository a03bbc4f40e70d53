#include <gmock/gmock.h>

#include "api/events/event_log.h"
#include "api/routes/testing/api_test.h"

namespace swarmward::api {
namespace {

using testing::ElementsAre;

constexpr auto kInvalid = "400 rpc error: code = InvalidArgument desc = ";

class PayloadsTest : public ApiTest {
 protected:
  PayloadsTest() { make_swarm(); }

  /// Returns the id. `root` is /secrets or /configs; the data is "hi".
  std::string make(std::string const& root, std::string const& name, std::string const& more = {}) {
    auto const response = request(
        "POST", root + "/create", R"({"Name":")" + name + R"(","Data":"aGk=")" + more + "}");
    EXPECT_EQ(response.status, 201U) << response.body;
    return nlohmann::json::parse(response.body, nullptr, false).value("ID", "");
  }
  /// The names that a list shows.
  std::vector<std::string> names(std::string const& target) {
    std::vector<std::string> names;
    for (auto const& each : get(target)) {
      names.push_back(each["Spec"]["Name"]);
    }
    std::ranges::sort(names);
    return names;
  }
  std::string update(std::string const& target, std::string const& body) {
    return outcome("POST", target + "/update?version=" + version_of(target), body);
  }
  /// A container that refers to a secret and a config, each by id and name.
  static std::string using_both(std::string const& secret,
                                std::string const& secret_name,
                                std::string const& config,
                                std::string const& config_name) {
    return R"({"Name":"web","TaskTemplate":{"ContainerSpec":{"Image":"bb","Secrets":[
      {"File":{"Name":"s","UID":"0","GID":"0"},"SecretID":")" +
           secret + R"(","SecretName":")" + secret_name +
           R"("}],"Configs":[{"File":{"Name":"c"},"ConfigID":")" + config + R"(","ConfigName":")" +
           config_name + R"("}]}}})";
  }
};

TEST_F(PayloadsTest, SecretsAreMadeAndShownWithoutTheirData) {
  auto const id =
      make("/secrets", "key", R"(,"Labels":{"tier":"db"},"Templating":{"Name":"golang"})");
  for (auto const& target : {id, id.substr(0, 9), std::string("key"), std::string("KEY")}) {
    auto const shown = get("/secrets/" + target);
    EXPECT_EQ(shown["ID"], id);
    EXPECT_EQ(shown["Spec"].dump(),
              R"({"Labels":{"tier":"db"},"Name":"key","Templating":{"Name":"golang"}})");
  }
  EXPECT_EQ(get("/secrets"), nlohmann::json::array({get("/secrets/key")}));
  EXPECT_EQ(store_->snapshot()->find_secret(model::SecretId(id))->spec.data, "hi");
  EXPECT_EQ(outcome("GET", "/configs/key"), "404 config key not found");
}

TEST_F(PayloadsTest, ConfigsAreShownWithTheirData) {
  auto const id = make("/configs", "site");
  EXPECT_EQ(get("/configs/site")["Spec"].dump(), R"({"Data":"aGk=","Labels":{},"Name":"site"})");
  EXPECT_EQ(get("/configs")[0]["ID"], id);
}

TEST_F(PayloadsTest, BadOnesAreRefused) {
  make("/secrets", "Key");
  make("/configs", "Site");
  auto const create = [this](std::string const& root, std::string const& body) {
    return outcome("POST", root + "/create", body);
  };
  EXPECT_EQ(create("/secrets", R"({"Name":"kEY","Data":"aGk="})"),
            "409 rpc error: code = AlreadyExists desc = secret kEY already exists");
  EXPECT_EQ(create("/configs", R"({"Name":"SITE","Data":"aGk="})"),
            "409 rpc error: code = AlreadyExists desc = config SITE already exists");
  EXPECT_EQ(create("/secrets", "{}"), std::string(kInvalid) + "name must be provided");
  EXPECT_EQ(
      create("/configs", R"({"Name":"a"})"),
      std::string(kInvalid) + "config data must be larger than 0 and less than 1024000 bytes");
  EXPECT_EQ(create("/secrets", R"({"Name":"a","Driver":{"Name":"nope"}})"),
            "500 rpc error: code = Unknown desc = plugin \"nope\" not found");
  EXPECT_EQ(create("/secrets", R"({"Name":"a","Data":"!"})"),
            "400 invalid JSON: illegal base64 data at input byte 0");
}

TEST_F(PayloadsTest, OldClientsHaveLess) {
  auto const templated = R"({"Name":"a","Data":"aGk=","Templating":{}})";
  EXPECT_EQ(outcome("POST", "/secrets/create", templated, {1, 36}),
            "400 secret templating is not supported on the specified API version: 1.36");
  EXPECT_EQ(outcome("POST", "/configs/create", templated, {1, 36}),
            "400 config templating is not supported on the specified API version: 1.36");
  EXPECT_EQ(outcome("POST", "/configs/create", templated, {1, 37}), "201");
  EXPECT_EQ(outcome("GET", "/secrets", {}, {1, 24}),
            "400 GET /secrets requires minimum API version 1.25");
  EXPECT_EQ(outcome("GET", "/configs", {}, {1, 29}),
            "400 GET /configs requires minimum API version 1.30");
}

TEST_F(PayloadsTest, ListsAreFiltered) {
  auto const first = make("/secrets", "Alpha", R"(,"Labels":{"x":"1"})");
  make("/secrets", "beta", R"(,"Labels":{"x":"2","y":""})");
  make("/configs", "gamma", R"(,"Labels":{"x":"1"})");
  EXPECT_THAT(names(R"(/secrets?filters={"name":["aL"]})"), ElementsAre("Alpha"));
  EXPECT_THAT(names(R"(/secrets?filters={"names":["ALPHA","bet"]})"), ElementsAre("Alpha"));
  EXPECT_THAT(names(R"(/secrets?filters={"id":[")" + first.substr(0, 12) + R"("]})"),
              ElementsAre("Alpha"));
  EXPECT_THAT(names(R"(/secrets?filters={"names":["beta"],"name":["al"]})"),
              ElementsAre("Alpha", "beta"))
      << "one of them is enough";
  EXPECT_THAT(names(R"(/secrets?filters={"name":["be"],"label":["x=1"]})"), ElementsAre());
  EXPECT_THAT(names(R"(/secrets?filters={"label":["x="]})"), ElementsAre("Alpha", "beta"));
  EXPECT_THAT(names(R"(/secrets?filters={"label":["x","y"]})"), ElementsAre("beta"));
  EXPECT_THAT(names(R"(/configs?filters={"label":["x=1"]})"), ElementsAre("gamma"));
  EXPECT_EQ(outcome("GET", R"(/configs?filters={"names":["gamma"]})"),
            "400 invalid filter 'names'");
  EXPECT_EQ(outcome("GET", R"(/secrets?filters={"foo":["x"]})"), "400 invalid filter 'foo'");
}

TEST_F(PayloadsTest, OnlyLabelsChange) {
  make("/secrets", "key");
  auto const before = version_of("/secrets/key");
  EXPECT_EQ(update("/secrets/key", R"({"Name":"key","Labels":{"a":"b"}})"), "200");
  EXPECT_EQ(update("/secrets/key", R"({"Name":"key","Labels":{"a":"c"},"Data":"aGk="})"), "200");
  EXPECT_EQ(get("/secrets/key")["Spec"]["Labels"].dump(), R"({"a":"c"})");
  EXPECT_NE(version_of("/secrets/key"), before);
  auto const refused = std::string(kInvalid) + "only updates to Labels are allowed";
  EXPECT_EQ(update("/secrets/key", R"({"Name":"key","Data":"aG8="})"), refused);
  EXPECT_EQ(update("/secrets/key", R"({"Name":"KEY"})"), refused);
  EXPECT_EQ(outcome("POST", "/secrets/key/update?version=" + before, R"({"Name":"key"})"),
            "500 rpc error: code = Unknown desc = update out of sequence");
  EXPECT_EQ(outcome("POST", "/secrets/key/update?version=" + before, R"({"Name":"x"})"), refused)
      << "a wrong name is found before a wrong version";
  EXPECT_EQ(store_->snapshot()->secrets.begin().value()->spec.data, "hi");
}

TEST_F(PayloadsTest, UnusedOnesAreRemoved) {
  auto const id = make("/secrets", "key");
  EXPECT_EQ(outcome("DELETE", "/secrets/key"), "204");
  EXPECT_EQ(outcome("DELETE", "/secrets/" + id), "404 secret " + id + " not found");
  make("/secrets", "KEY");
}

TEST_F(PayloadsTest, UsedOnesAreKept) {
  auto const secret = make("/secrets", "key");
  auto const config = make("/configs", "site");
  auto const body = using_both(secret, "key", config, "site");
  create(body);
  EXPECT_EQ(outcome("DELETE", "/secrets/key"),
            std::string(kInvalid) + "secret 'key' is in use by the following service: web");
  EXPECT_EQ(outcome("DELETE", "/configs/site"),
            std::string(kInvalid) + "config 'site' is in use by the following service: web");
  auto other = body;
  create(other.replace(other.find("web"), 3, "api"));
  EXPECT_THAT(outcome("DELETE", "/secrets/key"),
              testing::AnyOf(testing::EndsWith("following services: web, api"),
                             testing::EndsWith("following services: api, web")));
  EXPECT_EQ(
      outcome("POST", "/services/web/update?version=" + version_of("/services/web"), spec("web")),
      "200");
  EXPECT_EQ(outcome("DELETE", "/services/api"), "200");
  EXPECT_EQ(outcome("DELETE", "/secrets/key"), "204") << "a previous spec does not protect it";
  EXPECT_EQ(outcome("DELETE", "/configs/site"), "204");
}

TEST_F(PayloadsTest, ServicesReferToWhatIsThere) {
  auto const secret = make("/secrets", "key");
  auto const config = make("/configs", "site");
  auto const refused = [this](std::string const& body) {
    return outcome("POST", "/services/create", body);
  };
  EXPECT_EQ(refused(using_both(secret, "KEY", config, "site")),
            std::string(kInvalid) + "secret not found: KEY");
  EXPECT_EQ(refused(using_both(secret + "x", "key", config, "site")),
            std::string(kInvalid) + "secret not found: key");
  EXPECT_EQ(refused(using_both(secret, "key", secret, "site")),
            std::string(kInvalid) + "config not found: site");
  create(using_both(secret, "key", config, "site"));
  EXPECT_EQ(outcome("POST",
                    "/services/web/update?version=" + version_of("/services/web"),
                    using_both(secret, "key", config, "other")),
            std::string(kInvalid) + "config not found: other");
}

TEST_F(PayloadsTest, ARotationGivesUsersTheNewValueAndKeepsTheOldOne) {
  auto const old = make("/secrets", "key", R"(,"Labels":{"ward.rotate":"services"})");
  auto const config = make("/configs", "site");
  create(using_both(old, "key", config, "site"));
  auto const body = R"({"Name":"key","Labels":{"ward.rotate":"services"},"Data":"aG8="})";
  EXPECT_EQ(update("/secrets/key", body), "200");
  EXPECT_THAT(names("/secrets"), ElementsAre("key", "key.1"));
  auto const fresh = get("/secrets/key")["ID"].get<std::string>();
  EXPECT_NE(fresh, old);
  EXPECT_EQ(store_->snapshot()->find_secret(model::SecretId(fresh))->spec.data, "ho");
  EXPECT_EQ(store_->snapshot()->find_secret(model::SecretId(old))->spec.data, "hi");
  auto const used = [&](char const* spec) {
    return get("/services/web")[spec]["TaskTemplate"]["ContainerSpec"]["Secrets"][0]["SecretID"];
  };
  EXPECT_EQ(used("Spec"), fresh);
  EXPECT_EQ(used("PreviousSpec"), old);
  // A stack's deployment sends the same spec again: a rollback still goes back to the old value.
  EXPECT_EQ(outcome("POST",
                    "/services/web/update?version=" + version_of("/services/web"),
                    using_both(fresh, "key", config, "site")),
            "200");
  EXPECT_EQ(used("PreviousSpec"), old);
}

TEST_F(PayloadsTest, AServiceThatWentBackGoesOn) {
  auto const old = make("/secrets", "key", R"(,"Labels":{"ward.rotate":"services"})");
  auto const config = make("/configs", "site", R"(,"Labels":{"ward.rotate":"services"})");
  create(using_both(old, "key", config, "site"));
  EXPECT_EQ(update("/secrets/key", R"({"Name":"key","Data":"aG8="})"), "200");
  EXPECT_EQ(update("/configs/site", R"({"Name":"site","Data":"aG8="})"), "200");
  auto const post = [this](std::string const& query, std::string const& body) {
    auto const version = version_of("/services/web");
    return outcome("POST", "/services/web/update?version=" + version + query, body);
  };
  EXPECT_EQ(post("&rollback=previous", spec("web")), "200");
  auto const used = get("/services/web")["Spec"]["TaskTemplate"]["ContainerSpec"];
  EXPECT_EQ(used["Secrets"][0]["SecretID"], old);
  EXPECT_EQ(used["Configs"][0]["ConfigID"], config) << "both go back, whatever changed last";
  EXPECT_EQ(post("", using_both(old, "key", config, "site")), "200") << "as docker service scale";
}

TEST_F(PayloadsTest, AValueInBetweenThatNobodyGoesBackToGoes) {
  auto const first = make("/configs", "site", R"(,"Labels":{"ward.rotate":"services"})");
  create(using_both(make("/secrets", "key"), "key", first, "site"));
  auto const rotate = [this](std::string const& data) {
    return update("/configs/site",
                  R"({"Name":"site","Labels":{"ward.rotate":"services"},"Data":")" + data + "\"}");
  };
  EXPECT_EQ(rotate("aG8="), "200");
  EXPECT_EQ(rotate("aGE="), "200");
  EXPECT_THAT(names("/configs"), ElementsAre("site", "site.1"));
  EXPECT_EQ(rotate("aGE="), "200") << "the same value again";
  EXPECT_THAT(names("/configs"), ElementsAre("site", "site.1"));
}

TEST_F(PayloadsTest, ARotationIsCheckedAsACreationIs) {
  make("/secrets", "key", R"(,"Labels":{"ward.rotate":"services"})");
  std::string const large(700'000, 'a');
  EXPECT_THAT(update("/secrets/key", R"({"Name":"key","Data":")" + large + "\"}"),
              testing::HasSubstr("secret data must be larger than 0 and less than 512000 bytes"));
  EXPECT_EQ(outcome("POST", "/secrets/key/update?version=7777", R"({"Name":"key","Data":"aG8="})"),
            "500 rpc error: code = Unknown desc = update out of sequence");
  EXPECT_THAT(names("/secrets"), ElementsAre("key"));
}

TEST_F(PayloadsTest, EventsAreTold) {
  make("/secrets", "key");
  EXPECT_EQ(update("/secrets/key", R"({"Name":"key","Labels":{"a":"b"}})"), "200");
  EXPECT_EQ(outcome("DELETE", "/secrets/key"), "204");
  make("/configs", "site");
  settle();
  std::vector<std::string> told;
  for (auto const& event : events_.kept({}, std::nullopt)) {
    if (event->type == "secret" || event->type == "config") {
      told.push_back(std::string(event->type) + " " + std::string(event->action) + " " +
                     event->attributes.at("name"));
      EXPECT_EQ(event->attributes.size(), 1U);
    }
  }
  EXPECT_THAT(
      told,
      ElementsAre(
          "secret create key", "secret update key", "secret remove key", "config create site"));
}

}  // namespace
}  // namespace swarmward::api
