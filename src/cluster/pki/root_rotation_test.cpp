#include "cluster/pki/root_rotation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cluster/pki/certificate_fields.h"
#include "cluster/pki/cross_sign.h"
#include "cluster/pki/join_token.h"
#include "cluster/testing/pki_samples.h"

namespace swarmward::cluster {
namespace {

using fakes::kNow;
using std::chrono::hours;
using testing::ElementsAre;

model::Cluster cluster_of(RootCa const& ca) {
  model::Cluster cluster;
  cluster.id = fakes::kCluster;
  cluster.tls = tls_info(ca.certificate).value();
  cluster.ca_key = ca.key;
  cluster.worker_token = "worker";
  cluster.manager_token = "manager";
  return cluster;
}

CaContext context() {
  return {kNow, system_random(), {}};
}

CaRequest forced(std::uint64_t count) {
  CaRequest request;
  request.config.force_rotate = count;
  return request;
}

CaRequest given(std::string certificate, std::string key) {
  return {{}, std::move(certificate), std::move(key)};
}

std::string refusal(model::Cluster cluster, CaRequest const& request) {
  auto const before = cluster.root_rotation;
  auto const tls = cluster.tls;
  auto const changed = change_ca(cluster, request, context());
  EXPECT_EQ(cluster.root_rotation, before);
  EXPECT_EQ(cluster.tls, tls);
  if (changed) {
    return "accepted";
  }
  EXPECT_THAT(changed.error().message, testing::Not(testing::HasSubstr("PRIVATE")));
  std::string const prefix = "rpc error: code = InvalidArgument desc = ";
  auto const& text = changed.error().message;
  return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

/// A root whose fields were changed, signed anew.
template <class Change>
std::string altered(RootCa const& ca, Change change) {
  auto const certificate = ossl::read_certificate(ca.certificate);
  auto const key = ossl::read_key(ca.key);
  change(certificate.get());
  EXPECT_GT(X509_sign(certificate.get(), key.get(), EVP_sha256()), 0);
  return ossl::to_pem(certificate.get());
}

void drop_key_ids(X509* certificate) {
  for (int const nid : {NID_subject_key_identifier, NID_authority_key_identifier}) {
    X509_EXTENSION_free(X509_delete_ext(certificate, X509_get_ext_by_NID(certificate, nid, -1)));
  }
}

bool accepts(std::string const& chain, std::vector<std::string> roots) {
  auto const peer = verify_member(chain, {std::move(roots), fakes::kCluster, kNow});
  return peer.has_value();
}

TEST(RootRotation, BothSidesOfARotationUnderstandEachOther) {
  auto cluster = cluster_of(fakes::root());
  auto const old_root = cluster.tls.trust_root;
  auto const old_member = fakes::member(*signer_of(cluster));
  ASSERT_TRUE(change_ca(cluster, forced(1), context()));
  ASSERT_TRUE(cluster.root_rotation);
  auto const next_root = cluster.root_rotation->certificate;
  EXPECT_EQ(cluster.tls.trust_root, old_root);
  EXPECT_EQ(cluster.tls.issuer_public_key, tls_info(next_root)->issuer_public_key);
  EXPECT_EQ(cluster.worker_token, "worker");
  EXPECT_THAT(trusted_roots(cluster), ElementsAre(old_root, next_root));

  auto const new_member = fakes::member(*signer_of(cluster));
  EXPECT_TRUE(accepts(new_member.chain, {old_root}));
  EXPECT_TRUE(accepts(new_member.chain, {next_root}));
  EXPECT_TRUE(accepts(new_member.chain, trusted_roots(cluster)));
  EXPECT_TRUE(accepts(old_member.chain, trusted_roots(cluster)));
  EXPECT_FALSE(accepts(old_member.chain, {next_root}));
  auto const peer = verify_member(new_member.chain, {{old_root}, fakes::kCluster, kNow});
  EXPECT_EQ(peer->issuer_public_key, cluster.tls.issuer_public_key);
  // Without what the old root signed, the new member is a stranger to it.
  auto const leaf = normal_pem(new_member.chain);
  EXPECT_FALSE(accepts(leaf, {old_root}));
}

TEST(RootRotation, WorksWithRootsWithoutKeyIdentifiers) {
  auto const first = fakes::root();
  auto const second = fakes::root();
  auto const old_root = altered(first, drop_key_ids);
  auto const next_root = altered(second, drop_key_ids);
  auto cluster = cluster_of({old_root, first.key});
  ASSERT_EQ(refusal(cluster, given(next_root, fakes::root().key)),
            "the signing CA key does not belong to the signing CA cert");
  auto const changed = change_ca(cluster, given(next_root, second.key), context());
  ASSERT_TRUE(changed) << changed.error().message;
  auto const member = fakes::member(*signer_of(cluster));
  EXPECT_TRUE(accepts(member.chain, {old_root}));
  EXPECT_TRUE(accepts(member.chain, {next_root}));
  EXPECT_TRUE(accepts(member.chain, trusted_roots(cluster)));
}

TEST(RootRotation, NothingAskedNothingChanged) {
  auto cluster = cluster_of(fakes::root());
  ASSERT_TRUE(change_ca(cluster, forced(0), context()));
  EXPECT_FALSE(cluster.root_rotation);
  ASSERT_TRUE(change_ca(cluster, forced(1), context()));
  auto const rotation = cluster.root_rotation;
  cluster.spec.ca.force_rotate = 1;
  ASSERT_TRUE(change_ca(cluster, forced(1), context()));
  EXPECT_EQ(cluster.root_rotation, rotation);
  ASSERT_TRUE(change_ca(cluster, forced(2), context()));  // Starts over.
  EXPECT_NE(cluster.root_rotation, rotation);
  EXPECT_TRUE(accepts(fakes::member(*signer_of(cluster)).chain, {cluster.tls.trust_root}));
}

TEST(RootRotation, ThePresentRootEndsIt) {
  auto const ca = fakes::root();
  auto cluster = cluster_of(ca);
  ASSERT_TRUE(change_ca(cluster, forced(1), context()));
  ASSERT_TRUE(change_ca(cluster, given(ca.certificate, ca.key), context()));
  EXPECT_FALSE(cluster.root_rotation);
  EXPECT_EQ(cluster.tls, tls_info(ca.certificate).value());
  EXPECT_EQ(signer_of(cluster)->certificate, ca.certificate);
}

TEST(RootRotation, RefusesWithNativesTexts) {
  auto const ca = fakes::root();
  auto const cluster = cluster_of(ca);
  auto const other = fakes::root();
  auto const old = fakes::root(kNow - hours(19 * 365 * 24 + 1));
  EXPECT_EQ(refusal(cluster, given({}, other.key)),
            "if a signing CA key is provided, the signing CA cert must also be provided");
  EXPECT_EQ(refusal(cluster, given(old.certificate, old.key)), "CA certificate expires too soon");
  EXPECT_EQ(refusal(cluster, given(ca.certificate + other.certificate, other.key)),
            "the desired CA certificate cannot contain multiple certificates");
  for (auto const& garbage : {std::string("zz"), std::string(1 << 22, 'A')}) {
    EXPECT_EQ(refusal(cluster, given(garbage, other.key)),
              "could not parse the desired CA certificate");
  }
  EXPECT_EQ(refusal(cluster, given(other.certificate, {})),
            "there must be at least one valid, reachable external CA corresponding to the desired "
            "CA certificate");
  auto const renewed =
      altered(ca, [](X509* root) { EXPECT_TRUE(ossl::set_serial(root, system_random())); });
  EXPECT_EQ(refusal(cluster, given(renewed, ca.key)),
            "Cannot update to a cert with an identical key");
  EXPECT_THAT(refusal(cluster, given(fakes::member(fakes::signer(other)).chain, {})),
              testing::HasSubstr("must be a self-signed one of a CA"));
  auto const crossed = cross_sign(ca, other.certificate, system_random()).value();
  EXPECT_THAT(refusal(cluster, given(crossed, other.key)),
              testing::HasSubstr("must be a self-signed one of a CA"));
}

TEST(RootRotation, ExternalCasMustAnswer) {
  auto const ca = fakes::root();
  auto const other = fakes::root();
  auto cluster = cluster_of(ca);
  auto request = given(other.certificate, {});
  request.config.external_cas = {{"cfssl", "https://ca", {}, other.certificate}};
  auto answering = context();
  answering.reachable = [](model::ExternalCa const& external) {
    return external.url == "https://ca";
  };
  ASSERT_TRUE(change_ca(cluster, request, answering));
  EXPECT_FALSE(signer_of(cluster));
  EXPECT_EQ(refusal(cluster, forced(0)),
            "there must be at least one valid, reachable external CA corresponding to the next CA "
            "certificate");
  ASSERT_TRUE(change_ca(cluster, given(other.certificate, other.key), context()));
  EXPECT_EQ(signer_of(cluster)->key, other.key);

  auto outside = cluster_of({ca.certificate, {}});
  EXPECT_FALSE(signer_of(outside));
  EXPECT_EQ(refusal(outside, forced(1)),
            "there must be at least one valid, reachable external CA corresponding to the current "
            "CA certificate");
  request.config.external_cas.push_back({"cfssl", "https://ca", {}, {}});
  EXPECT_THAT(change_ca(outside, request, answering).error().message,
              testing::HasSubstr("one external CA to a different external CA"));
}

class Finishing : public testing::Test {
 protected:
  Finishing() {
    EXPECT_TRUE(change_ca(cluster_, forced(1), context()));
    snapshot_.cluster = std::make_shared<model::Cluster const>(cluster_);
  }

  void add(std::string const& name, model::NodeState state, std::string const& root) {
    model::Node node;
    node.id = model::NodeId(name);
    node.status.state = state;
    node.description.tls = tls_info(root).value();
    snapshot_.nodes.insert_or_assign(node.id, std::make_shared<model::Node const>(node));
  }
  static bool certified(model::Node const& node) { return node.id != model::NodeId("bare"); }
  [[nodiscard]] RotationPlan plan(std::set<model::NodeId> const& told = {}) const {
    return plan_rotation(snapshot_, certified, told);
  }

  RootCa ca_ = fakes::root();
  model::Cluster cluster_ = cluster_of(ca_);
  state::Snapshot snapshot_;
};

TEST_F(Finishing, WaitsForEveryNode) {
  auto const& next = cluster_.root_rotation->certificate;
  add("a", model::NodeState::Ready, ca_.certificate);
  add("b", model::NodeState::Ready, next);
  add("bare", model::NodeState::Ready, ca_.certificate);
  add("c", model::NodeState::Down, ca_.certificate);
  model::NodeId const a("a");
  model::NodeId const c("c");
  EXPECT_THAT(plan().renew, ElementsAre(a));
  EXPECT_TRUE(plan({a}).renew.empty());
  EXPECT_THAT(plan().waiting, ElementsAre(a, c));
  add("a", model::NodeState::Ready, next);
  EXPECT_FALSE(plan().finished);  // The one that is down.
  state::Draft early(snapshot_, kNow);
  EXPECT_EQ(finish_rotation(early, certified, system_random()).error().code, ErrorCode::Conflict);
  snapshot_.nodes.erase(c);
  EXPECT_TRUE(plan().finished);
}

TEST_F(Finishing, ChangesRootAndTokens) {
  auto const next = *cluster_.root_rotation;
  add("bare", model::NodeState::Down, ca_.certificate);
  state::Draft draft(snapshot_, kNow);
  ASSERT_TRUE(finish_rotation(draft, certified, system_random()));
  auto const& after = *draft.view().cluster;
  EXPECT_EQ(after.tls, tls_info(next.certificate).value());
  EXPECT_EQ(after.ca_key, next.key);
  EXPECT_FALSE(after.root_rotation);
  for (auto const& token : {after.worker_token, after.manager_token}) {
    EXPECT_TRUE(check_root(parse_join_token(token).value(), next.certificate));
  }
  EXPECT_NE(after.worker_token, after.manager_token);
  EXPECT_EQ(draft.view().find_node(model::NodeId("bare"))->description.tls, after.tls);
  EXPECT_THAT(trusted_roots(after), ElementsAre(next.certificate));
  EXPECT_EQ(signer_of(after)->intermediate, "");
  EXPECT_FALSE(finish_rotation(draft, certified, system_random()));  // Only once.
}

TEST_F(Finishing, TellsThirtyAtATime) {
  std::set<model::NodeId> told;
  for (int i = 0; i < 45; ++i) {
    add("n" + std::to_string(i), model::NodeState::Ready, ca_.certificate);
  }
  auto const first = plan().renew;
  EXPECT_EQ(first.size(), 30U);
  told.insert(first.begin(), first.end());
  EXPECT_EQ(plan(told).renew.size(), 15U);
  EXPECT_EQ(plan(told).waiting.size(), 45U);
}

TEST(RotationPlan, IsEmptyWithoutARotation) {
  state::Snapshot snapshot;
  EXPECT_FALSE(plan_rotation(snapshot, [](auto const&) { return true; }, {}).finished);
  snapshot.cluster = std::make_shared<model::Cluster const>(cluster_of(fakes::root()));
  EXPECT_FALSE(plan_rotation(snapshot, [](auto const&) { return true; }, {}).finished);
}

}  // namespace
}  // namespace swarmward::cluster
