#include "cluster/pki/verify_member.h"

#include <optional>

namespace swarmward::cluster {

namespace {

using Store = ossl::Owner<X509_STORE, X509_STORE_free>;
using StoreContext = ossl::Owner<X509_STORE_CTX, X509_STORE_CTX_free>;
struct FreeStack {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};
using Stack = std::unique_ptr<STACK_OF(X509), FreeStack>;
using Chain = std::vector<ossl::Certificate>;

Error not_accepted(std::string message) {
  return {ErrorCode::Unauthorized, std::move(message)};
}

Result<Chain> read(std::string_view text) {
  if (text.find("-----BEGIN") != std::string_view::npos || text.size() > ossl::kMaxChainBytes) {
    return ossl::read_chain(text);
  }
  auto const* bytes = reinterpret_cast<unsigned char const*>(text.data());
  ossl::Certificate leaf(d2i_X509(nullptr, &bytes, static_cast<long>(text.size())));
  if (!leaf) {
    return invalid_argument("not a certificate");
  }
  Chain chain;
  chain.push_back(std::move(leaf));
  return chain;
}

Store trust(std::vector<std::string> const& roots) {
  Store store(X509_STORE_new());
  for (auto const& root : roots) {
    auto const certificate = ossl::read_certificate(root);
    if (store && certificate) {
      X509_STORE_add_cert(store.get(), certificate.get());
    }
  }
  return store;
}

/// Which of the certificates besides the leaf are taken into account.
enum class Intermediates { Ignored, Used };

/// The chain that OpenSSL found from the leaf to a root, or why there is none. Times are not looked
/// at here: they matter in different ways for the leaf and the rest.
struct Path {
  StoreContext context;
  int error = X509_V_ERR_UNSPECIFIED;
};

Path find_path(Chain const& chain, X509_STORE* store, Intermediates intermediates) {
  Path path{StoreContext(X509_STORE_CTX_new()), X509_V_ERR_UNSPECIFIED};
  Stack const untrusted(sk_X509_new_null());
  for (std::size_t i = 1; i < chain.size() && intermediates == Intermediates::Used; ++i) {
    sk_X509_push(untrusted.get(), chain[i].get());
  }
  auto* const context = path.context.get();
  if (X509_STORE_CTX_init(context, store, chain.front().get(), untrusted.get()) != 1) {
    return path;
  }
  auto* const parameters = X509_STORE_CTX_get0_param(context);
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_NO_CHECK_TIME);
  // What the peer sent comes first: during a rotation both roots have the same name, and a trusted
  // one without a key identifier would be tried in vain.
  X509_VERIFY_PARAM_clear_flags(parameters, X509_V_FLAG_TRUSTED_FIRST);
  X509_VERIFY_PARAM_set_depth(parameters, static_cast<int>(ossl::kMaxChainLength));
  X509_VERIFY_PARAM_set_auth_level(parameters, 2);  // 112 bits: no SHA-1, no short RSA keys.
  bool const found = X509_verify_cert(context) == 1;
  int const error = X509_STORE_CTX_get_error(context);
  path.error = found || error != X509_V_OK ? error : X509_V_ERR_UNSPECIFIED;
  X509_STORE_CTX_set0_untrusted(context, nullptr);
  return path;
}

bool fit_for_both_ends(X509* leaf) {
  auto const usage = X509_get_extended_key_usage(leaf);
  return (X509_get_extension_flags(leaf) & EXFLAG_XKUSAGE) != 0 && (usage & XKU_SSL_SERVER) != 0 &&
         (usage & XKU_SSL_CLIENT) != 0 && X509_check_ca(leaf) == 0 &&
         (X509_get_key_usage(leaf) & KU_DIGITAL_SIGNATURE) != 0;
}

/// Errors if any of the path is not valid yet, or a CA no longer.
Result<void> check_times(STACK_OF(X509) const* path, Time now) {
  for (int i = 0; i < sk_X509_num(path); ++i) {
    auto const* certificate = sk_X509_value(path, i);
    auto const begin = ossl::time_of(X509_get0_notBefore(certificate));
    if (begin > now) {
      return not_accepted("the certificate is not valid before " + format_time(begin) +
                          " and it is " + format_time(now) +
                          " here: the clocks of the hosts may differ");
    }
    if (i > 0 && ossl::time_of(X509_get0_notAfter(certificate)) < now) {
      return not_accepted("the certificate of the swarm's CA has expired");
    }
  }
  return {};
}

}  // namespace

Result<Peer> verify_member(std::string_view chain, MemberRules const& rules) {
  ossl::ErrorScope const scope;
  auto const certificates = read(chain);
  if (!certificates) {
    return not_accepted(certificates.error().message);
  }
  auto const store = trust(rules.roots);
  auto path = find_path(*certificates, store.get(), Intermediates::Used);
  if (path.error != X509_V_OK && certificates->size() > 1) {
    path = find_path(*certificates, store.get(), Intermediates::Ignored);
  }
  if (path.error != X509_V_OK) {
    return not_accepted(std::string("the certificate was not issued by this swarm's CA: ") +
                        X509_verify_cert_error_string(path.error));
  }
  auto* const leaf = certificates->front().get();
  auto described = describe_certificate(leaf);
  if (!described || !fit_for_both_ends(leaf)) {
    return not_accepted("the certificate is not one of a swarm node");
  }
  if (described->subject.cluster != rules.cluster) {
    return not_accepted("the certificate belongs to another swarm");
  }
  auto* const found = X509_STORE_CTX_get0_chain(path.context.get());
  if (auto const timely = check_times(found, rules.now); !timely) {
    return timely.error();
  }
  if (sk_X509_num(found) < 2) {
    return not_accepted("the certificate was not issued by this swarm's CA");
  }
  Peer peer;
  peer.node = described->subject.node;
  peer.role = described->subject.role;
  peer.fingerprint = std::move(described->fingerprint);
  peer.expired = described->not_after < rules.now;
  peer.issuer_subject = std::move(described->issuer_subject);
  peer.issuer_public_key =
      ossl::der_of(X509_get_X509_PUBKEY(sk_X509_value(found, 1)), i2d_X509_PUBKEY);
  return peer;
}

}  // namespace swarmward::cluster
