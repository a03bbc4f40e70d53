#include "wire/body.h"

#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "wire/codec/broken_text.h"
#include "wire/codec/text.h"

namespace swarmward::wire {

namespace {

using nlohmann::json;

constexpr std::string_view kSpace = " \t\r\n";

/// Where the first value of a text ends, found by counting brackets; the parser proper judges it.
struct Extent {
  std::size_t end = 0;
  bool too_deep = false;
};

/// The end of the string that starts at `at`.
std::size_t string_end(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    at += text[at] == '\\' ? 1U : 0U;
  }
  return std::min(at + 1, text.size());
}

Extent first_value(std::string_view text) {
  std::size_t depth = 0;
  std::size_t at = text.find_first_not_of(kSpace);
  while (at < text.size()) {
    char const c = text[at];
    if (c == '"') {
      at = string_end(text, at);
    } else if (c == '{' || c == '[') {
      ++depth;
      ++at;
    } else if (c == '}' || c == ']') {
      depth -= depth > 0 ? 1U : 0U;
      ++at;
    } else if (depth == 0) {
      auto const stop = text.find_first_of(" \t\r\n,:{}[]\"", at + 1);
      return {std::min(stop, text.size()), false};
    } else {
      ++at;
    }
    if (depth > kMaxNesting) {
      return {at, true};
    }
    if (depth == 0) {
      break;
    }
  }
  return {std::min(at, text.size()), false};
}

/// Notes where the parser stopped and what it was in; takes nothing in.
struct ErrorFinder : nlohmann::json_sax<json> {
  std::size_t position = 0;
  std::string message;

  bool null() override { return true; }
  bool boolean(bool /*value*/) override { return true; }
  bool number_integer(number_integer_t /*value*/) override { return true; }
  bool number_unsigned(number_unsigned_t /*value*/) override { return true; }
  bool number_float(number_float_t /*value*/, string_t const& /*text*/) override { return true; }
  bool string(string_t& /*value*/) override { return true; }
  bool binary(binary_t& /*value*/) override { return true; }
  bool start_object(std::size_t /*size*/) override { return true; }
  bool key(string_t& /*value*/) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t /*size*/) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t at,
                   std::string const& /*token*/,
                   nlohmann::detail::exception const& error) override {
    position = at;
    message = error.what();
    return false;
  }
};

/// Our parser's words for a context, and Go's.
constexpr std::array kContexts{
    std::pair{"parsing object key", " looking for beginning of object key string"},
    std::pair{"parsing object separator", " after object key"},
    std::pair{"parsing object -", " after object key:value pair"},
    std::pair{"parsing array -", " after array element"},
};

Error syntax_error(std::string_view text) {
  ErrorFinder finder;
  // The result says only that it failed, which is known.
  static_cast<void>(json::sax_parse(text, &finder));
  if (finder.position == 0 || finder.position > text.size()) {
    return invalid_argument("invalid JSON: unexpected EOF");
  }
  char const bad = text[finder.position - 1];
  std::string message = "invalid JSON: invalid character ";
  if (bad == '\'') {
    message += R"('\'')";
  } else {
    auto const quoted = go_quote({&bad, 1});
    message += bad == '"' ? "'\"'" : "'" + quoted.substr(1, quoted.size() - 2) + "'";
  }
  for (auto const& [ours, gos] : kContexts) {
    if (finder.message.find(ours) != std::string::npos) {
      return invalid_argument(message + gos);
    }
  }
  return invalid_argument(message + " looking for beginning of value");
}

/// Says which alternative is meant: a json can be made from, and converted to, almost anything.
Result<json> result_of(json document) {
  return Result<json>(boost::system::in_place_value, std::move(document));
}

}  // namespace

bool nests_too_deep(std::string_view text) {
  return first_value(text).too_deep;
}

Result<json> parse_body(std::string_view body) {
  if (body.empty()) {
    return result_of(nullptr);
  }
  if (body.find_first_not_of(kSpace) == std::string_view::npos) {
    return invalid_argument("invalid JSON: got EOF while reading request body");
  }
  auto const extent = first_value(body);
  if (extent.too_deep) {
    return invalid_argument("invalid JSON: exceeded max depth");
  }
  auto document = json::parse(body.substr(0, extent.end), nullptr, false);
  if (document.is_discarded()) {
    document = json::parse(replace_broken_text(body.substr(0, extent.end)), nullptr, false);
  }
  if (document.is_discarded()) {
    return syntax_error(body.substr(0, extent.end));
  }
  auto const more = body.find_first_not_of(kSpace, extent.end);
  // Go's Decoder.More takes a closing bracket for the end.
  if (more != std::string_view::npos && body[more] != '}' && body[more] != ']') {
    return invalid_argument("unexpected content after JSON");
  }
  return result_of(std::move(document));
}

std::string dump_json(json const& document) {
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace swarmward::wire
