#pragma once

#include <memory>
#include <utility>

namespace swarmward::model {

/// A value that copies share, for large parts of something that is copied often while few of them
/// change: those that are still shared are equal at a glance. Any thread may hold one.
template <class T>
class Shared {
 public:
  Shared() : Shared(T()) {}
  Shared(T value) : value_(std::make_shared<T const>(std::move(value))) {}  // It stands for one.

  T const& operator*() const { return *value_; }
  T const* operator->() const { return value_.get(); }
  operator T const&() const { return *value_; }

  /// This one gets a value of its own that edit(T&) was called with; the others stay as they are.
  template <class Edit>
  void change(Edit const& edit) {
    auto value = *value_;
    edit(value);
    value_ = std::make_shared<T const>(std::move(value));
  }

  friend bool operator==(Shared const& a, Shared const& b) {
    return a.value_ == b.value_ || *a.value_ == *b.value_;
  }

 private:
  std::shared_ptr<T const> value_;
};

}  // namespace swarmward::model
