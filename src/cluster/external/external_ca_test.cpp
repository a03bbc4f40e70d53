#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cluster/external/ca_questions.h"
#include "cluster/external/cfssl.h"
#include "cluster/external/external_signer.h"
#include "cluster/external/issued_check.h"
#include "cluster/pki/cross_sign.h"
#include "cluster/testing/pki_samples.h"

namespace swarmward::cluster {
namespace {

using fakes::kNow;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

model::Cluster cluster_of(RootCa const& ca) {
  model::Cluster cluster;
  cluster.id = fakes::kCluster;
  cluster.tls = tls_info(ca.certificate).value();
  cluster.ca_key = ca.key;
  return cluster;
}

model::ExternalCa external(std::string url, std::string certificate) {
  return {"cfssl", std::move(url), {}, std::move(certificate)};
}

TEST(ExternalSigner, ThoseOfTheRootThatSigns) {
  auto const present = fakes::root();
  auto const next = fakes::root();
  auto cluster = cluster_of(present);
  EXPECT_FALSE(external_signer_of(cluster));
  cluster.spec.ca.external_cas = {external("https://next", "\n" + next.certificate),
                                  external("https://unnamed", ""),
                                  external("https://present", present.certificate)};
  auto const now = external_signer_of(cluster);
  ASSERT_TRUE(now);
  EXPECT_EQ(now->root, present.certificate);
  EXPECT_EQ(now->intermediate, "");
  EXPECT_THAT(now->urls, ElementsAre("https://unnamed", "https://present"));

  cluster.root_rotation = model::RootRotation{next.certificate, "", "crossed"};
  auto const rotating = external_signer_of(cluster);
  ASSERT_TRUE(rotating);
  EXPECT_EQ(rotating->root, next.certificate);
  EXPECT_EQ(rotating->intermediate, "crossed");
  EXPECT_THAT(rotating->urls, ElementsAre("https://next"));
  cluster.root_rotation->certificate = fakes::root().certificate;
  EXPECT_FALSE(external_signer_of(cluster));
}

TEST(Cfssl, AsksForANode) {
  auto const asked = nlohmann::json::parse(render_sign_request("CSR", fakes::terms().subject));
  auto const expected = nlohmann::json::parse(R"({
      "hosts": ["swarm-worker", "nodenodenodenodenodenoden"],
      "certificate_request": "CSR", "profile": "",
      "subject": {"CN": "nodenodenodenodenodenoden",
                  "names": [{"O": "clusterclusterclusterclus", "OU": "swarm-worker"}]}})");
  EXPECT_EQ(asked, expected);
  auto const manager = nlohmann::json::parse(
      render_sign_request("CSR", fakes::terms(model::NodeRole::Manager).subject));
  EXPECT_EQ(manager["hosts"].dump(), R"(["swarm-manager","nodenodenodenodenodenoden","swarm-ca"])");
}

TEST(Cfssl, AsksForACa) {
  auto const next = fakes::root();
  auto const rendered = render_cross_sign_request(next);
  ASSERT_TRUE(rendered) << rendered.error().message;
  auto const asked = nlohmann::json::parse(*rendered);
  EXPECT_EQ(asked["profile"], "CA");
  EXPECT_EQ(asked["subject"]["CN"], "swarm-ca");
  EXPECT_EQ(asked["extensions"][0]["id"], "2.5.29.19");
  EXPECT_TRUE(asked["extensions"][0]["critical"]);
  EXPECT_THAT(asked["extensions"][0]["value"].get<std::string>(), HasSubstr("0101ff"));
  EXPECT_THAT(asked["certificate_request"].get<std::string>(), HasSubstr("CERTIFICATE REQUEST"));
  EXPECT_THAT(*rendered, ::testing::Not(HasSubstr("PRIVATE")));
  EXPECT_FALSE(render_cross_sign_request({next.certificate, fakes::root().key}));
}

std::string refusal(long status, std::string const& body, ErrorCode code) {
  auto const read = read_sign_answer(status, body);
  if (read) {
    return "read: " + *read;
  }
  EXPECT_EQ(read.error().code, code) << body;
  return read.error().message;
}

TEST(Cfssl, ReadsAnswers) {
  EXPECT_EQ(read_sign_answer(200, R"({"success":true,"result":{"certificate":"PEM"}})").value(),
            "PEM");
  using enum ErrorCode;
  EXPECT_EQ(refusal(503, "come\nback", Unavailable),
            "unexpected status code in CSR response: 503 - come back");
  EXPECT_LT(refusal(500, std::string(5000, 'x'), Unavailable).size(), 400U);
  EXPECT_EQ(refusal(200, "<html>", Unavailable), "unable to parse JSON response");
  EXPECT_EQ(refusal(200, "[]", Unavailable), "unable to parse JSON response");
  EXPECT_EQ(refusal(200, "{}", Internal), "certificate signing request failed");
  EXPECT_EQ(refusal(200, R"({"success":true,"result":null})", Internal),
            "certificate signing request failed");
  EXPECT_EQ(refusal(200, R"({"success":false,"result":{"certificate":"PEM"}})", Internal),
            "certificate signing request failed");
  EXPECT_EQ(refusal(200,
                    R"({"success":false,"errors":[{"code":5100,"message":"Invalid policy"},7,{}]})",
                    Internal),
            "response errors: [{5100 Invalid policy} {0 } {0 }]");
  for (auto const* body : {R"({"success":true,"result":"PEM"})",
                           R"({"success":true,"result":{}})",
                           R"({"success":true,"result":{"certificate":7}})"}) {
    EXPECT_EQ(refusal(200, body, Internal), "the CA's answer holds no certificate");
  }
}

class IssuedCheck : public ::testing::Test {
 protected:
  [[nodiscard]] std::string issued(Signer const& by, CertificateTerms const& with) const {
    return issue_certificate(by, request_, with, system_random()).value();
  }
  [[nodiscard]] std::string verdict(std::string const& answer) const {
    auto const checked = check_issued(answer, asked_);
    return checked ? "fine" : checked.error().message;
  }

