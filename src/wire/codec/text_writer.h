#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wire/codec/empty.h"
#include "wire/codec/reader.h"

namespace swarmward::wire {

/// Gives specs as text that was written before. The text goes into the document unchecked.
class SpecTexts {
 public:
  virtual ~SpecTexts() = default;
  [[nodiscard]] virtual std::string_view text_of(model::TaskSpec const& spec) = 0;
};

/// A writer's notes, to be used again for the next object: allocating them anew would cost as much
/// as the writing.
struct TextWorkspace {
  struct Member {
    std::uint64_t order;  ///< The key's first eight bytes as a number.
    std::string_view key;
    std::size_t begin;  ///< In the text; what stands between is `"key":value`.
    std::size_t end;
  };
  std::vector<Member> members;  ///< Of all open objects, the innermost last.
  std::string scratch;
};

/// Writes objects for API clients straight to text, through the same field lists as Writer and to
/// the same bytes as dump_json() of what Writer makes: members stand in the order of their keys.
/// For lists, where a document per object would cost ten times the text.
class TextWriter {
 public:
  static constexpr bool kReading = false;

  /// Appends to `out`. All outlive the writer. Only tasks need `specs`.
  TextWriter(std::string& out, TextWorkspace& workspace, SpecTexts* specs = nullptr)
      : out_(out), specs_(specs), members_(workspace.members), scratch_(workspace.scratch) {}

  [[nodiscard]] static constexpr bool stored() { return false; }

  template <class T>
  void write_object(T const& value) {
    auto const object = open_object();
    describe(*this, value);
    close_object(object);
  }

  template <class T>
  void keep(std::string_view key, T const& field) {
    auto const member = open_member(key);
    write(field);
    members_[member].end = out_.size();
  }
  template <class T>
  void omit(std::string_view key, T const& field) {
    if (!is_empty(field)) {
      keep(key, field);
    }
  }
  template <class T>
  void nullable(std::string_view key, std::optional<T> const& field) {
    keep(key, field);
  }
  template <class T>
  void internal(std::string_view /*key*/, T const& /*field*/) {}
  template <class E>
  void required(std::string_view key, E const& field) {
    keep(key, field);
  }
  void bytes(std::string_view key, std::string const& field);

 private:
  using Member = TextWorkspace::Member;
  struct Object {
    std::size_t outer;  ///< Where the members of the object around it begin.
    std::size_t begin;  ///< In `out_`, of the first member.
  };

  [[nodiscard]] Object open_object();
  void close_object(Object object);
  [[nodiscard]] std::size_t open_member(std::string_view key);
  void put_members_in_order(Object object);

  void write(std::string_view field);
  void write(std::string const& field) { write(std::string_view(field)); }
  void write(bool field) { out_ += field ? "true" : "false"; }
  void write(std::int64_t field);
  void write(std::uint64_t field);
  void write(std::uint32_t field) { write(std::uint64_t{field}); }
  void write(double field);
  void write(Duration field) { write(std::int64_t{field.count()}); }
  void write(Time field);
  void write(model::StringMap const& field);
  void write(model::StatusText const& field) { write(field.view()); }
  void write(model::ContainerId const& field) { write(field.str()); }
  void write(std::shared_ptr<model::TaskSpec const> const& field);

  template <class Tag>
  void write(Id<Tag> const& field) {
    write(field.view());
  }
  template <class T>
  void write(std::optional<T> const& field) {
    field ? write(*field) : void(out_ += "null");
  }
  template <class T>
  void write(std::shared_ptr<T const> const& field) {
    field ? write(*field) : void(out_ += "null");
  }
  template <class T>
  void write(model::Boxed<T> const& field) {
    field ? write(*field) : void(out_ += "null");
  }
  template <class T>
  void write(model::RareList<T> const& field) {
    write(field.all());
  }
  template <class T>
  void write(std::vector<T> const& field) {
    out_ += '[';
    for (std::size_t i = 0; i < field.size(); ++i) {
      out_.append(i == 0 ? "" : ",");
      write(field[i]);
    }
    out_ += ']';
  }
  template <class T>
  requires std::is_enum_v<T>
  void write(T field) { write(word_of(field)); }
  template <class T>
  requires std::is_class_v<T>
  void write(T const& field) { write_object(field); }

  std::string& out_;
  SpecTexts* specs_;
  std::vector<Member>& members_;
  std::size_t first_ = 0;  ///< The innermost object's first member.
  std::string& scratch_;
};

/// Appends what format_time() gives.
void append_time(std::string& out, Time time);

}  // namespace swarmward::wire
