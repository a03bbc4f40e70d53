#include "wire/payload.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "wire/stored/stored.h"
#include "wire/validate/payload_spec.h"

namespace swarmward::wire {
namespace {

using nlohmann::json;

model::Secret sample_secret() {
  model::Secret secret;
  secret.id = model::SecretId("sec1");
  secret.meta = {7, Time(std::chrono::seconds(10)), Time(std::chrono::seconds(20))};
  secret.spec.annotations = {"key", {{"tier", "db"}}};
  secret.spec.data = std::string("hu\0sh\xff", 6);
  secret.spec.driver = model::Driver{"vault", {{"a", "b"}}};
  secret.spec.templating = model::Driver{"golang", {}};
  return secret;
}

model::Config sample_config() {
  model::Config config;
  config.id = model::ConfigId("con1");
  config.meta = {8, Time(std::chrono::seconds(10)), Time(std::chrono::seconds(20))};
  config.spec.annotations.name = "site";
  config.spec.data = "hi";
  return config;
}

TEST(Payload, ClientsSeeConfigsButNotSecrets) {
  EXPECT_EQ(to_json(sample_secret()),
            json::parse(R"({"ID":"sec1","Version":{"Index":7},"CreatedAt":"1970-01-01T00:00:10Z",
              "UpdatedAt":"1970-01-01T00:00:20Z","Spec":{"Name":"key","Labels":{"tier":"db"},
              "Driver":{"Name":"vault","Options":{"a":"b"}},"Templating":{"Name":"golang"}}})"));
  EXPECT_EQ(to_json(sample_config()),
            json::parse(R"({"ID":"con1","Version":{"Index":8},"CreatedAt":"1970-01-01T00:00:10Z",
              "UpdatedAt":"1970-01-01T00:00:20Z",
              "Spec":{"Name":"site","Labels":{},"Data":"aGk="}})"));
}

TEST(Payload, TheStoreKeepsEverything) {
  auto const secret = secret_from_stored(stored(sample_secret()));
  ASSERT_TRUE(secret) << secret.error().message;
  EXPECT_EQ(secret->id, sample_secret().id);
  EXPECT_EQ(secret->meta, sample_secret().meta);
  EXPECT_EQ(secret->spec, sample_secret().spec);
  auto const config = config_from_stored(stored(sample_config()));
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->id, sample_config().id);
  EXPECT_EQ(config->meta, sample_config().meta);
  EXPECT_EQ(config->spec, sample_config().spec);
  EXPECT_FALSE(secret_from_stored("{}"));
  EXPECT_FALSE(config_from_stored(R"({"v":99})"));
}

std::string decoded(std::string_view body) {
  auto const spec = secret_spec_from_json(json::parse(body));
  return spec ? spec->data : spec.error().message;
}

TEST(Payload, DataIsDecodedAsGoDoes) {
  EXPECT_EQ(decoded(R"({"Data":"aGk="})"), "hi");
  EXPECT_EQ(decoded(R"({"data":null})"), "");
  EXPECT_EQ(decoded(R"({"Data":[104,105]})"), "hi");
  EXPECT_EQ(decoded(R"({"Data":"!!"})"), "invalid JSON: illegal base64 data at input byte 0");
  auto const cannot = "invalid JSON: json: cannot unmarshal ";
  EXPECT_EQ(decoded(R"({"Data":5})"),
            std::string(cannot) + "number into Go struct field SecretSpec.Data of type []uint8");
  EXPECT_EQ(decoded(R"({"Data":[256]})"),
            std::string(cannot) + "number 256 into Go struct field SecretSpec.Data of type uint8");
  EXPECT_EQ(decoded("[]"), std::string(cannot) + "array into Go value of type swarm.SecretSpec");
}

std::string verdict(std::string const& name, std::size_t size) {
  model::SecretSpec secret;
  secret.annotations.name = name;
  secret.data = std::string(size, 'x');
  auto const valid = validate_secret_spec(secret);
  return valid ? "" : valid.error().message;
}

constexpr auto kBadName =
    "rpc error: code = InvalidArgument desc = invalid name, only 64 [a-zA-Z0-9-_.] characters "
    "allowed, and the start and end character must be [a-zA-Z0-9]";

TEST(Payload, NamesAreChecked) {
  for (auto const* good : {"a", "A.b", "1_-.z", "a..b"}) {
    EXPECT_EQ(verdict(good, 1), "") << good;
  }
  EXPECT_EQ(verdict(std::string(64, 'a'), 1), "");
  EXPECT_EQ(verdict("", 1), "rpc error: code = InvalidArgument desc = name must be provided");
  for (auto const* bad : {"-a", "a-", ".a", "a_", "a b", "a/b", "\xc3\xbc", "a\n"}) {
    EXPECT_EQ(verdict(bad, 1), kBadName) << bad;
  }
  EXPECT_EQ(verdict(std::string(65, 'a'), 1), kBadName);
}

TEST(Payload, SizesAreChecked) {
  EXPECT_EQ(verdict("a", 511'999), "");
  for (std::size_t const size : {0U, 512'000U}) {
    EXPECT_EQ(verdict("a", size),
              "rpc error: code = InvalidArgument desc = secret data must be larger than 0 and less "
              "than 512000 bytes");
  }
  auto config = sample_config().spec;
  config.data = std::string(1'023'999, 'x');
  EXPECT_TRUE(validate_config_spec(config));
  config.data += 'x';
  EXPECT_EQ(validate_config_spec(config).error().message,
            "rpc error: code = InvalidArgument desc = config data must be larger than 0 and less "
            "than 1024000 bytes");
}

TEST(Payload, DriversNeedAName) {
  model::SecretSpec spec;
  spec.annotations.name = "a";
  spec.driver = model::Driver{};
  EXPECT_EQ(validate_secret_spec(spec).error().message,
            "rpc error: code = InvalidArgument desc = secret driver must have a name");
  spec.driver->name = "vault";
  EXPECT_TRUE(validate_secret_spec(spec));
}

}  // namespace
}  // namespace swarmward::wire