  RootCa ca_ = fakes::root();
  std::string request_ = make_request(make_key().value()).value();
  AskedFor asked_{request_, fakes::terms().subject, ca_.certificate, kNow};
};

TEST_F(IssuedCheck, TakesWhatWasAskedFor) {
  auto const good = issued(fakes::signer(ca_), fakes::terms());
  EXPECT_EQ(check_issued(good, asked_).value(), good);
  EXPECT_EQ(check_issued(good + fakes::root().certificate, asked_).value(), good);
}

TEST_F(IssuedCheck, RefusesAllElse) {
  auto const signer = fakes::signer(ca_);
  EXPECT_THAT(verdict("nonsense"), HasSubstr("no certificate"));
  EXPECT_THAT(verdict(issued(fakes::signer(fakes::root()), fakes::terms())),
              HasSubstr("the swarm's root did not sign it"));
  EXPECT_THAT(verdict(issued(signer, fakes::terms(model::NodeRole::Manager))),
              HasSubstr("another role"));
  auto terms = fakes::terms();
  terms.subject.node = model::NodeId("xxxxxxxxxxxxxxxxxxxxxxxxx");
  EXPECT_THAT(verdict(issued(signer, terms)), HasSubstr("another node"));
  terms = fakes::terms();
  terms.subject.cluster = model::ClusterId("xxxxxxxxxxxxxxxxxxxxxxxxx");
  EXPECT_THAT(verdict(issued(signer, terms)), HasSubstr("another swarm"));
  terms = fakes::terms();
  terms.lifetime = Duration{};
  asked_.now += std::chrono::hours(1);
  EXPECT_THAT(verdict(issued(signer, terms)), HasSubstr("expired"));
  asked_.now = kNow - std::chrono::hours(2);
  EXPECT_THAT(verdict(issued(signer, fakes::terms())), HasSubstr("not valid before"));
  asked_.now = kNow;
  EXPECT_THAT(verdict(fakes::member(signer).chain), HasSubstr("another key"));
  EXPECT_THAT(verdict(ca_.certificate), HasSubstr("not what was asked for"));
}

TEST(CrossedCheck, TakesTheNextRootAndNothingElse) {
  auto const present = fakes::root();
  auto const next = fakes::root();
  auto const other = fakes::root();
  auto const verdict = [&](std::string const& answer, Time now = kNow) {
    auto const checked = check_crossed(answer, next.certificate, present.certificate, now);
    return checked ? "fine" : checked.error().message;
  };
  auto const cross = [](RootCa const& by, RootCa const& of) {
    return cross_sign(by, of.certificate, system_random()).value();
  };
  EXPECT_EQ(verdict(cross(present, next)), "fine");
  EXPECT_THAT(verdict(cross(other, next)), HasSubstr("present root did not sign"));
  EXPECT_THAT(verdict(cross(present, other)), HasSubstr("the name and the key"));
  EXPECT_THAT(verdict(cross(present, next), kNow + std::chrono::hours(24 * 365 * 30)),
              HasSubstr("not in force"));
  EXPECT_THAT(verdict(fakes::member(fakes::signer(present)).chain), HasSubstr("name and the key"));
  EXPECT_THAT(verdict(""), HasSubstr("no certificate"));
}

class CaQuestionsTest : public ::testing::Test {
 protected:
  [[nodiscard]] CaQuestions plan(model::Cluster const& cluster) const {
    return plan_ca_questions(cluster, request_, kNow, system_random());
  }

