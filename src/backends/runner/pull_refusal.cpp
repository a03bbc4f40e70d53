#include "backends/runner/pull_refusal.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace swarmward::backends {

namespace {

/// A word of refusals, unless it follows another one that makes it something else.
struct Sign {
  std::string_view word;
  std::string_view unless_after{};
};

/// Source: what dockerd 20.10 to 28 and Podman make of the answers of distribution's registry,
/// Docker Hub, ECR, GitLab, Google's and Azure's.
constexpr std::array kSigns{
    Sign{"unauthorized"},
    Sign{"denied", "permission "},  // A file on the engine's host.
    Sign{"no basic auth credentials"},
    Sign{"authentication required", "proxy "},
    Sign{"access forbidden"},
    Sign{"403 forbidden"},
    Sign{"authorization failed"},
    Sign{"token has expired"},
    Sign{"unauthenticated"},
    Sign{"invalid username/password"},
};

bool has(std::string_view text, Sign const& sign) {
  for (auto at = text.find(sign.word); at != std::string_view::npos;
       at = text.find(sign.word, at + 1)) {
    if (sign.unless_after.empty() || !text.substr(0, at).ends_with(sign.unless_after)) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool wants_credential(Error const& failure) {
  if (failure.code == ErrorCode::Unavailable) {
    return false;  // The engine was not reached.
  }
  if (failure.code == ErrorCode::Unauthorized || failure.code == ErrorCode::Forbidden) {
    return true;
  }
  auto text = failure.message;
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return std::ranges::any_of(kSigns, [&](Sign const& sign) { return has(text, sign); });
}

Error explain_refusal(TwoPulls const& failures) {
  auto const& [server, has_own, own, stored] = failures;
  auto const credential = "the stored credential for " + server;
  // Whoever was let in knows the reason.
  if (!wants_credential(stored)) {
    return {stored.code, stored.message + " (with " + credential + ")"};
  }
  if (!wants_credential(own)) {
    return {own.code, own.message + " (without a credential, for " + credential + " is refused)"};
  }
  if (!has_own) {
    return {stored.code,
            stored.message + " (with " + credential + "; without one it is refused too)"};
  }
  auto const other = own.message == stored.message ? std::string{} : ": " + stored.message;
  return {own.code, own.message + "; " + credential + " was tried too" + other};
}

}  // namespace swarmward::backends
