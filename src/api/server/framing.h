#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace swarmward::api {

/// Tells how many of the next bytes belong to a message's body, without touching them.
class BodyFraming {
 public:
  enum class Kind { None, Length, Chunked, UntilClose };

  BodyFraming() = default;
  /// `length` counts for Kind::Length alone.
  explicit BodyFraming(Kind kind, std::uint64_t length = 0);

  /// Takes the bytes that belong to the body and returns their number; fewer than given only if the
  /// body ends there or is malformed. Adds the content, without the chunks' frames, to `payload`.
  std::size_t feed(std::string_view bytes, std::string* payload = nullptr);

  [[nodiscard]] bool done() const { return done_; }
  /// Chunks that break the rules; where the next message starts cannot be known any more.
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] Kind kind() const { return kind_; }
  /// Still to come: of the body (Length) or of the chunk.
  [[nodiscard]] std::uint64_t left() const { return left_; }

 private:
  enum class State {
    Size,
    Extension,
    SizeEnd,
    Data,
    DataCr,
    DataLf,
    TrailerStart,
    Trailer,
    LastLf
  };

  std::size_t take(std::string_view bytes, std::string* payload);
  void step(char c);
  void step_size(char c);
  void size_ended();

  Kind kind_ = Kind::None;
  State state_ = State::Size;
  std::uint64_t left_ = 0;
  unsigned digits_ = 0;
  bool done_ = true;
  bool failed_ = false;
};

}  // namespace swarmward::api
