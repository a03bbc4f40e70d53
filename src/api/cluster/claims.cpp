#include "api/cluster/claims.h"

#include <utility>

namespace swarmward::api {

/// What was made before every look that goes on is in all their lists.
void Claims::Book::forget_old() {
  std::erase_if(entries, [&](auto const& known) {
    auto const& made = known.second.made;
    return made && (looks.empty() || *made < *looks.begin());
  });
}

Claims::Look::Look(std::shared_ptr<Book> book) : book_(std::move(book)), began_(++book_->counter) {
  book_->looks.insert(began_);
}

Claims::Look::~Look() {
  book_->looks.erase(book_->looks.find(began_));
  book_->forget_old();
}

std::vector<SeenContainer> Claims::Look::claimed() const {
  std::vector<SeenContainer> all;
  for (auto const& [number, entry] : book_->entries) {
    if (!entry.made || *entry.made > began_) {
      all.push_back(entry.container);
    }
  }
  return all;
}

Claims::Claim::Claim(std::shared_ptr<Book> book, SeenContainer container)
    : book_(std::move(book)), number_(++book_->counter) {
  book_->entries.emplace(number_, Entry{std::move(container), std::nullopt});
}

Claims::Claim::~Claim() {
  auto const entry = book_->entries.find(number_);
  if (entry != book_->entries.end() && !entry->second.made) {
    book_->entries.erase(entry);
  }
  book_->forget_old();
}

void Claims::Claim::made() {
  book_->entries.at(number_).made = ++book_->counter;
}

}  // namespace swarmward::api
