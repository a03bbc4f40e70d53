// print, printf, println, join, html, js and urlquery.
#include "model/template/run/format.h"
#include "model/template/run/functions.h"

namespace swarmward::model::templates {

namespace {

/// A space between two operands if neither is text, as Go's Sprint has it.
std::string print_all(std::span<Value const> arguments) {
  std::string out;
  bool text_before = true;
  for (auto const& argument : arguments) {
    bool const text = argument.as<std::string>() != nullptr;
    out += text || text_before ? "" : " ";
    out += format_value(argument);
    text_before = text;
  }
  return out;
}

std::string percent(char c) {
  Value const byte{std::int64_t{static_cast<unsigned char>(c)}};
  return format("%%%02X", {&byte, 1});
}

}  // namespace

Result<Value> print(std::span<Value const> arguments) {
  return Value{print_all(arguments)};
}

Result<Value> print_line(std::span<Value const> arguments) {
  std::string out;
  for (auto const& argument : arguments) {
    out += (&argument == &arguments.front() ? "" : " ") + format_value(argument);
  }
  return Value{out + "\n"};
}

Result<Value> print_formatted(std::span<Value const> arguments) {
  return Value{format(*arguments[0].as<std::string>(), arguments.subspan(1))};
}

Result<Value> join(std::span<Value const> arguments) {
  if (arguments.empty()) {
    return invalid_argument("runtime error: slice bounds out of range [1:0]");
  }
  std::string out;
  for (auto const& argument : arguments.subspan(1)) {
    out += &argument == &arguments[1] ? "" : *arguments[0].as<std::string>();
    out += *argument.as<std::string>();
  }
  return Value{std::move(out)};
}

Result<Value> escape_html(std::span<Value const> arguments) {
  std::string out;
  for (char const c : print_all(arguments)) {
    switch (c) {
      case '\0':
        out += "\xef\xbf\xbd";
        break;
      case '"':
        out += "&#34;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
  return Value{std::move(out)};
}

Result<Value> escape_js(std::span<Value const> arguments) {
  std::string out;
  for (char const c : print_all(arguments)) {
    auto const byte = static_cast<unsigned char>(c);
    if (c == '\\' || c == '\'' || c == '"') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || c == '<' || c == '>' || c == '&' || c == '=') {
      Value const code{std::int64_t{byte}};
      out += format("\\u%04X", {&code, 1});
    } else {
      out += c;
    }
  }
  return Value{std::move(out)};
}

Result<Value> escape_query(std::span<Value const> arguments) {
  std::string out;
  for (char const c : print_all(arguments)) {
    bool const letter = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (letter || c == '-' || c == '_' || c == '.' || c == '~') {
      out += c;
    } else {
      out += c == ' ' ? "+" : percent(c);
    }
  }
  return Value{std::move(out)};
}

}  // namespace swarmward::model::templates
