#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "api/cluster/seen_container.h"

namespace swarmward::api {

/// Containers that are being made, or were while somebody looked at what there is: engines do not
/// list them yet, or had not when they were asked. Io thread only. What it gives out may outlive
/// it.
class Claims {
  struct Entry {
    SeenContainer container;
    std::optional<std::uint64_t> made;  ///< When, by the counter; nothing: it is being made.
  };
  struct Book {
    std::uint64_t counter = 0;
    std::map<std::uint64_t, Entry> entries;
    std::multiset<std::uint64_t> looks;  ///< When those that go on began.
    void forget_old();
  };

 public:
  /// Somebody looks at what there is.
  class Look {
   public:
    explicit Look(std::shared_ptr<Book> book);
    Look(Look const&) = delete;
    Look& operator=(Look const&) = delete;
    ~Look();
    /// What lists that were asked for since the look began may lack.
    [[nodiscard]] std::vector<SeenContainer> claimed() const;

   private:
    std::shared_ptr<Book> book_;
    std::uint64_t began_;
  };
  /// Holds the place of a container until it is made, or is not.
  class Claim {
   public:
    Claim(std::shared_ptr<Book> book, SeenContainer container);
    Claim(Claim const&) = delete;
    Claim& operator=(Claim const&) = delete;
    ~Claim();
    /// From now on its engine lists it.
    void made();

   private:
    std::shared_ptr<Book> book_;
    std::uint64_t number_;
  };

  [[nodiscard]] std::unique_ptr<Look> look() const { return std::make_unique<Look>(book_); }
  [[nodiscard]] std::unique_ptr<Claim> claim(SeenContainer container) const {
    return std::make_unique<Claim>(book_, std::move(container));
  }

 private:
  std::shared_ptr<Book> book_ = std::make_shared<Book>();
};

}  // namespace swarmward::api
