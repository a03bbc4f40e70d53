#include "backends/docker/plain_answer.h"

#include <gmock/gmock.h>

namespace swarmward::backends {
namespace {

TEST(PlainAnswer, IsReadWithoutAParser) {
  auto const answer = read_plain_answer(
      "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nDate: Sun, 22 Nov 2026 10:00:00 GMT\r\n"
      "content-LENGTH: 2 \r\n\r\nOK");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200U);
  EXPECT_EQ(answer->api_version, "1.41");
  EXPECT_EQ(answer->body, "OK");
}

TEST(PlainAnswer, NeedsNoBodyWhereNoneCanBe) {
  for (std::string_view const text : {"HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n",
                                      "HTTP/1.1 304 Not Modified\r\n\r\n",
                                      "HTTP/1.1 204\r\nContent-Length: 0\r\n\r\n"}) {
    auto const answer = read_plain_answer(text);
    ASSERT_TRUE(answer) << text;
    EXPECT_EQ(answer->body, "");
  }
}

TEST(PlainAnswer, LeavesAllElseToTheParser) {
  for (std::string_view const text : {
           "",
           "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n",                // The head goes on.
           "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nO",           // So does the body.
           "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOKHTTP/1.1",  // More than was asked for.
           "HTTP/1.1 200 OK\r\n\r\nOK",                               // Ends with the connection.
           "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nOK",
           "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nOK",
           "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nOK",
           "HTTP/1.1 200 OK\r\nX: a\r\n folded\r\nContent-Length: 2\r\n\r\nOK",
           "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nOK",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nOK\r\n0\r\n\r\n",
           "HTTP/1.1 204 No Content\r\n\r\nOK",
           "HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n",
           "HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nOK",
           "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nOK",
       }) {
    EXPECT_FALSE(read_plain_answer(text)) << text;
  }
}

}  // namespace
}  // namespace swarmward::backends
