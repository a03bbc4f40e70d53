#include "wire/codec/reader.h"

#include <limits>

#include <nlohmann/json.hpp>

namespace swarmward::wire {

namespace {

using nlohmann::json;

/// The member with this key in any case; the exact spelling is preferred. Null if there is none.
json const* find_member(json const& object, std::string_view key) {
  if (auto const exact = object.find(key); exact != object.end()) {
    return &*exact;
  }
  for (auto const& [name, value] : object.items()) {
    if (name.size() == key.size() && equal_any_case(name, key)) {
      return &value;
    }
  }
  return nullptr;
}

json const* unless_null(json const* value) {
  return value != nullptr && value->is_null() ? nullptr : value;
}

/// Go's word for the JSON value that did not fit.
std::string_view kind_of(json const& value) {
  return value.is_string()    ? "string"
         : value.is_boolean() ? "bool"
         : value.is_array()   ? "array"
         : value.is_object()  ? "object"
                              : "number";
}

/// The value as an integer of type T, if it is one and in range.
template <class T>
std::optional<T> integer_of(json const& value) {
  if (value.is_number_unsigned()) {
    auto const number = value.get<std::uint64_t>();
    return std::in_range<T>(number) ? std::optional(static_cast<T>(number)) : std::nullopt;
  }
  if (value.is_number_integer()) {
    auto const number = value.get<std::int64_t>();
    return std::in_range<T>(number) ? std::optional(static_cast<T>(number)) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

Reader::Reader(json const& document, Form form) : at_(unless_null(&document)), form_(form) {}

Reader::Step::Step(Reader& reader, std::string_view key)
    : reader_(reader), at_(reader.at_), struct_name_(reader.struct_name_), named_(true) {
  reader_.path_.push_back(key);
  reader_.at_ = unless_null(at_ == nullptr ? nullptr : find_member(*at_, key));
}

Reader::Step::Step(Reader& reader, std::size_t index)
    : reader_(reader), at_(reader.at_), struct_name_(reader.struct_name_), named_(false) {
  reader_.at_ = unless_null(&(*at_)[index]);
}

Reader::Step::~Step() {
  reader_.at_ = at_;
  reader_.struct_name_ = struct_name_;
  if (named_) {
    reader_.path_.pop_back();
  }
}

void Reader::read(std::string& field) {
  read_text(field, "string");
}

void Reader::read_text(std::string& field, std::string_view go_type) {
  field.clear();
  if (!present()) {
    return;
  }
  if (!at_->is_string()) {
    type_error(kind_of(*at_), go_type);
    return;
  }
  field = at_->get_ref<std::string const&>();
}

void Reader::read(bool& field) {
  field = false;
  if (present() && !at_->is_boolean()) {
    type_error(kind_of(*at_), "bool");
  } else if (present()) {
    field = at_->get<bool>();
  }
}

void Reader::read(std::int64_t& field) {
  field = 0;
  if (!present()) {
    return;
  }
  auto const number = integer_of<std::int64_t>(*at_);
  number ? void(field = *number) : integer_error("int64");
}

void Reader::read(std::uint64_t& field) {
  field = 0;
  if (!present()) {
    return;
  }
  auto const number = integer_of<std::uint64_t>(*at_);
  number ? void(field = *number) : integer_error("uint64");
}

void Reader::read(std::uint32_t& field) {
  field = 0;
  if (!present()) {
    return;
  }
  auto const number = integer_of<std::uint32_t>(*at_);
  number ? void(field = *number) : integer_error("uint32");
}

void Reader::read(double& field) {
  field = 0;
  if (present() && !at_->is_number()) {
    type_error(kind_of(*at_), "float32");
  } else if (present()) {
    field = at_->get<double>();
  }
}

void Reader::read(Duration& field) {
  field = {};
  if (!present()) {
    return;
  }
  auto const number = integer_of<std::int64_t>(*at_);
  number ? void(field = Duration(*number)) : integer_error("time.Duration");
}

void Reader::read(Time& field) {
  field = {};
  // The store keeps the number: a clock set before 1970 or after 9999 has no RFC 3339 form.
  if (stored() && present() && at_->is_number_integer()) {
    field = Time(Duration(integer_of<std::int64_t>(*at_).value_or(0)));
    return;
  }
  std::string text;
  read(text);
  if (text.empty()) {
    return;
  }
  auto const time = parse_time(text);
  time ? void(field = *time) : fail(time.error());
}

void Reader::read(model::StringMap& field) {
  field.clear();
  if (!present()) {
    return;
  }
  if (!at_->is_object()) {
    type_error(kind_of(*at_), "map[string]string");
    return;
  }
  for (auto const& [key, value] : at_->items()) {
    auto& text = field[key];
    if (value.is_string()) {
      text = value.get_ref<std::string const&>();
    } else if (!value.is_null()) {
      type_error(kind_of(value), "string");
    }
  }
}

void Reader::bytes(std::string_view key, std::string& field) {
  Step const step(*this, key);
  field.clear();
  if (present() && !at_->is_string()) {
    read_octets(field);
    return;
  }
  read(field);
  auto decoded = base64_decode(field);
  if (decoded.bad_at && !decoding_error_) {
    decoding_error_ = invalid_argument("invalid JSON: illegal base64 data at input byte " +
                                       std::to_string(*decoded.bad_at));
  }
  field = std::move(decoded.bytes);
}

void Reader::read_octets(std::string& field) {
  auto const count = array_size([] { return std::string("[]uint8"); });
  for (std::size_t i = 0; i < count; ++i) {
    Step const step(*this, i);
    std::uint64_t octet = 0;
    if (present()) {
      auto const number = integer_of<std::uint64_t>(*at_);
      number&&* number <= 0xff ? void(octet = *number) : integer_error("uint8");
    }
    field += static_cast<char>(octet);
  }
}

void Reader::enter_struct(std::string_view go_type) {
  if (present() && !at_->is_object()) {
    type_error(kind_of(*at_), go_type);
    at_ = nullptr;
  }
  struct_name_ = go_type.substr(go_type.rfind('.') + 1);
}

std::size_t Reader::array_size(std::string (*go_type)()) {
  if (!present()) {
    return 0;
  }
  if (!at_->is_array()) {
    type_error(kind_of(*at_), go_type());
    return 0;
  }
  return at_->size();
}

void Reader::integer_error(std::string_view go_type) {
  // Go quotes the number only when the type takes numbers, but not this one.
  type_error(at_->is_number() ? "number " + at_->dump() : std::string(kind_of(*at_)), go_type);
}

void Reader::type_error(std::string_view found, std::string_view go_type) {
  if (decoding_error_) {
    return;
  }
  std::string text = "invalid JSON: json: cannot unmarshal ";
  text.append(found).append(" into Go ");
  if (path_.empty()) {
    text.append("value");
  } else {
    text.append("struct field ").append(struct_name_);
    for (auto const key : path_) {
      text.append(".").append(key);
    }
  }
  decoding_error_ = invalid_argument(text.append(" of type ").append(go_type));
}

void Reader::fail(Error error) {
  if (!conversion_error_) {
    conversion_error_ = std::move(error);
  }
}

Result<void> Reader::outcome() const {
  if (decoding_error_) {
    return *decoding_error_;
  }
  if (conversion_error_) {
    return *conversion_error_;
  }
  return {};
}

}  // namespace swarmward::wire
