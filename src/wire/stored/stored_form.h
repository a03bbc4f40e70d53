#pragma once

#include "wire/codec/text_writer.h"
#include "wire/stored/stored.h"

namespace swarmward::wire {

/// An object behind the version of its form.
template <class T>
struct Versioned {
  T const& object;
};
template <class A, class T>
void describe(A& a, Versioned<T> const& versioned) {
  a.keep("v", kStoredVersion);
  describe(a, versioned.object);
}

template <class T>
[[nodiscard]] std::string stored_text(T const& object, SpecTexts* specs = nullptr) {
  std::string text;
  TextWriter(text, Form::Stored, specs).write_object(object);
  return text;
}

}  // namespace swarmward::wire
