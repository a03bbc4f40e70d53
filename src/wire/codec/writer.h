#pragma once

#include <nlohmann/json_fwd.hpp>

#include "wire/codec/empty.h"
#include "wire/codec/reader.h"

namespace swarmward::wire {

/// Makes documents of objects for API clients, through the same field lists as Reader. TextWriter
/// makes text of them, and their stored forms.
class Writer {
 public:
  static constexpr bool kReading = false;

  /// Makes `target` an object. It must outlive the writer.
  explicit Writer(nlohmann::json& target);

  [[nodiscard]] static constexpr bool stored() { return false; }

  template <class T>
  void keep(std::string_view key, T const& field) {
    write(member(key), field);
  }
  template <class T>
  void omit(std::string_view key, T const& field) {
    if (!is_empty(field)) {
      keep(key, field);
    }
  }
  template <class T>
  void nullable(std::string_view key, std::optional<T> const& field) {
    field ? keep(key, *field) : void(member(key));
  }
  template <class T>
  void internal(std::string_view /*key*/, T const& /*field*/) {}
  template <class E>
  void required(std::string_view key, E const& field) {
    keep(key, field);
  }
  void bytes(std::string_view key, std::string const& field);

 private:
  /// A new member, null until it is written.
  [[nodiscard]] nlohmann::json& member(std::string_view key);
  [[nodiscard]] static nlohmann::json& element(nlohmann::json& array);
  static void make_array(nlohmann::json& target);

  void write(nlohmann::json& target, std::string_view field) const;
  void write(nlohmann::json& target, std::string const& field) const;
  void write(nlohmann::json& target, bool field) const;
  void write(nlohmann::json& target, std::int64_t field) const;
  void write(nlohmann::json& target, std::uint64_t field) const;
  void write(nlohmann::json& target, std::uint32_t field) const;
  void write(nlohmann::json& target, double field) const;
  void write(nlohmann::json& target, Duration field) const;
  void write(nlohmann::json& target, Time field) const;
  void write(nlohmann::json& target, model::StringMap const& field) const;

  template <class Tag>
  void write(nlohmann::json& target, Id<Tag> const& field) const {
    write(target, field.view());
  }
  template <class T>
  void write(nlohmann::json& target, std::optional<T> const& field) const {
    if (field) {
      write(target, *field);
    }
  }
  template <class T>
  void write(nlohmann::json& target, std::shared_ptr<T const> const& field) const {
    if (field) {
      write(target, *field);
    }
  }
  void write(nlohmann::json& target, model::StatusText const& field) const {
    write(target, field.view());
  }
  void write(nlohmann::json& target, model::ContainerId const& field) const {
    write(target, field.str());
  }
  template <class T>
  void write(nlohmann::json& target, model::Boxed<T> const& field) const {
    if (field) {
      write(target, *field);
    }
  }
  template <class T>
  void write(nlohmann::json& target, model::RareList<T> const& field) const {
    write(target, field.all());
  }
  template <class T>
  void write(nlohmann::json& target, std::vector<T> const& field) const {
    make_array(target);
    for (auto const& value : field) {
      write(element(target), value);
    }
  }
  template <class T>
  requires std::is_enum_v<T>
  void write(nlohmann::json& target, T field) const { write(target, word_of(field)); }
  template <class T>
  requires std::is_class_v<T>
  void write(nlohmann::json& target, T const& field) const {
    Writer inner(target);
    describe(inner, field);
  }

  nlohmann::json& target_;
};

}  // namespace swarmward::wire
