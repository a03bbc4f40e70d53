#include "app/adoption_advice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace swarmward::app {
namespace {

using ::testing::HasSubstr;

model::EngineAccess at(std::string url) {
  model::EngineAccess access;
  access.url = std::move(url);
  return access;
}

TEST(AdoptionAdvice, KeysFitTheAddress) {
  auto tls = at("tcp://h:2376");
  EXPECT_TRUE(check_access(tls));
  tls.ca = "ca";
  EXPECT_TRUE(check_access(tls)) << "a CA alone: the engine asks for no certificate";
  tls.key = "key";
  EXPECT_FALSE(check_access(tls)) << "a key without a certificate";
  tls.certificate = "certificate";
  EXPECT_TRUE(check_access(tls));
  tls.url = "ssh://h";
  EXPECT_FALSE(check_access(tls));
  auto ssh = at("ssh://u@h:22");
  ssh.ssh_identity = "key";
  EXPECT_TRUE(check_access(ssh));
  ssh.url = "tcp://h:1";
  EXPECT_FALSE(check_access(ssh));
  EXPECT_FALSE(check_access(at("http://h")));
  EXPECT_FALSE(check_access(at("")));
}

TEST(AdoptionAdvice, KeysForSshThatCannotBeUsedAreToldSo) {
  auto const said = [](std::string key) {
    auto ssh = at("ssh://u@h");
    ssh.ssh_identity = std::move(key);
    auto const valid = check_access(ssh);
    return valid ? std::string() : valid.error().message;
  };
  std::string const head = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
  EXPECT_EQ(said(head + "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtz\n"), "");
  EXPECT_EQ(said("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n"), "");
  EXPECT_THAT(said(head + "b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABB\n"),
              HasSubstr("passphrase"));
  EXPECT_THAT(said("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"),
              HasSubstr("passphrase"));
  EXPECT_THAT(said("ssh-ed25519 AAAA me@here"), HasSubstr("public half"));
}

TEST(AdoptionAdvice, CuresFollowTheReason) {
  auto const cure = [](std::string url, std::string const& reason) {
    return access_cure(at(std::move(url)), reason, "/d/known_hosts");
  };
  EXPECT_THAT(cure("ssh://u@h:2222", "Host key verification failed."),
              HasSubstr("ssh-keyscan -p 2222 h >> /d/known_hosts"));
  EXPECT_THAT(cure("ssh://u@h", "u@h: Permission denied (publickey)."),
              HasSubstr("--ssh-identity"));
  EXPECT_THAT(cure("ssh://u@h", "sh: 1: docker: not found"), HasSubstr("docker CLI"));
  EXPECT_THAT(cure("tcp://h:1", "TLS handshake: self-signed certificate in certificate chain"),
              HasSubstr("--tls-ca"));
  EXPECT_THAT(cure("tcp://h:1", "TLS: tlsv13 alert certificate required"), HasSubstr("--tls-cert"));
  EXPECT_THAT(cure("tcp://h:1", "Connection refused"), HasSubstr("firewall"));
}

TEST(AdoptionAdvice, PlainTcpIsWarnedOf) {
  EXPECT_THAT(access_warning(at("tcp://h:1")), HasSubstr("without TLS"));
  EXPECT_EQ(access_warning(at("ssh://h")), "");
  auto tls = at("tcp://h:1");
  tls.ca = "ca";
  EXPECT_EQ(access_warning(tls), "");
}

}  // namespace
}  // namespace swarmward::app
