#pragma once

#include <memory>
#include <set>
#include <string>
#include <utility>

namespace swarmward::app {

/// A word that nobody else may take while this lives, such as the name of a host that is just being
/// adopted. One thread.
class Taken {
 public:
  using Words = std::shared_ptr<std::set<std::string>>;

  Taken(Words words, std::string word)
      : words_(std::move(words)), word_(std::move(word)), ours_(words_->insert(word_).second) {}
  ~Taken() {
    if (ours_) {
      words_->erase(word_);
    }
  }
  Taken(Taken const&) = delete;
  Taken& operator=(Taken const&) = delete;
  [[nodiscard]] bool ours() const { return ours_; }

 private:
  Words words_;  ///< Shared: when the daemon ends, what waits goes after those it waits for.
  std::string word_;
  bool ours_;
};

}  // namespace swarmward::app
