#include "wire/codec/text_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include <nlohmann/json.hpp>

#include "wire/body.h"

namespace swarmward::wire {

namespace {

constexpr std::uint64_t kEach = 0x0101010101010101;  ///< Times a byte: that byte eight times.
constexpr std::uint64_t kHighBits = 0x80 * kEach;

std::uint64_t eight_bytes(char const* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

/// See is_plain(); eight bytes at once. Taking n from each byte sets the high bit of those below n.
bool has_special(std::uint64_t word) {
  auto const quotes = word ^ ('"' * kEach);
  auto const slashes = word ^ ('\\' * kEach);
  auto const low = ((word - 0x20 * kEach) & ~word) | ((quotes - kEach) & ~quotes) |
                   ((slashes - kEach) & ~slashes);
  return ((low | word | (word + kEach)) & kHighBits) != 0;
}

/// Whether the text stands in JSON as it is. Others, not ASCII among them, may have to be repaired.
bool is_plain(std::string_view text) {
  constexpr std::size_t kStep = sizeof(std::uint64_t);
  bool special = false;
  std::size_t at = 0;
  for (; at + kStep <= text.size(); at += kStep) {
    special |= has_special(eight_bytes(text.data() + at));
  }
  if (at < text.size()) {
    std::array<char, kStep> rest;
    rest.fill(' ');
    std::copy(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), rest.begin());
    special |= has_special(eight_bytes(rest.data()));
  }
  return !special;
}

template <class T>
void append_number(std::string& out, T value) {
  std::array<char, 24> digits;
  auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

char* put_digits(char* at, std::int64_t value, int count) {
  for (int i = count - 1; i >= 0; --i) {
    at[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return at + count;
}

char* put(char* at, char c) {
  *at = c;
  return at + 1;
}

}  // namespace

void TextWriter::bytes(std::string_view key, std::string const& field) {
  omit(key, base64_encode(field));
}

void TextWriter::write(std::string_view field) {
  if (is_plain(field)) {
    out_ += '"';
    out_.append(field) += '"';
    return;
  }
  out_ += dump_json(nlohmann::json(field));
}

void TextWriter::write(std::int64_t field) {
  append_number(out_, field);
}
void TextWriter::write(std::uint64_t field) {
  append_number(out_, field);
}

void TextWriter::write(double field) {
  // Go writes a whole number without a fraction.
  constexpr double kExact = 1e15;
  if (std::abs(field) < kExact && std::trunc(field) == field) {
    write(static_cast<std::int64_t>(field));
    return;
  }
  out_ += dump_json(nlohmann::json(field));
}

void TextWriter::write(Time field) {
  if (stored()) {
    write(std::int64_t{field.time_since_epoch().count()});
    return;
  }
  out_ += '"';
  append_time(out_, field);
  out_ += '"';
}

void TextWriter::write(model::StringMap const& field) {
  char const* separator = "{";
  for (auto const& [key, value] : field) {
    out_.append(separator);
    write(key);
    out_ += ':';
    write(value);
    separator = ",";
  }
  out_.append(field.empty() ? "{}" : "}");
}

void append_time(std::string& out, Time time) {
  if (time == Time{}) {
    out.append(format_time(time));
    return;
  }
  auto const days = std::chrono::floor<std::chrono::days>(time);
  std::chrono::year_month_day const date{days};
  std::chrono::hh_mm_ss const clock{time - days};
  std::array<char, 40> text;
  auto* at = put_digits(text.data(), static_cast<int>(date.year()), 4);
  at = put_digits(put(at, '-'), static_cast<unsigned>(date.month()), 2);
  at = put_digits(put(at, '-'), static_cast<unsigned>(date.day()), 2);
  at = put_digits(put(at, 'T'), clock.hours().count(), 2);
  at = put_digits(put(at, ':'), clock.minutes().count(), 2);
  at = put_digits(put(at, ':'), clock.seconds().count(), 2);
  if (auto const nanoseconds = clock.subseconds().count(); nanoseconds != 0) {
    at = put_digits(put(at, '.'), nanoseconds, 9);
    while (at[-1] == '0') {
      --at;
    }
  }
  at = put(at, 'Z');
  out.append(text.data(), at);
}

}  // namespace swarmward::wire
