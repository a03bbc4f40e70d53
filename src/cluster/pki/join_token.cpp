#include "cluster/pki/join_token.h"

#include <optional>

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include "cluster/pki/ossl.h"

namespace swarmward::cluster {

namespace {

constexpr std::string_view kTokenPrefix = "SWMTKN-1-";
constexpr std::size_t kDigestDigits = 50;
constexpr std::size_t kSecretDigits = 25;

using Digest = std::array<unsigned char, 32>;

Digest digest_of(std::string const& certificate) {
  Digest digest{};
  SHA256(reinterpret_cast<unsigned char const*>(certificate.data()),
         certificate.size(),
         digest.data());
  return digest;
}

/// The value of a digit of base 36; nothing for another character.
std::optional<unsigned> digit_of(char c) {
  if (c >= '0' && c <= '9') {
    return static_cast<unsigned>(c - '0');
  }
  if (c >= 'a' && c <= 'z') {
    return static_cast<unsigned>(c - 'a') + 10;
  }
  return std::nullopt;
}

/// Nothing if it is not a number in base 36 or does not fit.
std::optional<Digest> from_base36(std::string_view text) {
  Digest number{};
  for (char const c : text) {
    auto const digit = digit_of(c);
    if (!digit) {
      return std::nullopt;
    }
    unsigned carry = *digit;
    for (auto byte = number.rbegin(); byte != number.rend(); ++byte) {
      carry += *byte * 36U;
      *byte = static_cast<unsigned char>(carry & 0xFFU);
      carry >>= 8U;
    }
    if (carry != 0) {
      return std::nullopt;
    }
  }
  return number;
}

bool same(std::string_view known, std::string_view presented) {
  return !known.empty() && known.size() == presented.size() &&
         CRYPTO_memcmp(known.data(), presented.data(), known.size()) == 0;
}

}  // namespace

std::string make_join_token(std::string const& certificate, RandomBytes const& random) {
  auto const digest = digest_of(certificate);
  std::array<std::uint8_t, 16> secret{};
  random(secret.data(), secret.size());
  return std::string(kTokenPrefix) + to_base36({digest.data(), digest.size()}, kDigestDigits) +
         "-" + to_base36({secret.data(), secret.size()}, kSecretDigits);
}

Result<JoinToken> parse_join_token(std::string_view text) {
  auto const malformed = internal_error("invalid join token");
  constexpr auto kLength = kTokenPrefix.size() + kDigestDigits + 1 + kSecretDigits;
  if (text.size() != kLength || !text.starts_with(kTokenPrefix) ||
      text[kTokenPrefix.size() + kDigestDigits] != '-') {
    return malformed;
  }
  auto const digest = from_base36(text.substr(kTokenPrefix.size(), kDigestDigits));
  auto const secret = text.substr(kLength - kSecretDigits);
  if (!digest || !from_base36(secret)) {
    return malformed;
  }
  return JoinToken{*digest, std::string(secret)};
}

Result<void> check_root(JoinToken const& token, std::string const& certificate) {
  if (digest_of(certificate) != token.root_digest) {
    return invalid_argument("remote CA does not match fingerprint. Expected: " +
                            ossl::to_hex({token.root_digest.data(), token.root_digest.size()}));
  }
  return {};
}

Result<model::NodeRole> token_role(model::Cluster const& cluster, std::string_view presented) {
  bool const worker = same(cluster.worker_token, presented);
  bool const manager = same(cluster.manager_token, presented);
  if (!worker && !manager) {
    return rpc_error("InvalidArgument", "A valid join token is necessary to join this cluster");
  }
  return manager ? model::NodeRole::Manager : model::NodeRole::Worker;
}

}  // namespace swarmward::cluster
