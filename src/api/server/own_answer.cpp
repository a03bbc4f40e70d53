#include "api/server/own_answer.h"

#include <array>
#include <sstream>

#include <boost/beast/http/status.hpp>
#include <nlohmann/json.hpp>

namespace swarmward::api {

namespace {

bool is_one_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

std::string first_lines(AnswerContext const& context, Response const& response) {
  auto const status = static_cast<boost::beast::http::status>(response.status);
  std::string head = context.http11 ? "HTTP/1.1 " : "HTTP/1.0 ";
  head += std::to_string(response.status) + " ";
  head.append(std::string_view(boost::beast::http::obsolete_reason(status)));
  head += "\r\n";
  auto const add = [&head](std::string_view name, std::string_view value) {
    if (is_one_line(name) && is_one_line(value)) {
      head.append(name).append(": ").append(value).append("\r\n");
    }
  };
  add("Api-Version", to_string(context.offered));
  if (!response.content_type.empty() && response.status != 204) {
    add("Content-Type", response.content_type);
  }
  if (!context.date.empty()) {
    add("Date", context.date);
  }
  if (context.experimental_header) {
    add("Docker-Experimental", "false");
  }
  add("Ostype", "linux");
  add("Server", "Docker/" + context.server_version + " (linux)");
  for (auto const& [name, value] : response.headers) {
    add(name, value);
  }
  return head;
}

}  // namespace

std::string render_answer(AnswerContext const& context, Response response) {
  if (!response.body.empty() && response.content_type == "application/json" &&
      !response.body.ends_with('\n')) {
    response.body += '\n';
  }
  auto text = first_lines(context, response);
  if (response.status != 204 && response.status != 304) {
    text += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
  }
  text += context.keep_alive ? "\r\n" : "Connection: close\r\n\r\n";
  if (!context.head_request && response.status != 204 && response.status != 304) {
    text += response.body;
  }
  return text;
}

std::string render_stream_head(AnswerContext const& context, Response const& head) {
  auto text = first_lines(context, head);
  if (context.http11) {
    text += "Transfer-Encoding: chunked\r\n";
  }
  return text + (context.keep_alive && context.http11 ? "\r\n" : "Connection: close\r\n\r\n");
}

std::string http_date(std::time_t now) {
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  // Names of days and months are in the words of the C locale, which the daemon never leaves.
  auto const length = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), length};
}

std::string render_chunk(std::string_view piece) {
  std::ostringstream size;
  size << std::hex << piece.size() << "\r\n";
  return size.str().append(piece).append("\r\n");
}

Response error_answer(unsigned status, std::string_view text) {
  nlohmann::json body;
  body["message"] = text;
  Response response;
  response.status = status;
  response.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return response;
}

}  // namespace swarmward::api
