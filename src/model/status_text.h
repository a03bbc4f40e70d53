#pragma once

#include <concepts>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>

namespace swarmward::model {

/// The text of a task's status in one pointer: tasks are held by the million, and nearly all of
/// their texts are empty or among a few that everybody writes. Those cost nothing; any other is
/// shared by its copies. Immutable but for assignment; copies may be used by any thread.
class StatusText {
 public:
  StatusText() = default;
  // Implicit: it stands for a std::string in structs that are filled from texts everywhere.
  StatusText(std::string_view text);
  StatusText(std::string const& text) : StatusText(std::string_view(text)) {}
  StatusText(char const* text) : StatusText(std::string_view(text)) {}
  StatusText(StatusText const& other) : block_(other.block_) { retain(); }
  StatusText(StatusText&& other) noexcept : block_(other.block_) { other.block_ = nullptr; }
  StatusText& operator=(StatusText const& other);
  StatusText& operator=(StatusText&& other) noexcept;
  ~StatusText() { release(); }

  [[nodiscard]] std::string_view view() const {
    return block_ == nullptr ? std::string_view{} : std::string_view(text_of(*block_));
  }
  [[nodiscard]] std::string str() const { return std::string(view()); }
  [[nodiscard]] bool empty() const { return block_ == nullptr; }
  [[nodiscard]] bool starts_with(std::string_view start) const { return view().starts_with(start); }
  [[nodiscard]] bool contains(std::string_view part) const {
    return view().find(part) != std::string_view::npos;
  }
  void clear() { *this = StatusText(); }

  operator std::string_view() const { return view(); }
  operator std::string() const { return str(); }

  template <std::convertible_to<std::string_view> Text>
  friend bool operator==(StatusText const& a, Text const& b) {
    return a.view() == std::string_view(b);
  }
  friend std::ostream& operator<<(std::ostream& out, StatusText const& text);

 private:
  struct Block;
  static std::string_view text_of(Block const& block);
  void retain() const;
  void release() const;

  Block const* block_ = nullptr;  ///< Null when empty.
};

}  // namespace swarmward::model
