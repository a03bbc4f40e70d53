#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

namespace swarmward::model {

/// An optional value in one pointer. The value never changes, so copies share it; any thread may
/// hold one.
template <class T>
class Boxed {
  struct Box : boost::intrusive_ref_counter<Box> {
    explicit Box(T given) : value(std::move(given)) {}
    T value;
  };

 public:
  Boxed() = default;
  Boxed(T value) : box_(new Box(std::move(value))) {}  // Implicit, as std::optional's is.
  Boxed(std::nullopt_t) {}

  [[nodiscard]] bool has_value() const { return box_ != nullptr; }
  explicit operator bool() const { return has_value(); }
  T const& operator*() const { return box_->value; }
  T const* operator->() const { return &box_->value; }
  void reset() { box_.reset(); }

  friend bool operator==(Boxed const& a, Boxed const& b) {
    return a.box_ == b.box_ || (a.box_ && b.box_ && a.box_->value == b.box_->value);
  }

 private:
  boost::intrusive_ptr<Box const> box_;
};

/// A vector in one pointer, for lists that are empty nearly everywhere. Copies are deep.
template <class T>
class RareList {
 public:
  using value_type = T;

  RareList() = default;
  RareList(std::vector<T> values) { assign(std::move(values)); }  // Implicit: it stands for one.
  RareList(std::initializer_list<T> values) : RareList(std::vector<T>(values)) {}
  RareList(RareList const& other) : RareList(other.all()) {}
  RareList(RareList&&) noexcept = default;
  RareList& operator=(RareList const& other) {
    assign(other.all());
    return *this;
  }
  RareList& operator=(RareList&&) noexcept = default;
  ~RareList() = default;

  operator std::vector<T> const&() const { return all(); }
  [[nodiscard]] std::vector<T> const& all() const {
    static std::vector<T> const kNone;
    return values_ ? *values_ : kNone;
  }
  [[nodiscard]] bool empty() const { return values_ == nullptr; }
  [[nodiscard]] std::size_t size() const { return all().size(); }
  [[nodiscard]] auto begin() const { return all().begin(); }
  [[nodiscard]] auto end() const { return all().end(); }
  [[nodiscard]] T const& front() const { return all().front(); }
  [[nodiscard]] T const& back() const { return all().back(); }
  [[nodiscard]] T const& operator[](std::size_t at) const { return all()[at]; }
  [[nodiscard]] T const& at(std::size_t at) const { return all().at(at); }
  void push_back(T value) {
    if (!values_) {
      values_ = std::make_unique<std::vector<T>>();
    }
    values_->push_back(std::move(value));
  }
  void clear() { values_.reset(); }

  friend bool operator==(RareList const& a, RareList const& b) { return a.all() == b.all(); }

 private:
  void assign(std::vector<T> values) {
    values_ = values.empty() ? nullptr : std::make_unique<std::vector<T>>(std::move(values));
  }

  std::unique_ptr<std::vector<T>> values_;  ///< Never empty.
};

}  // namespace swarmward::model
