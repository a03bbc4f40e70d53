#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"

namespace swarmward {
namespace {

TEST(Id, HasNativesShape) {
  auto const text = new_id_text(system_random());
  EXPECT_EQ(text.size(), kIdLength);
  EXPECT_THAT(text, testing::MatchesRegex("[0-9a-z]+"));
  EXPECT_NE(text, new_id_text(system_random()));
}

TEST(Base36, PadsOnTheLeft) {
  std::uint8_t const bytes[] = {1, 0};
  EXPECT_EQ(to_base36({bytes, 2}, 5), "00074");  // 256 = 7 * 36 + 4
}

TEST(Base36, WritesNumbersOfAnyLength) {
  std::basic_string<std::uint8_t> const ones(17, 0xFF);
  EXPECT_EQ(to_base36(ones, 0), "2zrw1727u0mgg6ugs60vxe42e4f");  // 2^136 - 1
  std::uint8_t const power[] = {0x81, 0xBF, 0x10, 0x00};        // 36 to the sixth.
  EXPECT_EQ(to_base36({power, 4}, 0), "1000000");
  EXPECT_EQ(to_base36({power, 0}, 3), "000");
}

TEST(Id, SortsAsItsText) {
  using AnyId = Id<struct Any>;
  EXPECT_LT(AnyId("a"), AnyId("a0"));
  EXPECT_LT(AnyId("abcdefgh1"), AnyId("abcdefgh2"));
  EXPECT_LT(AnyId("abcdefg9"), AnyId("abcdefga"));
  EXPECT_LT(AnyId(), AnyId("0"));
  EXPECT_NE(AnyId("abcdefghi"), AnyId("abcdefghj"));
  EXPECT_EQ(AnyId("abc"), AnyId("abc"));
}

TEST(Time, IsWrittenAsGoDoes) {
  EXPECT_EQ(format_time(Time{}), "0001-01-01T00:00:00Z");
  auto const parsed = parse_time("2026-11-21T01:52:26.2771563Z");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(format_time(*parsed), "2026-11-21T01:52:26.2771563Z");
  EXPECT_EQ(format_time(*parse_time("2026-11-21T03:00:00+02:00")), "2026-11-21T01:00:00Z");
  EXPECT_FALSE(parse_time("2026-13-21T03:00:00Z"));
  EXPECT_FALSE(parse_time("yesterday"));
  EXPECT_FALSE(parse_time("1616-11-21T03:52:26Z"));
  EXPECT_FALSE(parse_time("2262-11-21T03:52:26Z"));
}

TEST(RpcError, CarriesTheWrapperAndNativesStatusClass) {
  auto const error = rpc_error("Unknown", "update out of sequence");
  EXPECT_EQ(error.code, ErrorCode::Internal);
  EXPECT_EQ(error.message, "rpc error: code = Unknown desc = update out of sequence");
  EXPECT_EQ(rpc_error("FailedPrecondition", "x").code, ErrorCode::InvalidArgument);
}

}  // namespace
}  // namespace swarmward
