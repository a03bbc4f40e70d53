#include "wire/registry.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "wire/body.h"
#include "wire/codec/text.h"
#include "wire/stored/stored.h"

namespace swarmward::wire {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Result<model::RegistryLogin> parse(std::string const& text) {
  return registry_login_from_json(*parse_body(text));
}

std::string refusal(std::string const& text) {
  auto const login = parse(text);
  EXPECT_FALSE(login) << text;
  EXPECT_TRUE(login || login.error().code == ErrorCode::InvalidArgument);
  return login ? std::string{} : login.error().message;
}

/// The document in a header.
nlohmann::json opened(std::string header) {
  std::ranges::replace(header, '-', '+');
  std::ranges::replace(header, '_', '/');
  return nlohmann::json::parse(base64_decode(header).bytes);
}

TEST(RegistryLogin, IsReadWithItsServerInNormalForm) {
  auto const login = parse(
      R"({"ServerAddress":"https://Registry:5000/v2/","Username":"me","Password":"open sesame"})");
  ASSERT_TRUE(login) << login.error().message;
  EXPECT_EQ(*login, (model::RegistryLogin{"registry:5000", "me", "open sesame", ""}));
  auto const token =
      parse(R"({"serveraddress":"https://index.docker.io/v1/","identitytoken":"t"})");
  ASSERT_TRUE(token) << token.error().message;
  EXPECT_EQ(*token, (model::RegistryLogin{"docker.io", "", "", "t"}));
}

TEST(RegistryLogin, RefusalsNameCauseAndCureButNoSecret) {
  EXPECT_THAT(refusal(R"({"Username":"me","Password":"hidden"})"),
              HasSubstr("ServerAddress is missing: name the registry"));
  EXPECT_THAT(refusal(R"({"ServerAddress":"a b","Username":"me","Password":"hidden"})"),
              HasSubstr(R"(invalid ServerAddress "a b": use HOST or HOST:PORT)"));
  for (auto const* neither_or_both :
       {R"({"ServerAddress":"r"})",
        R"({"ServerAddress":"r","Username":"me"})",
        R"({"ServerAddress":"r","Username":"me","Password":"hidden","IdentityToken":"hidden"})"}) {
    EXPECT_THAT(refusal(neither_or_both), HasSubstr("give either Username and Password or"));
  }
  EXPECT_THAT(refusal(R"({"ServerAddress":"r","Password":"hidden"})"),
              HasSubstr("Username is missing"));
  EXPECT_THAT(refusal(R"({"ServerAddress":"r","Username":"a\nb","Password":"hidden"})"),
              HasSubstr("control characters"));
  auto const number = refusal(R"({"ServerAddress":"r","Username":"me","Password":424242})");
  EXPECT_THAT(number, HasSubstr("Password of type string"));
  EXPECT_THAT(number, Not(HasSubstr("424242")));
  refusal("[]");
  refusal("7");
}

TEST(RegistryLogin, HasLimits) {
  auto const with = [](std::string const& key, std::size_t size) {
    return R"({"ServerAddress":"r","Username":"me",")" + key + R"(":")" + std::string(size, 'x') +
           R"("})";
  };
  EXPECT_TRUE(parse(with("Password", 65'536)));
  EXPECT_EQ(refusal(with("Password", 65'537)),
            "Password is too long: 65537 bytes, at most 65536 are taken");
  EXPECT_THAT(refusal(with("IdentityToken", 65'537)), HasSubstr("IdentityToken is too long"));
  EXPECT_THAT(refusal(R"({"ServerAddress":"r","Password":"p","Username":")" +
                      std::string(257, 'x') + R"("})"),
              HasSubstr("Username is too long"));
  EXPECT_THAT(refusal(R"({"Username":"me","Password":"p","ServerAddress":")" +
                      std::string(513, 'x') + R"("})"),
              HasSubstr("ServerAddress is too long"));
}

TEST(RegistryCredential, ShowsNoSecretAndIsStoredWhole) {
  model::RegistryCredential credential;
  credential.id = model::CredentialId("c1");
  credential.meta.version = 7;
  for (auto const& login : {model::RegistryLogin{"registry:5000", "me", "hidden", ""},
                            model::RegistryLogin{"docker.io", "", "", "hidden"}}) {
    credential.login = login;
    auto const shown = to_json(credential);
    EXPECT_THAT(shown.dump(), Not(HasSubstr("hidden")));
    EXPECT_EQ(shown["ServerAddress"], login.server);
    EXPECT_EQ(shown["Username"], login.user_name);
    EXPECT_EQ(shown["Version"]["Index"], 7);
    EXPECT_TRUE(shown.contains("CreatedAt") && shown.contains("UpdatedAt"));
    auto const back = credential_from_stored(stored(credential));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->login, login);
    EXPECT_EQ(back->id, credential.id);
    EXPECT_EQ(back->meta.version, 7U);
  }
}

TEST(RegistryCredential, AsEnginesTakeIt) {
  EXPECT_EQ(opened(registry_auth_header({"registry:5000", "me", "p?>~\xc3\xbf", ""})),
            nlohmann::json::parse(R"({"serveraddress":"registry:5000","username":"me",)"
                                  "\"password\":\"p?>~\xc3\xbf\"}"));
  EXPECT_EQ(opened(registry_auth_header({"docker.io", "me", "", "token"})),
            nlohmann::json::parse(R"({"serveraddress":"https://index.docker.io/v1/",
                                      "username":"me","identitytoken":"token"})"));
  EXPECT_THAT(registry_auth_header({"r", "me", std::string(300, '\x7e') + "?~?>~>", ""}),
              Not(::testing::AnyOf(HasSubstr("+"), HasSubstr("/"))));
}

}  // namespace
}  // namespace swarmward::wire
