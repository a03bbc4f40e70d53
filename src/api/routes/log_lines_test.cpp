#include "api/routes/log_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace swarmward::api {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

LogLine line(LogSource source,
             std::string text,
             std::string timestamp = {},
             std::string attrs = {}) {
  return {source, std::move(timestamp), std::move(attrs), std::move(text)};
}

TEST(LogLineReader, FramesMayArriveByteByByte) {
  auto const bytes =
      log_frame(LogSource::Stdout, "one\ntwo\n") + log_frame(LogSource::Stderr, "x\n");
  LogLineReader reader(LogFormat{});
  std::vector<LogLine> all;
  for (char const byte : bytes) {
    for (auto& found : reader.feed({&byte, 1})) {
      all.push_back(std::move(found));
    }
  }
  EXPECT_THAT(all,
              ElementsAre(line(LogSource::Stdout, "one"),
                          line(LogSource::Stdout, "two"),
                          line(LogSource::Stderr, "x")));
  EXPECT_THAT(reader.finish(), IsEmpty());
}

TEST(LogLineReader, PartsOfALongLineLoseTheirOwnPrefix) {
  LogLineReader reader({true, true, true});
  EXPECT_THAT(reader.feed(log_frame(LogSource::Stdout, "t1 a=b begin ")), IsEmpty());
  EXPECT_THAT(reader.feed(log_frame(LogSource::Stdout, "t2 a=b end\n")),
              ElementsAre(line(LogSource::Stdout, "begin end", "t1", "a=b")));
}

TEST(LogLineReader, EmptyDetailsAreAnEmptyWord) {
  LogLineReader reader({true, true, true});
  EXPECT_THAT(reader.feed(log_frame(LogSource::Stdout, "t1  hello world\n")),
              ElementsAre(line(LogSource::Stdout, "hello world", "t1")));
}

TEST(LogLineReader, RawLinesAreCutAtLineEndsOnly) {
  LogLineReader reader({false, true, false});
  EXPECT_THAT(reader.feed("t1 a"), IsEmpty());
  EXPECT_THAT(reader.feed("b\nt2 c"), ElementsAre(line(LogSource::Stdout, "ab", "t1")));
  EXPECT_THAT(reader.finish(), ElementsAre(line(LogSource::Stdout, "c", "t2")));
}

TEST(LogLineReader, RawLinesLoseThePrefixesOfTheirParts) {
  std::string const stamp = "2026-01-01T00:00:00.000000000Z ";
  std::string const part(16384, 'x');
  auto const bytes =
      stamp + "a=b " + part + stamp + "a=b " + part + stamp + "a=b y\n" + stamp + "a=b z\n";
  LogLineReader whole({false, true, true});
  auto const lines = whole.feed(bytes);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].text, part + part + "y");
  EXPECT_EQ(lines[1].text, "z");
  LogLineReader reader({false, true, true});
  std::vector<LogLine> all;
  for (char const byte : bytes) {
    for (auto& found : reader.feed({&byte, 1})) {
      all.push_back(std::move(found));
    }
  }
  EXPECT_EQ(all, lines);
}

TEST(LogLineReader, UnfinishedLineComesAtTheEnd) {
  LogLineReader reader(LogFormat{});
  EXPECT_THAT(reader.feed(log_frame(LogSource::Stderr, "half")), IsEmpty());
  EXPECT_THAT(reader.finish(), ElementsAre(line(LogSource::Stderr, "half")));
}

TEST(LogLineReader, AbsurdFramesAreSkipped) {
  LogLineReader reader(LogFormat{});
  std::string head("\1\0\0\0\0\x50\0\0", 8);
  EXPECT_THAT(reader.feed(head), IsEmpty());
  EXPECT_THAT(reader.feed(std::string(0x500000, 'x')), IsEmpty());
  EXPECT_THAT(reader.feed(log_frame(LogSource::Stdout, "ok\n")),
              ElementsAre(line(LogSource::Stdout, "ok")));
}

TEST(LogLineReader, LongLinesAreCut) {
  LogLineReader reader({false, false, false});
  EXPECT_EQ(reader.feed(std::string(LogLineReader::kMaxLine, 'x')).size(), 1U);
}

TEST(SwarmDetails, IdsCannotBeForged) {
  EXPECT_EQ(swarm_details("z=1,com.docker.swarm.node.id=evil,a=2", "n", "s", "t"),
            "a=2,com.docker.swarm.node.id=n,com.docker.swarm.service.id=s,"
            "com.docker.swarm.task.id=t,z=1");
}

}  // namespace
}  // namespace swarmward::api
