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

/// A value that is JSON already; empty: none.
struct RawText {
  std::string_view text;
  [[nodiscard]] bool empty() const { return text.empty(); }
};

/// Writes objects straight to text, through the same field lists as Writer: the same document as
/// dump_json() of what Writer makes, with its members in the order of the lists, which is native's.
/// For lists and for what is written often, where a document would cost ten times the text.
class TextWriter {
 public:
  static constexpr bool kReading = false;

  /// Appends to `out`. All outlive the writer. With `specs`, tasks take the text of theirs from
  /// there.
  TextWriter(std::string& out, Form form, SpecTexts* specs = nullptr)
      : out_(out), specs_(specs), form_(form) {}

  [[nodiscard]] bool stored() const { return form_ == Form::Stored; }

  template <class T>
  void write_object(T const& value) {
    out_ += '{';
    describe(*this, value);
    out_ += '}';
  }

  template <class T>
  void keep(std::string_view key, T const& field) {
    // The first member stands right behind the brace, which no value ends with.
    using std::string_view_literals::operator""sv;
    out_.append(out_.back() == '{' ? "\""sv : ",\""sv).append(key).append("\":"sv);
    write(field);
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
  void internal(std::string_view key, T const& field) {
    if (stored()) {
      omit(key, field);
    }
  }
  template <class E>
  void required(std::string_view key, E const& field) {
    keep(key, field);
  }
  void bytes(std::string_view key, std::string const& field);

 private:
  void write(std::string_view field);
  void write(std::string const& field) { write(std::string_view(field)); }
  void write(RawText field) { out_.append(field.text); }
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
    if constexpr (std::is_same_v<T, model::TaskSpec>) {
      if (field && specs_ != nullptr) {
        out_.append(specs_->text_of(*field));
        return;
      }
    }
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
  Form form_;
};

/// Appends what format_time() gives.
void append_time(std::string& out, Time time);

}  // namespace swarmward::wire
