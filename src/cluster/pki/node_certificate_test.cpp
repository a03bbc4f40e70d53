#include "cluster/pki/node_certificate.h"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cluster/testing/pki_samples.h"

namespace swarmward::cluster {
namespace {

using fakes::kNow;

/// The request of any kind of key, with an ambitious subject.
std::string request_of(EVP_PKEY* key) {
  ossl::Request const request(X509_REQ_new());
  X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(request.get()),
                             "OU",
                             MBSTRING_ASC,
                             reinterpret_cast<unsigned char const*>("swarm-manager"),
                             -1,
                             -1,
                             0);
  X509_REQ_set_pubkey(request.get(), key);
  bool const hashed = EVP_PKEY_is_a(key, "ED25519") == 0;
  EXPECT_GT(X509_REQ_sign(request.get(), key, hashed ? EVP_sha256() : nullptr), 0);
  ossl::Bio const bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509_REQ(bio.get(), request.get());
  return ossl::text_of(bio.get());
}

Result<std::string> issue(std::string const& request) {
  return issue_certificate(fakes::signer(fakes::root()), request, fakes::terms(), system_random());
}

std::string names_of(std::string const& pem) {
  auto const certificate = ossl::read_certificate(pem);
  ossl::Bio const bio(BIO_new(BIO_s_mem()));
  X509V3_EXT_print(bio.get(),
                   X509_get_ext(certificate.get(),
                                X509_get_ext_by_NID(certificate.get(), NID_subject_alt_name, -1)),
                   0,
                   0);
  return ossl::text_of(bio.get());
}

TEST(NodeCertificate, HasNativesShape) {
  auto const ca = fakes::root();
  auto const member = fakes::member(fakes::signer(ca), fakes::terms(model::NodeRole::Manager));
  auto const read = read_certificate(member.chain);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->subject, (Subject{fakes::kNode, fakes::kCluster, model::NodeRole::Manager}));
  EXPECT_EQ(read->not_before, kNow - std::chrono::hours(1));
  EXPECT_EQ(read->not_after, kNow + std::chrono::hours(24));
  EXPECT_EQ(read->issuer_subject, tls_info(ca.certificate)->issuer_subject);
  EXPECT_THAT(read->fingerprint, testing::MatchesRegex("[0-9a-f]{64}"));
  EXPECT_EQ(names_of(member.chain),
            "DNS:nodenodenodenodenodenoden, DNS:swarm-manager, DNS:swarm-ca");
  EXPECT_EQ(names_of(fakes::member(fakes::signer(ca)).chain),
            "DNS:nodenodenodenodenodenoden, DNS:swarm-worker");
  auto const parsed = ossl::read_certificate(member.chain);
  EXPECT_GT(X509_get0_serialNumber(parsed.get())->length, 8);
  auto const der = ossl::der_of(parsed.get(), i2d_X509);
  EXPECT_EQ(read_certificate(der)->fingerprint, read->fingerprint);
}

TEST(NodeCertificate, IgnoresTheSubjectOfTheRequest) {
  ossl::Key const key(EVP_EC_gen("P-384"));
  auto const issued = issue(request_of(key.get()));
  ASSERT_TRUE(issued);
  EXPECT_EQ(read_certificate(*issued)->subject.role, model::NodeRole::Worker);
}

TEST(NodeCertificate, EndsWithItsIssuerAtTheLatest) {
  auto terms = fakes::terms();
  terms.lifetime = Duration::max();
  auto const ca = fakes::root();
  auto const read = read_certificate(fakes::member(fakes::signer(ca), terms).chain);
  EXPECT_EQ(read->not_after, kNow + std::chrono::hours(20 * 365 * 24));
  EXPECT_EQ(node_lifetime({}), std::chrono::hours(2160));
  EXPECT_EQ(node_lifetime({std::chrono::hours(2), {}, 0}), std::chrono::hours(2));
}

TEST(NodeCertificate, RefusesKeysOfOtherKinds) {
  ossl::Key const rsa(EVP_RSA_gen(2048));
  ossl::Key const edwards(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  ossl::Key const small(EVP_EC_gen("P-224"));
  for (auto* const key : {rsa.get(), edwards.get(), small.get()}) {
    auto const issued = issue(request_of(key));
    ASSERT_FALSE(issued);
    EXPECT_EQ(issued.error().code, ErrorCode::InvalidArgument);
  }
}

TEST(NodeCertificate, RefusesARequestThatItsKeyDidNotSign) {
  ossl::Key const key(EVP_EC_gen("P-256"));
  ossl::Key const other(EVP_EC_gen("P-256"));
  ossl::Request const request(X509_REQ_new());
  X509_REQ_set_pubkey(request.get(), key.get());
  X509_REQ_sign(request.get(), other.get(), EVP_sha256());
  ossl::Bio const bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509_REQ(bio.get(), request.get());
  auto const issued = issue(ossl::text_of(bio.get()));
  ASSERT_FALSE(issued);
  EXPECT_EQ(issued.error().code, ErrorCode::InvalidArgument);
}

TEST(NodeCertificate, RefusesGarbageAndHugeInput) {
  auto const good = make_request(make_key().value()).value();
  EXPECT_TRUE(issue(good));
  for (auto const& text : {std::string{},
                           std::string("-----BEGIN CERTIFICATE REQUEST-----\nAAAA"),
                           std::string(1 << 22, '\n') + good,
                           std::string(1 << 22, 'A')}) {
    EXPECT_FALSE(issue(text));
    EXPECT_FALSE(read_certificate(text));
  }
  EXPECT_FALSE(read_certificate(fakes::root().certificate));  // A certificate, but no node's.
  EXPECT_FALSE(make_request("no key"));
}

TEST(NodeCertificate, ASignerWithAnotherKeyIsAnErrorOfOurs) {
  auto const signer = Signer{fakes::root().certificate, fakes::root().key, {}};
  auto const request = make_request(make_key().value()).value();
  auto const issued = issue_certificate(signer, request, fakes::terms(), system_random());
  ASSERT_FALSE(issued);
  EXPECT_EQ(issued.error().code, ErrorCode::Internal);
  EXPECT_THAT(issued.error().message, testing::Not(testing::HasSubstr("PRIVATE")));
}

}  // namespace
}  // namespace swarmward::cluster
