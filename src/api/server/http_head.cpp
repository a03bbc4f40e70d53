#include "api/server/http_head.h"

#include <algorithm>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>

namespace swarmward::api {

namespace {

namespace http = boost::beast::http;

/// A header continued on the next line: forbidden since RFC 7230, and a way to make two readers of
/// one head disagree.
bool has_folded_line(std::string_view head) {
  return head.find("\r\n ") != std::string_view::npos ||
         head.find("\r\n\t") != std::string_view::npos;
}

template <class Parser>
bool parse(Parser& parser, std::string_view head) {
  parser.header_limit(kHeadLimit);
  parser.body_limit(boost::none);
  parser.eager(false);
  parser.skip(true);
  if (has_long_header(head)) {
    return false;
  }
  boost::system::error_code error;
  parser.put(boost::asio::buffer(head.data(), head.size()), error);
  return !has_folded_line(head) && (!error || error == http::error::need_more) &&
         parser.is_header_done();
}

template <class Parser>
BodyFraming framing_of(Parser const& parser, BodyFraming::Kind otherwise) {
  if (parser.chunked()) {
    return BodyFraming(BodyFraming::Kind::Chunked);
  }
  if (auto const length = parser.content_length()) {
    return BodyFraming(BodyFraming::Kind::Length, *length);
  }
  return BodyFraming(otherwise);
}

/// Where the lines start, first line and empty line included, without the latter's end.
struct Line {
  std::size_t begin;
  std::size_t end;  ///< Behind the CRLF.
};

/// The header's line, or one of no length at the end of the head.
Line find_header(std::string_view head, std::string_view name) {
  auto begin = head.find("\r\n") + 2;
  while (begin < head.size()) {
    auto const end = std::min(head.find("\r\n", begin), head.size() - 2) + 2;
    if (end - begin <= 2) {
      break;
    }
    auto const line = head.substr(begin, end - begin);
    if (same_header(line.substr(0, line.find(':')), name)) {
      return {begin, end};
    }
    begin = end;
  }
  return {head.size() - 2, head.size() - 2};
}

std::string header_line(std::string_view name, std::string_view value) {
  return std::string(name).append(": ").append(value).append("\r\n");
}

}  // namespace

bool same_header(std::string_view a, std::string_view b) {
  auto const lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

bool has_long_header(std::string_view head) {
  auto begin = std::min(head.find("\r\n"), head.size()) + 2;
  while (begin < head.size()) {
    auto const end = std::min(head.find("\r\n", begin), head.size());
    if (end - begin > kHeaderLimit) {
      return true;
    }
    begin = end + 2;
  }
  return false;
}

std::optional<RequestHead> parse_request_head(std::string_view head) {
  http::request_parser<http::empty_body> parser;
  if (!parse(parser, head)) {
    return std::nullopt;
  }
  auto const& message = parser.get();
  if (message.find(http::field::transfer_encoding) != message.end() && !parser.chunked()) {
    return std::nullopt;  // Nobody could say where its body ends.
  }
  RequestHead request;
  request.method = message.method_string();
  request.target = message.target();
  request.body = framing_of(parser, BodyFraming::Kind::None);
  request.http11 = message.version() >= 11;
  request.keep_alive = message.keep_alive();
  request.upgrade = message.find(http::field::upgrade) != message.end();
  request.expects_continue =
      same_header(std::string_view(message[http::field::expect]), "100-continue");
  for (auto const& header : message) {
    request.headers.emplace_back(header.name_string(), header.value());
  }
  return request;
}

std::optional<ResponseHead> parse_response_head(std::string_view head, AnswerTo to) {
  http::response_parser<http::empty_body> parser;
  if (!parse(parser, head)) {
    return std::nullopt;
  }
  ResponseHead response;
  response.status = parser.get().result_int();
  response.framed = parser.chunked() || parser.content_length();
  bool const empty = to == AnswerTo::Head || response.status < 200 || response.status == 204 ||
                     response.status == 304;
  if (!empty) {
    response.body = framing_of(parser, BodyFraming::Kind::UntilClose);
  }
  // Not the parser's keep_alive(): that counts a head whose body it was told to skip as endless.
  response.keep_alive = parser.get().keep_alive();
  return response;
}

std::string replace_target(std::string_view head, std::string_view target) {
  auto const begin = head.find(' ') + 1;
  auto const end = head.find(' ', begin);
  return std::string(head.substr(0, begin)).append(target).append(head.substr(end));
}

std::string replace_header(std::string head, std::string_view name, std::string_view value) {
  auto const line = find_header(head, name);
  if (line.end > line.begin) {
    head.replace(line.begin, line.end - line.begin, header_line(name, value));
  }
  return head;
}

std::string set_header(std::string head, std::string_view name, std::string_view value) {
  auto const line = find_header(head, name);
  head.replace(line.begin, line.end - line.begin, header_line(name, value));
  return head;
}

std::string replace_length(std::string_view head, std::size_t size) {
  std::string text(head);
  for (auto const* name : {"Transfer-Encoding", "Expect", "Content-Length", "Trailer"}) {
    for (auto line = find_header(text, name); line.end > line.begin;
         line = find_header(text, name)) {
      text.erase(line.begin, line.end - line.begin);
    }
  }
  return set_header(std::move(text), "Content-Length", std::to_string(size));
}

}  // namespace swarmward::api
