#include "cluster/pki/verify_member.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cluster/pki/certificate_fields.h"
#include "cluster/testing/pki_samples.h"

namespace swarmward::cluster {
namespace {

using fakes::kNow;
using std::chrono::hours;
using testing::HasSubstr;

std::string refusal(std::string const& chain, MemberRules const& rules) {
  auto const peer = verify_member(chain, rules);
  EXPECT_FALSE(peer);
  if (peer) {
    return "accepted";
  }
  EXPECT_EQ(peer.error().code, ErrorCode::Unauthorized);
  return peer.error().message;
}

/// A manager's certificate that a member signs with its own key.
std::string forged_by(fakes::Member const& forger, std::string const& tail) {
  auto const issuer = ossl::read_certificate(forger.chain);
  auto const key = ossl::read_key(forger.key);
  auto const name =
      fakes::member(fakes::signer(fakes::root()), fakes::terms(model::NodeRole::Manager));
  auto const leaf = ossl::read_certificate(name.chain);
  X509_set_issuer_name(leaf.get(), X509_get_subject_name(issuer.get()));
  EXPECT_TRUE(ossl::set_key_ids(leaf.get(), issuer.get()));
  EXPECT_GT(X509_sign(leaf.get(), key.get(), EVP_sha256()), 0);
  return ossl::to_pem(leaf.get()) + tail;
}

TEST(VerifyMember, KnowsItsOwn) {
  auto const ca = fakes::root();
  auto const member = fakes::member(fakes::signer(ca), fakes::terms(model::NodeRole::Manager));
  auto const peer = verify_member(member.chain, fakes::rules(ca));
  ASSERT_TRUE(peer) << peer.error().message;
  EXPECT_EQ(peer->node, fakes::kNode);
  EXPECT_EQ(peer->role, model::NodeRole::Manager);
  EXPECT_EQ(peer->fingerprint, read_certificate(member.chain)->fingerprint);
  EXPECT_FALSE(peer->expired);
  EXPECT_EQ(peer->issuer_subject, tls_info(ca.certificate)->issuer_subject);
  EXPECT_EQ(peer->issuer_public_key, tls_info(ca.certificate)->issuer_public_key);
  auto const der = ossl::der_of(ossl::read_certificate(member.chain).get(), i2d_X509);
  EXPECT_TRUE(verify_member(der, fakes::rules(ca)));
}

TEST(VerifyMember, AnExpiredMemberMayOnlyRenew) {
  auto const ca = fakes::root();
  auto const member = fakes::member(fakes::signer(ca));
  EXPECT_FALSE(verify_member(member.chain, fakes::rules(ca, kNow + hours(24)))->expired);
  auto const peer = verify_member(member.chain, fakes::rules(ca, kNow + hours(25)));
  ASSERT_TRUE(peer);
  EXPECT_TRUE(peer->expired);
  EXPECT_THAT(refusal(member.chain, fakes::rules(fakes::root(), kNow + hours(25))),
              HasSubstr("not issued by this swarm's CA"));
}

TEST(VerifyMember, ClocksMayDiffer) {
  auto const ca = fakes::root(kNow - hours(100));
  auto const member = fakes::member(fakes::signer(ca));
  EXPECT_TRUE(verify_member(member.chain, fakes::rules(ca, kNow - hours(1))));
  EXPECT_EQ(refusal(member.chain, fakes::rules(ca, kNow - hours(2))),
            "the certificate is not valid before 2030-01-01T23:00:00Z and it is "
            "2030-01-01T22:00:00Z here: the clocks of the hosts may differ");
  EXPECT_THAT(refusal(member.chain, fakes::rules(ca, kNow - hours(200))), HasSubstr("clocks"));
}

TEST(VerifyMember, AnExpiredRootIsTheEnd) {
  auto const ca = fakes::root();
  auto const member = fakes::member(fakes::signer(ca));
  EXPECT_THAT(refusal(member.chain, fakes::rules(ca, kNow + hours(21 * 365 * 24))),
              HasSubstr("CA has expired"));
}

TEST(VerifyMember, RefusesOtherSwarms) {
  auto const ca = fakes::root();
  auto const other = fakes::root();
  EXPECT_THAT(refusal(fakes::member(fakes::signer(other)).chain, fakes::rules(ca)),
              HasSubstr("not issued by this swarm's CA"));
  // Even with the foreign root sent along.
  EXPECT_THAT(
      refusal(fakes::member(fakes::signer(other)).chain + other.certificate, fakes::rules(ca)),
      HasSubstr("not issued by this swarm's CA"));
  auto terms = fakes::terms();
  terms.subject.cluster = model::ClusterId("elsewhereelsewhereelsewhe");
  EXPECT_EQ(refusal(fakes::member(fakes::signer(ca), terms).chain, fakes::rules(ca)),
            "the certificate belongs to another swarm");
}

TEST(VerifyMember, AMemberIsNoAuthority) {
  auto const ca = fakes::root();
  auto const worker = fakes::member(fakes::signer(ca));
  EXPECT_THAT(refusal(forged_by(worker, worker.chain), fakes::rules(ca)),
              HasSubstr("not issued by this swarm's CA"));
  EXPECT_THAT(refusal(forged_by(worker, {}), fakes::rules(ca)),
              HasSubstr("not issued by this swarm's CA"));
  // Claiming the CA's name, signed with the worker's own key.
  auto const impostor = fakes::Member{ca.certificate, worker.key};
  EXPECT_THAT(refusal(forged_by(impostor, ca.certificate), fakes::rules(ca)),
              HasSubstr("not issued by this swarm's CA"));
}

TEST(VerifyMember, RefusesACertificateChangedAfterwards) {
  auto const ca = fakes::root();
  auto const leaf = ossl::read_certificate(fakes::member(fakes::signer(ca)).chain);
  auto der = ossl::der_of(leaf.get(), i2d_X509);
  auto const at = der.find("swarm-worker");
  ASSERT_NE(at, std::string::npos);
  der.replace(at, 12, "swarm-gorker");
  EXPECT_THAT(refusal(der, fakes::rules(ca)), HasSubstr("signature"));
}

TEST(VerifyMember, TheRootItselfIsNoMember) {
  auto const ca = fakes::root();
  EXPECT_THAT(refusal(ca.certificate, fakes::rules(ca)), HasSubstr("not one of a swarm node"));
}

TEST(VerifyMember, NeedsBothUsages) {
  auto const ca = fakes::root();
  auto const key = ossl::read_key(ca.key);
  auto const leaf = ossl::read_certificate(fakes::member(fakes::signer(ca)).chain);
  X509_EXTENSION_free(
      X509_delete_ext(leaf.get(), X509_get_ext_by_NID(leaf.get(), NID_ext_key_usage, -1)));
  ASSERT_GT(X509_sign(leaf.get(), key.get(), EVP_sha256()), 0);
  EXPECT_THAT(refusal(ossl::to_pem(leaf.get()), fakes::rules(ca)),
              HasSubstr("not one of a swarm node"));
  ASSERT_TRUE(ossl::add_extension(leaf.get(), NID_ext_key_usage, "clientAuth"));
  ASSERT_GT(X509_sign(leaf.get(), key.get(), EVP_sha256()), 0);
  EXPECT_THAT(refusal(ossl::to_pem(leaf.get()), fakes::rules(ca)),
              HasSubstr("not one of a swarm node"));
}

TEST(VerifyMember, RefusesGarbageAndHugeInput) {
  auto const ca = fakes::root();
  auto const good = fakes::member(fakes::signer(ca)).chain;
  std::string many;
  for (int i = 0; i < 6; ++i) {
    many += good;
  }
  for (auto const& text : {std::string{},
                           std::string("-----BEGIN CERTIFICATE-----\n"),
                           good + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                           many,
                           std::string(1 << 22, 'A'),
                           std::string(1 << 22, '\n') + good}) {
    EXPECT_NE(refusal(text, fakes::rules(ca)), "accepted");
  }
  EXPECT_NE(refusal(good, {{}, fakes::kCluster, kNow}), "accepted");
}

TEST(VerifyMember, LeavesNoErrorsForOthers) {
  auto const ca = fakes::root();
  ERR_clear_error();
  EXPECT_NE(refusal(fakes::member(fakes::signer(fakes::root())).chain, fakes::rules(ca)),
            "accepted");
  EXPECT_NE(refusal("garbage", fakes::rules(ca)), "accepted");
  EXPECT_EQ(ERR_peek_error(), 0U);
}

}  // namespace
}  // namespace swarmward::cluster
