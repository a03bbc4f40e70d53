#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace swarmward::state {

/// A sorted map whose copies share structure: copying is O(1), a change copies O(log n) nodes and
/// leaves all earlier copies as they were. A treap whose priorities are hashes of the keys, so the
/// shape depends on the content alone. Copies may be read from any thread.
template <class K, class V, class Hash = std::hash<K>>
class PersistentMap {
  struct Node;
  using Link = std::shared_ptr<Node const>;
  struct Node {
    K key;
    V value;
    std::uint64_t priority;
    Link left;
    Link right;
  };

 public:
  class Iterator {
   public:
    using value_type = std::pair<K const&, V const&>;
    Iterator() = default;
    value_type operator*() const { return {path_.back()->key, path_.back()->value}; }
    Iterator& operator++() {
      auto const* node = path_.back();
      path_.pop_back();
      descend_left(node->right.get());
      return *this;
    }
    bool operator==(Iterator const& other) const {
      return path_.empty() ? other.path_.empty()
                           : !other.path_.empty() && path_.back() == other.path_.back();
    }

   private:
    friend class PersistentMap;
    void descend_left(Node const* node) {
      for (; node != nullptr; node = node->left.get()) {
        path_.push_back(node);
      }
    }
    std::vector<Node const*> path_;  ///< Nodes still to be visited, the current one last.
  };

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }

  /// Null if absent. Valid as long as any copy of the map that holds it.
  [[nodiscard]] V const* find(K const& key) const {
    Node const* node = root_.get();
    while (node != nullptr) {
      if (key < node->key) {
        node = node->left.get();
      } else if (node->key < key) {
        node = node->right.get();
      } else {
        return &node->value;
      }
    }
    return nullptr;
  }

  void insert_or_assign(K const& key, V value) {
    bool added = false;
    root_ = insert(root_, key, std::move(value), added);
    size_ += added ? 1U : 0U;
  }

  void erase(K const& key) {
    if (find(key) != nullptr) {
      root_ = without(root_, key);
      --size_;
    }
  }

  [[nodiscard]] Iterator begin() const {
    Iterator it;
    it.descend_left(root_.get());
    return it;
  }
  [[nodiscard]] Iterator end() const { return {}; }

  /// The first entry whose key is not less than `key`.
  [[nodiscard]] Iterator lower_bound(K const& key) const {
    Iterator it;
    Node const* node = root_.get();
    while (node != nullptr) {
      if (node->key < key) {
        node = node->right.get();
      } else {
        it.path_.push_back(node);
        node = node->left.get();
      }
    }
    return it;
  }

 private:
  static Link make(Node const& node, Link left, Link right) {
    return std::make_shared<Node const>(
        Node{node.key, node.value, node.priority, std::move(left), std::move(right)});
  }

  static std::uint64_t priority_of(K const& key) {
    // std::hash of integers is the identity; mix it or the treap degenerates.
    auto mixed = static_cast<std::uint64_t>(Hash{}(key)) * 0x9E3779B97F4A7C15ULL;
    return mixed ^ (mixed >> 29U);
  }

  static Link insert(Link const& node, K const& key, V value, bool& added) {
    if (!node) {
      added = true;
      return std::make_shared<Node const>(
          Node{key, std::move(value), priority_of(key), nullptr, nullptr});
    }
    if (key < node->key) {
      auto left = insert(node->left, key, std::move(value), added);
      if (left->priority > node->priority) {
        return make(*left, left->left, make(*node, left->right, node->right));
      }
      return make(*node, std::move(left), node->right);
    }
    if (node->key < key) {
      auto right = insert(node->right, key, std::move(value), added);
      if (right->priority > node->priority) {
        return make(*right, make(*node, node->left, right->left), right->right);
      }
      return make(*node, node->left, std::move(right));
    }
    return std::make_shared<Node const>(
        Node{key, std::move(value), node->priority, node->left, node->right});
  }

  static Link merge(Link const& left, Link const& right) {
    if (!left || !right) {
      return left ? left : right;
    }
    if (left->priority > right->priority) {
      return make(*left, left->left, merge(left->right, right));
    }
    return make(*right, merge(left, right->left), right->right);
  }

  static Link without(Link const& node, K const& key) {
    if (key < node->key) {
      return make(*node, without(node->left, key), node->right);
    }
    if (node->key < key) {
      return make(*node, node->left, without(node->right, key));
    }
    return merge(node->left, node->right);
  }

  Link root_;
  std::size_t size_ = 0;
};

}  // namespace swarmward::state
