#include "cli/plugin.h"

#include <sstream>

#include <gmock/gmock.h>

#include "cli/testing/fake_keyboard.h"
#include "cli/testing/fake_requests.h"

namespace swarmward::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class PluginTest : public ::testing::Test {
 protected:
  int run(std::vector<std::string> const& words) {
    out_.str({});
    err_.str({});
    auto const connect = [this](Values const& flags) -> std::unique_ptr<Requests> {
      global_ = flags;
      auto daemon = std::make_unique<FakeRequests>();
      daemon->say("GET /ward/version", R"({"Version":"0.1.0"})");
      daemon->say("GET /ward/nodes", "[]");
      return daemon;
    };
    return Plugin(connect, out_, err_, keyboard_).run(words);
  }
  std::ostringstream out_;
  std::ostringstream err_;
  FakeKeyboard keyboard_;
  Values global_;
};

TEST_F(PluginTest, TellsTheCliWhatItIs) {
  EXPECT_EQ(run({"docker-cli-plugin-metadata"}), 0);
  auto const document = nlohmann::json::parse(out_.str());
  EXPECT_EQ(document["SchemaVersion"], "0.1.0");
  EXPECT_EQ(document["Vendor"], "Swarmward");
  EXPECT_TRUE(document.contains("Version"));
  EXPECT_TRUE(document.contains("ShortDescription"));
  EXPECT_TRUE(document.contains("URL"));
}

TEST_F(PluginTest, TakesTheFlagsInFrontOfItsName) {
  EXPECT_EQ(run({"-H", "tcp://far:2375", "ward", "node", "ls"}), 0);
  EXPECT_EQ(global_.text("host"), "tcp://far:2375");
  EXPECT_THAT(out_.str(), StartsWith("ID "));
  EXPECT_EQ(run({"node", "ls"}), 0) << "by its own name, without the CLI";
}

TEST_F(PluginTest, HelpInEachOfItsForms) {
  for (auto const& words : std::vector<std::vector<std::string>>{
           {"ward"}, {"ward", "--help"}, {"help", "ward"}, {"--help", "ward"}, {"ward", "-h"}}) {
    EXPECT_EQ(run(words), 0);
    EXPECT_THAT(out_.str(), StartsWith("\nUsage:  docker ward COMMAND"));
  }
  EXPECT_EQ(run({"help", "ward", "explain"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("docker ward explain [OPTIONS] SERVICE|TASK"));
}

TEST_F(PluginTest, MistakesAndFailuresGoToStandardError) {
  EXPECT_EQ(run({"--nope", "ward"}), 125);
  EXPECT_THAT(err_.str(), StartsWith("unknown flag: --nope"));
  EXPECT_EQ(run({"ward", "explain", "--nope"}), 125);
  EXPECT_EQ(run({"ward", "nope"}), 1);
  EXPECT_EQ(run({"ward", "explain", "web"}), 1);
  EXPECT_THAT(err_.str(), HasSubstr("does not know /ward/explain/web: it is older than"));
  EXPECT_EQ(out_.str(), "");
}

TEST_F(PluginTest, AnswersShells) {
  EXPECT_EQ(run({"__complete", "ward", "ver"}), 0);
  EXPECT_EQ(out_.str(), "version\tShow the versions of the plugin and of the daemon\n:4\n");
  EXPECT_EQ(run({"__completeNoDesc", "-H", "tcp://x:1", "ward", "node", "l"}), 0);
  EXPECT_EQ(out_.str(), "ls\n:4\n");
}

}  // namespace
}  // namespace swarmward::cli
