#include "api/server/target.h"

#include <gtest/gtest.h>

#include "api/server/http_head.h"
#include "api/server/own_answer.h"

namespace swarmward::api {
namespace {

TEST(ApiVersion, IsComparedNumberByNumber) {
  EXPECT_LT(*parse_api_version("1.9"), *parse_api_version("1.24"));
  EXPECT_LT(*parse_api_version("1"), *parse_api_version("1.12"));
  EXPECT_EQ(to_string(*parse_api_version("1.41")), "1.41");
  EXPECT_GT(*parse_api_version("99999999999.1"), *parse_api_version("1.44"));
  EXPECT_TRUE(parse_api_version("1..2"));
  EXPECT_FALSE(parse_api_version("abc"));
  EXPECT_FALSE(parse_api_version(""));
}

TEST(Target, IsTakenApart) {
  auto const target = parse_target("/v1.41/containers/a%2Fb/json?size=1&x");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->version, (ApiVersion{1, 41}));
  EXPECT_EQ(target->raw_path, "/containers/a%2Fb/json");
  EXPECT_EQ(target->path, "/containers/a/b/json");
  EXPECT_EQ(target->raw_query, "size=1&x");
  EXPECT_EQ(render_target(*target, ApiVersion{1, 40}), "/v1.40/containers/a%2Fb/json?size=1&x");
  EXPECT_EQ(parse_target("http://h:1/v1.41/info")->path, "/info");
  EXPECT_FALSE(parse_target("info"));
  EXPECT_FALSE(parse_target("/%zz"));
}

TEST(Target, KnowsWhatIsNoVersion) {
  for (auto const* path : {"/vabc/info", "/v1.41", "/volumes", "/v/info", "/version"}) {
    EXPECT_FALSE(parse_target(path)->version) << path;
    EXPECT_EQ(parse_target(path)->path, path);
  }
}

TEST(Target, IsCleanedAsTheRouterOfDockerdDoes) {
  EXPECT_EQ(cleaned_target("/v1.41//info?a=//"), "/v1.41/info?a=//");
  EXPECT_EQ(cleaned_target("/a/./b/../c/"), "/a/c/");
  EXPECT_EQ(cleaned_target("//"), "/");
  EXPECT_FALSE(cleaned_target("/services/"));
  EXPECT_FALSE(cleaned_target("/"));
}

TEST(Query, IsDecoded) {
  auto const query = parse_query("a=1&a=2&b+c=%7B%22x%22%7D&bad=%z&&flag");
  EXPECT_EQ(query.count("a"), 2U);
  EXPECT_EQ(query.find("b c")->second, "{\"x\"}");
  EXPECT_EQ(query.find("flag")->second, "");
  EXPECT_FALSE(query.contains("bad"));
}

TEST(Versions, AreRefusedInTheWordsOfDockerd) {
  EngineFacts facts;
  EXPECT_EQ(offered_version(facts), (ApiVersion{1, 44}));
  facts.version = {1, 51};
  EXPECT_EQ(offered_version(facts), (ApiVersion{1, 51}));
  auto const old = refuse_version({1, 11}, {1, 44});
  ASSERT_TRUE(old);
  EXPECT_EQ(old->content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(old->body,
            "client version 1.11 is too old. Minimum supported API version is 1.24, please upgrade "
            "your client to a newer version\n");
  EXPECT_EQ(
      refuse_version({1, 99}, {1, 44})->body,
      "{\"message\":\"client version 1.99 is too new. Maximum supported API version is 1.44\"}\n");
  EXPECT_FALSE(refuse_version({1, 24}, {1, 44}));
}

constexpr std::string_view kHead =
    "POST /v1.44/x HTTP/1.1\r\nhost: d\r\nX-a: 1\r\nX-a: 2\r\nTransfer-Encoding: chunked\r\n\r\n";

TEST(RequestHead, IsRead) {
  auto const head = parse_request_head(kHead);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->method, "POST");
  EXPECT_EQ(head->target, "/v1.44/x");
  EXPECT_EQ(head->body.kind(), BodyFraming::Kind::Chunked);
  EXPECT_EQ(head->headers.size(), 4U);
  EXPECT_TRUE(head->keep_alive);
  EXPECT_FALSE(parse_request_head("GARBAGE\r\n\r\n"));
  EXPECT_FALSE(
      parse_request_head("GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"));
  EXPECT_FALSE(parse_request_head(
      "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"));
  EXPECT_FALSE(parse_request_head("GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n"));
  EXPECT_FALSE(parse_request_head("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n"));
  EXPECT_FALSE(parse_request_head("GET / HTTP/1.0\r\n\r\n")->keep_alive);
}

TEST(RequestHead, IsEditedAsText) {
  EXPECT_EQ(replace_target(kHead, "/v1.41/x"),
            "POST /v1.41/x HTTP/1.1\r\nhost: d\r\nX-a: 1\r\nX-a: 2\r\nTransfer-Encoding: "
            "chunked\r\n\r\n");
  EXPECT_EQ(replace_length(kHead, 7),
            "POST /v1.44/x HTTP/1.1\r\nhost: d\r\nX-a: 1\r\nX-a: 2\r\nContent-Length: 7\r\n\r\n");
}

TEST(ResponseHead, IsReadAndEdited) {
  std::string const head = "HTTP/1.1 200 OK\r\napi-version: 1.41\r\nServer: x\r\n\r\n";
  auto const read = parse_response_head(head, AnswerTo::Other);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->body.kind(), BodyFraming::Kind::UntilClose);
  EXPECT_FALSE(read->framed);
  EXPECT_TRUE(parse_response_head(head, AnswerTo::Head)->body.done());
  EXPECT_TRUE(parse_response_head("HTTP/1.1 304 N\r\nContent-Length: 9\r\n\r\n", AnswerTo::Other)
                  ->body.done());
  EXPECT_EQ(replace_header(head, "Api-Version", "1.44"),
            "HTTP/1.1 200 OK\r\nApi-Version: 1.44\r\nServer: x\r\n\r\n");
  EXPECT_EQ(replace_header(head, "Swarm", "x"), head);
  EXPECT_EQ(set_header(head, "Swarm", "inactive"),
            "HTTP/1.1 200 OK\r\napi-version: 1.41\r\nServer: x\r\nSwarm: inactive\r\n\r\n");
}

TEST(OwnAnswer, CarriesTheHeadersOfDockerd) {
  AnswerContext context;
  context.offered = {1, 44};
  context.server_version = "20.10";
  EXPECT_EQ(render_answer(context, error_answer(404, "no such <x>")),
            "HTTP/1.1 404 Not Found\r\nApi-Version: 1.44\r\nContent-Type: application/json\r\n"
            "Docker-Experimental: false\r\nOstype: linux\r\nServer: Docker/20.10 (linux)\r\n"
            "Content-Length: 26\r\n\r\n{\"message\":\"no such <x>\"}\n");
  context.date = http_date(784111777);
  EXPECT_NE(render_answer(context, error_answer(404, ""))
                .find("\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"),
            std::string::npos);
  Response evil;
  evil.headers.emplace_back("X", "a\r\nY: b");
  EXPECT_EQ(render_answer(context, evil).find("Y:"), std::string::npos);
}

}  // namespace
}  // namespace swarmward::api
