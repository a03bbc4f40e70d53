#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "model/common.h"
#include "model/compact.h"
#include "model/container_id.h"
#include "wire/codec/go_type.h"
#include "wire/codec/words.h"

namespace swarmward::wire {

/// Who the document is for: API clients, or our own store (lossless, nothing normalised).
enum class Form { Api, Stored };

/// One parameter type for both directions: a field list is written once and names its struct so.
template <class Archive, class T>
using Ref = std::conditional_t<Archive::kReading, T&, T const&>;

/// The reading archive: fills a struct from JSON through its field list, `describe(archive,
/// value)`. Decodes as Go does: keys in any case (the exact spelling is preferred), unknown keys
/// ignored, absent and null give the zero value, an enum then keeps its default. Never throws; the
/// first error is kept and reading goes on.
class Reader {
 public:
  static constexpr bool kReading = true;

  /// `document` must outlive the reader.
  Reader(nlohmann::json const& document, Form form);

  [[nodiscard]] bool stored() const { return form_ == Form::Stored; }

  /// A field that is written even when empty.
  template <class T>
  void keep(std::string_view key, T& field) {
    Step const step(*this, key);
    read(field);
  }
  /// A field that is not written when empty: Go's omitempty.
  template <class T>
  void omit(std::string_view key, T& field) {
    keep(key, field);
  }
  /// A pointer that is written as null when absent.
  template <class T>
  void nullable(std::string_view key, std::optional<T>& field) {
    keep(key, field);
  }
  /// A field that only the stored form has.
  template <class T>
  void internal(std::string_view key, T& field) {
    if (stored()) {
      keep(key, field);
    }
  }
  /// Raw bytes: base64 on the wire; as Go, takes an array of numbers too.
  void bytes(std::string_view key, std::string& field);
  /// An enum that must be given.
  template <class E>
  void required(std::string_view key, E& field) {
    Step const step(*this, key);
    read_word(field, Presence::Required);
  }

  /// Reads the whole document into `value`.
  template <class T>
  Result<void> into(T& value) {
    read(value);
    return outcome();
  }

  /// Notes an error that native finds only after decoding; type errors win over it.
  void fail(Error error);
  /// The same for an error that native finds before those of the fields read so far.
  void fail_instead(Error error) { conversion_error_ = std::move(error); }

 private:
  enum class Presence { Optional, Required };

  /// Enters a member of the current object, or an element of the current array, while it lives.
  class Step {
   public:
    Step(Reader& reader, std::string_view key);
    Step(Reader& reader, std::size_t index);
    ~Step();
    Step(Step const&) = delete;
    Step& operator=(Step const&) = delete;

   private:
    Reader& reader_;
    nlohmann::json const* at_;
    std::string_view struct_name_;
    bool named_;
  };

  void read_octets(std::string& field);
  void read_text(std::string& field, std::string_view go_type);
  void read(std::string& field);
  void read(bool& field);
  void read(std::int64_t& field);
  void read(std::uint64_t& field);
  void read(std::uint32_t& field);
  void read(double& field);
  void read(Duration& field);
  void read(Time& field);
  void read(model::StringMap& field);

  template <class Tag>
  void read(Id<Tag>& field) {
    std::string text;
    read(text);
    field = Id<Tag>(text);
  }
  template <class T>
  void read(std::optional<T>& field) {
    field.reset();
    if (present()) {
      read(field.emplace());
    }
  }
  template <class T>
  void read(std::shared_ptr<T const>& field) {
    field.reset();
    if (present()) {
      auto value = std::make_shared<T>();
      read(*value);
      field = std::move(value);
    }
  }
  template <class T>
  requires std::is_same_v<T, model::StatusText> || std::is_same_v<T, model::ContainerId>
  void read(T& field) {
    std::string text;
    read(text);
    field = T(text);
  }
  template <class T>
  void read(model::Boxed<T>& field) {
    std::optional<T> value;
    read(value);
    field = value ? model::Boxed<T>(std::move(*value)) : model::Boxed<T>();
  }
  template <class T>
  void read(model::RareList<T>& field) {
    std::vector<T> values;
    read(values);
    field = model::RareList<T>(std::move(values));
  }
  template <class T>
  void read(std::vector<T>& field) {
    field.clear();
    auto const count = array_size(&GoType<std::vector<T>>::text);
    for (std::size_t i = 0; i < count; ++i) {
      Step const step(*this, i);
      read(field.emplace_back());
    }
  }
  template <class T>
  requires std::is_enum_v<T>
  void read(T& field) { read_word(field, Presence::Optional); }
  template <class T>
  requires(std::is_class_v<T> && !std::is_same_v<T, model::StatusText> &&
           !std::is_same_v<T, model::ContainerId>) void read(T& field) {
    enter_struct(kGoType<T>);
    describe(*this, field);
  }

  template <class E>
  void read_word(E& field, Presence presence) {
    std::string word;
    read_text(word, word_go_type<E>());
    if (word.empty() && presence == Presence::Optional) {
      return;
    }
    if (auto const known = from_word<E>(word)) {
      field = *known;
    } else if (auto error = Words<E>::unknown(word)) {
      fail(std::move(*error));
    }
  }

  [[nodiscard]] bool present() const { return at_ != nullptr; }
  void enter_struct(std::string_view go_type);
  [[nodiscard]] std::size_t array_size(std::string (*go_type)());
  void integer_error(std::string_view go_type);
  void type_error(std::string_view found, std::string_view go_type);
  [[nodiscard]] Result<void> outcome() const;

  nlohmann::json const* at_;  ///< Null where the document has nothing, or null.
  Form form_;
  std::string_view struct_name_;         ///< Go's name of the innermost struct.
  std::vector<std::string_view> path_;   ///< Keys from the root, without indexes.
  std::optional<Error> decoding_error_;  ///< Wins over the next.
  std::optional<Error> conversion_error_;
};

}  // namespace swarmward::wire
