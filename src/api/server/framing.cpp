#include "api/server/framing.h"

#include <algorithm>

namespace swarmward::api {

namespace {

/// 2^60 and more is nobody's chunk; the sum of sizes stays far from overflow.
constexpr unsigned kMostDigits = 15;

int hex_value(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  char const lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

BodyFraming::BodyFraming(Kind kind, std::uint64_t length)
    : kind_(kind), left_(kind == Kind::Length ? length : 0) {
  done_ = kind == Kind::None || (kind == Kind::Length && length == 0);
}

std::size_t BodyFraming::take(std::string_view bytes, std::string* payload) {
  auto const count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  if (payload != nullptr) {
    payload->append(bytes.substr(0, count));
  }
  left_ -= count;
  return count;
}

std::size_t BodyFraming::feed(std::string_view bytes, std::string* payload) {
  if (kind_ == Kind::UntilClose) {
    if (payload != nullptr) {
      payload->append(bytes);
    }
    return bytes.size();
  }
  if (kind_ == Kind::Length) {
    auto const count = take(bytes, payload);
    done_ = left_ == 0;
    return count;
  }
  std::size_t used = 0;
  while (used < bytes.size() && !done_ && !failed_) {
    if (state_ != State::Data) {
      step(bytes[used]);
      used += failed_ ? 0 : 1;
      continue;
    }
    used += take(bytes.substr(used), payload);
    state_ = left_ == 0 ? State::DataCr : State::Data;
  }
  return used;
}

void BodyFraming::step(char c) {
  switch (state_) {
    case State::Size:
      step_size(c);
      break;
    case State::Extension:
      if (c == '\n') {
        size_ended();
      }
      break;
    case State::SizeEnd:
      failed_ = c != '\n';
      size_ended();
      break;
    case State::DataCr:
      failed_ = c != '\r';
      state_ = State::DataLf;
      break;
    case State::DataLf:
      failed_ = c != '\n';
      state_ = State::Size;
      digits_ = 0;
      break;
    case State::TrailerStart:
      done_ = c == '\n';
      state_ = c == '\r' ? State::LastLf : State::Trailer;
      break;
    case State::Trailer:
      state_ = c == '\n' ? State::TrailerStart : State::Trailer;
      break;
    case State::LastLf:
      failed_ = c != '\n';
      done_ = !failed_;
      break;
    case State::Data:
      break;
  }
}

void BodyFraming::step_size(char c) {
  int const value = hex_value(c);
  if (value >= 0) {
    failed_ = ++digits_ > kMostDigits;
    left_ = left_ * 16 + static_cast<std::uint64_t>(value);
    return;
  }
  failed_ = digits_ == 0;
  if (c == '\n') {
    size_ended();
  } else if (c == '\r') {
    state_ = State::SizeEnd;
  } else if (c == ';' || c == ' ' || c == '\t') {
    state_ = State::Extension;
  } else {
    failed_ = true;
  }
}

void BodyFraming::size_ended() {
  state_ = left_ == 0 ? State::TrailerStart : State::Data;
}

}  // namespace swarmward::api
