#include "cli/parse.h"

#include <gmock/gmock.h>

namespace swarmward::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Parsed parse(std::vector<std::string> const& words) {
  return parse_words(ward_command(), words);
}

TEST(ParseWords, FindsTheCommandItsFlagsAndArguments) {
  auto const parsed = parse({"explain", "--format", "json", "web"});
  EXPECT_EQ(parsed.mistake, "");
  EXPECT_EQ(full_name(parsed.path), "docker ward explain");
  EXPECT_EQ(parsed.values.text("format"), "json");
  EXPECT_THAT(parsed.values.arguments, ElementsAre("web"));
}

TEST(ParseWords, FlagsMayFollowArgumentsAndCarryTheirValue) {
  auto const parsed = parse({"node", "release", "h2", "-f"});
  EXPECT_EQ(full_name(parsed.path), "docker ward node release");
  EXPECT_TRUE(parsed.values.on("force"));
  EXPECT_EQ(parse({"explain", "web", "--format=json"}).values.text("format"), "json");
  EXPECT_FALSE(parse({"rebalance", "--dry-run=false"}).values.on("dry-run"));
}

TEST(ParseWords, TwoDashesEndTheFlags) {
  auto const parsed = parse({"explain", "--", "--format"});
  EXPECT_EQ(parsed.mistake, "");
  EXPECT_THAT(parsed.values.arguments, ElementsAre("--format"));
}

TEST(ParseWords, MistakesInFlagsEndWith125) {
  for (auto const& [words, text] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"explain", "--nope", "web"}, "unknown flag: --nope"},
           {{"explain", "-x", "web"}, "unknown shorthand flag: 'x' in -x"},
           {{"explain", "web", "--format"}, "flag needs an argument: --format"},
           {{"rebalance", "--dry-run=maybe"},
            "invalid argument \"maybe\" for \"--dry-run\" flag: strconv.ParseBool: parsing "
            "\"maybe\": invalid syntax"}}) {
    auto const parsed = parse(words);
    EXPECT_THAT(parsed.mistake, HasSubstr(text));
    EXPECT_THAT(parsed.mistake, HasSubstr("Usage:  docker ward " + words.front()));
    EXPECT_EQ(parsed.status, 125);
  }
}

TEST(ParseWords, MistakesInArgumentsEndWith1) {
  auto const none = parse({"explain"});
  EXPECT_EQ(none.mistake,
            "docker: 'docker ward explain' requires 1 argument\n\n"
            "Usage:  docker ward explain [OPTIONS] SERVICE|TASK\n\n"
            "Run 'docker ward explain --help' for more information");
  EXPECT_EQ(none.status, 1);
  EXPECT_THAT(parse({"version", "x"}).mistake,
              HasSubstr("'docker ward version' accepts no arguments"));
  EXPECT_THAT(parse({"rebalance", "a", "b"}).mistake, HasSubstr("requires at most 1 argument"));
  EXPECT_THAT(parse({"node", "adopt", "h2"}).mistake, HasSubstr("requires 2 arguments"));
  EXPECT_THAT(parse({"mend"}).mistake, HasSubstr("docker: unknown command: docker ward mend"));
}

TEST(ParseWords, HelpIsAskedForByFlagOrByNoCommand) {
  EXPECT_TRUE(parse({}).help);
  EXPECT_TRUE(parse({"node"}).help);
  EXPECT_TRUE(parse({"explain", "--help"}).help);
  EXPECT_EQ(parse({"explain", "--help"}).mistake, "");
}

TEST(ParseLeading, StopsAtTheFirstWord) {
  std::vector<std::string> const words{"-H", "tcp://h:1", "--tlsverify", "ward", "--format"};
  auto const leading = parse_leading(global_flags(), words);
  ASSERT_TRUE(leading);
  EXPECT_EQ(leading->used, 3U);
  EXPECT_EQ(leading->values.text("host"), "tcp://h:1");
  EXPECT_TRUE(leading->values.on("tlsverify"));
  EXPECT_EQ(
      parse_leading(global_flags(), std::vector<std::string>{"-Htcp://x"})->values.text("host"),
      "tcp://x");
  EXPECT_FALSE(parse_leading(global_flags(), std::vector<std::string>{"--nope"}));
}

}  // namespace
}  // namespace swarmward::cli
