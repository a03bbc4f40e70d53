#include "backends/runner/pull_refusal.h"

#include <gtest/gtest.h>

namespace swarmward::backends {
namespace {

/// Texts of dockerd 20.10, 26.1 and 28 and of Podman, with those of several registries in them.
TEST(WantsCredential, KnowsRefusalsOfRegistries) {
  for (auto const* text :
       {R"(Get "https://10.0.0.1:5000/v2/": no basic auth credentials)",
        R"(Head "https://r:5000/v2/app/manifests/1": no basic auth credentials)",
        R"(Get "https://r:5000/v2/app/manifests/1": unauthorized: authentication required)",
        "pull access denied for app, repository does not exist or may require 'docker login': "
        "denied: requested access to the resource is denied",
        "unauthorized: incorrect username or password",
        "denied: Your authorization token has expired. Reauthenticate and try again.",
        "Error response from daemon: Head \"https://r/v2/a/manifests/1\": denied: access forbidden",
        "error parsing HTTP 403 response body: unexpected end of JSON input: access forbidden",
        "failed to resolve reference \"r/a:1\": unexpected status from HEAD request to "
        "https://r/v2/a/manifests/1: 403 Forbidden",
        "failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized",
        "pull access denied, repository does not exist or may require authorization: server "
        "message: insufficient_scope: authorization failed",
        "unable to retrieve auth token: invalid username/password: unauthorized"}) {
    EXPECT_TRUE(wants_credential(internal_error(text))) << text;
    EXPECT_TRUE(wants_credential(not_found(text))) << text;
    EXPECT_FALSE(wants_credential(unavailable(text))) << text;
  }
  EXPECT_TRUE(wants_credential({ErrorCode::Unauthorized, ""}));
  EXPECT_TRUE(wants_credential({ErrorCode::Forbidden, ""}));
}

TEST(WantsCredential, DoesNotTakeOtherFailuresForOne) {
  for (auto const* text :
       {"manifest for r:5000/app:none not found: manifest unknown: manifest unknown",
        R"(Get "https://r:5000/v2/": dial tcp 10.0.0.1:5000: connect: connection refused)",
        R"(Get "https://r:5000/v2/": x509: certificate signed by unknown authority)",
        R"(Get "https://r:5000/v2/": proxyconnect tcp: Proxy Authentication Required)",
        "failed to register layer: open /var/lib/docker/tmp/x: permission denied",
        "toomanyrequests: You have reached your pull rate limit.",
        "no matching manifest for linux/amd64 in the manifest list entries",
        "write /var/lib/docker/tmp/x: no space left on device",
        ""}) {
    EXPECT_FALSE(wants_credential(internal_error(text))) << text;
  }
}

TEST(ExplainRefusal, SaysWhatHelpsMost) {
  auto const refused = internal_error("unauthorized: authentication required");
  auto const none = internal_error("no basic auth credentials");
  auto const missing = not_found("manifest unknown");
  auto const text = [](TwoPulls const& failures) { return explain_refusal(failures).message; };
  EXPECT_EQ(text({"r:5000", true, refused, refused}),
            "unauthorized: authentication required; the stored credential for r:5000 was tried "
            "too");
  EXPECT_EQ(text({"r:5000", true, none, refused}),
            "no basic auth credentials; the stored credential for r:5000 was tried too: "
            "unauthorized: authentication required");
  EXPECT_EQ(text({"r:5000", true, refused, missing}),
            "manifest unknown (with the stored credential for r:5000)");
  EXPECT_EQ(explain_refusal({"r:5000", true, refused, missing}).code, ErrorCode::NotFound);
  EXPECT_EQ(text({"r:5000", false, none, refused}),
            "unauthorized: authentication required (with the stored credential for r:5000; "
            "without one it is refused too)");
  EXPECT_EQ(text({"r:5000", false, missing, refused}),
            "manifest unknown (without a credential, for the stored credential for r:5000 is "
            "refused)");
}

}  // namespace
}  // namespace swarmward::backends