  RootCa ca_ = fakes::root();
  RootCa other_ = fakes::root();
  CaRequest request_;
};

TEST_F(CaQuestionsTest, NothingWhileTheSwarmHasItsKeys) {
  auto const inside = cluster_of(ca_);
  EXPECT_THAT(plan(inside).reach, IsEmpty());
  request_.config.force_rotate = 1;
  EXPECT_THAT(plan(inside).reach, IsEmpty());
  EXPECT_FALSE(plan(inside).cross);
  request_.signing_cert = other_.certificate;
  EXPECT_THAT(plan(inside).reach, ElementsAre(other_.certificate));
  request_.signing_key = other_.key;
  EXPECT_THAT(plan(inside).reach, IsEmpty());
  EXPECT_FALSE(plan(inside).cross);
}

TEST_F(CaQuestionsTest, TheRootOfARotation) {
  auto rotating = cluster_of(ca_);
  rotating.root_rotation = model::RootRotation{other_.certificate, "", ""};
  EXPECT_THAT(plan(rotating).reach, ElementsAre(other_.certificate));
}

TEST_F(CaQuestionsTest, AwayFromAnExternalCa) {
  auto const outside = cluster_of({ca_.certificate, ""});
  EXPECT_THAT(plan(outside).reach, ElementsAre(ca_.certificate));
  EXPECT_FALSE(plan(outside).cross);
  request_.config.force_rotate = 1;
  EXPECT_TRUE(plan(outside).cross);
  request_ = {{}, other_.certificate, other_.key};
  ASSERT_TRUE(plan(outside).cross);
  EXPECT_EQ(plan(outside).cross->certificate, other_.certificate);
  request_ = {{}, ca_.certificate, ca_.key};
  EXPECT_THAT(plan(outside).reach, IsEmpty());
  EXPECT_FALSE(plan(outside).cross);
}

TEST_F(CaQuestionsTest, WhatWasCrossedThereStartsTheRotation) {
  auto outside = cluster_of({ca_.certificate, ""});
  request_.config.external_cas = {external("https://ca", "")};
  request_.config.force_rotate = 1;
  auto const next = plan(outside).cross.value();
  CaContext context{kNow, system_random(), [](auto const&) { return true; }};
  auto const refused = change_ca(outside, request_, context);
  EXPECT_THAT(refused.error().message, HasSubstr("unable to generate a cross-signed certificate"));
  context.crossed = {next, cross_sign(ca_, next.certificate, system_random()).value()};
  ASSERT_TRUE(change_ca(outside, request_, context));
  EXPECT_EQ(outside.root_rotation->certificate, next.certificate);
  EXPECT_EQ(outside.root_rotation->key, next.key);
  EXPECT_EQ(outside.root_rotation->cross_signed, context.crossed->cross_signed);
}

TEST_F(CaQuestionsTest, TheKeyOfAnExternalCaBecomesOurs) {
  auto outside = cluster_of({ca_.certificate, ""});
  request_ = {{}, ca_.certificate, ca_.key};
  ASSERT_TRUE(change_ca(outside, request_, {kNow, system_random(), {}}));
  EXPECT_EQ(outside.ca_key, ca_.key);
  EXPECT_FALSE(outside.root_rotation);
}

}  // namespace
}  // namespace swarmward::cluster
