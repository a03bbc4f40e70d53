#pragma once

#include <cassert>
#include <utility>

#include "state/counted_array.h"
#include "state/tree_node.h"

namespace swarmward::state {

/// A sorted map whose copies share structure: copying is O(1) and leaves all copies as they were
/// when one changes. A change copies the O(log n) nodes on its way, but each of them only once per
/// copy of the map: a hundred thousand changes between two copies cost hardly more than in a plain
/// tree. Copies may be read, changed and dropped by different threads.
template <class K, class V, class Layout = KeyBeside<K, V>>
class PersistentMap {
  using T = Tree<K, Layout>;
  using Node = typename T::Node;
  using Leaf = typename T::Leaf;
  using Inner = typename T::Inner;
  using Entry = typename T::Entry;

 public:
  /// Valid as long as any copy of the map as it was lives.
  class Iterator {
   public:
    using value_type = std::pair<decltype(Layout::key(std::declval<Entry const&>())), V const&>;
    Iterator() = default;
    value_type operator*() const {
      auto const& entry = current();
      return {Layout::key(entry), Layout::value(entry)};
    }
    /// Without making the key.
    V const& value() const { return Layout::value(current()); }
    Iterator& operator++() {
      ++path_[depth_ - 1].at;
      climb();
      return *this;
    }
    bool operator==(Iterator const& other) const {
      return depth_ == other.depth_ && (depth_ == 0 || &current() == &other.current());
    }

   private:
    friend class PersistentMap;
    struct Step {
      Node const* node;
      std::size_t at;
    };

    Entry const& current() const {
      auto const& step = path_[depth_ - 1];
      return T::leaf(step.node).entries[step.at];
    }
    void push(Node const* node, std::size_t at) {
      assert(depth_ < kDepth && "nodes are a third full on average");
      path_[depth_++] = {node, at};
    }
    /// From behind the last entry of a leaf to the next leaf's first.
    void climb() {
      while (depth_ > 0 && path_[depth_ - 1].at >= path_[depth_ - 1].node->count) {
        if (--depth_ > 0) {
          ++path_[depth_ - 1].at;
        }
      }
      while (depth_ > 0 && !path_[depth_ - 1].node->leaf) {
        push(T::inner(path_[depth_ - 1].node).children[path_[depth_ - 1].at], 0);
      }
    }

    static constexpr std::size_t kDepth = 16;
    std::array<Step, kDepth> path_;
    std::size_t depth_ = 0;  ///< 0: the end.
  };

  PersistentMap() = default;
  PersistentMap(PersistentMap const& other) : root_(T::share(other.root_)), size_(other.size_) {}
  PersistentMap(PersistentMap&& other) noexcept
      : root_(std::exchange(other.root_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  PersistentMap& operator=(PersistentMap other) noexcept {
    std::swap(root_, other.root_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~PersistentMap() { T::release(root_); }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }

  /// Null if absent. Valid as long as any copy of the map as it is now lives.
  [[nodiscard]] V const* find(K const& key) const {
    if (root_ == nullptr) {
      return nullptr;
    }
    auto const& probe = Layout::probe(key);
    Node const* node = root_;
    while (!node->leaf) {
      node = T::inner(node).children[T::child_of(T::inner(node), probe)];
    }
    auto const at = T::position(T::leaf(node), probe);
    auto const& entry = T::leaf(node).entries[at < node->count ? at : 0];
    bool const same = at < node->count && !(probe < Layout::probe_of(entry));
    return same ? &Layout::value(entry) : nullptr;
  }

  void insert_or_assign(K const& key, V value) {
    if (root_ == nullptr) {
      root_ = new Leaf;
    }
    auto [right, least] = insert(root_, Layout::make(key, std::move(value)));
    if (right != nullptr) {
      auto* grown = new Inner;
      grown->children[0] = std::exchange(root_, grown);
      grown->children[1] = right;
      grown->keys[1] = std::move(least);
      grown->count = 2;
    }
  }

  void erase(K const& key) {
    if (find(key) == nullptr) {
      return;
    }
    remove(root_, key);
    --size_;
    while (size_ > 0 && !root_->leaf && root_->count == 1) {
      auto* const child = T::share(T::inner(root_).children[0]);
      T::release(std::exchange(root_, child));
    }
    if (size_ == 0) {
      T::release(std::exchange(root_, nullptr));
    }
  }

  [[nodiscard]] Iterator begin() const {
    Iterator it;
    if (size_ > 0) {
      it.push(root_, 0);
      it.climb();
    }
    return it;
  }
  [[nodiscard]] Iterator end() const { return {}; }

  /// The first entry whose key is not less than `key`.
  [[nodiscard]] Iterator lower_bound(K const& key) const {
    Iterator it;
    if (size_ == 0) {
      return it;
    }
    auto const& probe = Layout::probe(key);
    Node const* node = root_;
    while (!node->leaf) {
      auto const at = T::child_of(T::inner(node), probe);
      it.push(node, at);
      node = T::inner(node).children[at];
    }
    it.push(node, T::position(T::leaf(node), probe));
    it.climb();
    return it;
  }

 private:
  /// A node split off to the right, with the least key under it; null if there was room.
  struct Split {
    Node* right = nullptr;
    K least{};
  };

  Split insert(Node*& slot, Entry entry) {
    T::own(slot);
    if (slot->leaf) {
      return insert_into_leaf(T::leaf(slot), std::move(entry));
    }
    auto& inner = T::inner(slot);
    auto const at = T::child_of(inner, Layout::probe_of(entry));
    auto split = insert(inner.children[at], std::move(entry));
    return split.right == nullptr ? Split{} : add_child(inner, at + 1, std::move(split));
  }

  Split insert_into_leaf(Leaf& leaf, Entry entry) {
    auto at = T::position(leaf, Layout::probe_of(entry));
    if (at < leaf.count && !(Layout::probe_of(entry) < Layout::probe_of(leaf.entries[at]))) {
      leaf.entries[at] = std::move(entry);
      return {};
    }
    ++size_;
    if (leaf.count < T::kEntries) {
      put_at(leaf.entries, at, leaf.count, std::move(entry));
      return {};
    }
    auto* const right = new Leaf;
    if (at == leaf.count) {  // Keys that come in order fill their leaves.
      put_at(right->entries, 0, right->count, std::move(entry));
      return {right, Layout::key(right->entries[0])};
    }
    split_off(leaf.entries, leaf.count, right->entries, right->count);
    if (at <= leaf.count) {
      put_at(leaf.entries, at, leaf.count, std::move(entry));
    } else {
      put_at(right->entries, at - leaf.count, right->count, std::move(entry));
    }
    return {right, Layout::key(right->entries[0])};
  }

  Split add_child(Inner& inner, std::size_t at, Split child) {
    Inner* right = nullptr;
    Inner* target = &inner;
    Split result;
    if (inner.count == T::kChildren) {
      right = new Inner;
      auto keys = inner.count;  // Keys and children are split alike.
      std::uint16_t moved = 0;
      split_off(inner.keys, keys, right->keys, moved);
      split_off(inner.children, inner.count, right->children, right->count);
      result = {right, right->keys[0]};
      if (at > inner.count) {
        at -= inner.count;
        target = right;
      }
    }
    auto keys = target->count;
    put_at(target->keys, at, keys, std::move(child.least));
    put_at(target->children, at, target->count, child.right);
    return result;
  }

  void remove(Node*& slot, K const& key) {
    T::own(slot);
    auto const& probe = Layout::probe(key);
    if (slot->leaf) {
      take_out(T::leaf(slot).entries, T::position(T::leaf(slot), probe), slot->count);
      return;
    }
    auto& inner = T::inner(slot);
    auto const at = T::child_of(inner, probe);
    remove(inner.children[at], key);
    auto const* child = inner.children[at];
    auto const room = child->leaf ? T::kEntries : T::kChildren;
    if (child->count == 0) {
      drop_child(inner, at);
    } else if (child->count * 3U < room && inner.count > 1) {
      merge(inner, at + 1 < inner.count ? at : at - 1, room);
    }
  }

  static void drop_child(Inner& inner, std::size_t at) {
    T::release(inner.children[at]);
    auto keys = inner.count;
    take_out(inner.keys, at, keys);
    take_out(inner.children, at, inner.count);
  }

  /// Makes one of the children `at` and `at + 1` if they fit.
  static void merge(Inner& inner, std::size_t at, std::size_t room) {
    auto*& left = inner.children[at];
    auto*& right = inner.children[at + 1];
    if (left->count + std::size_t{right->count} > room) {
      return;
    }
    T::own(left);
    T::own(right);
    if (left->leaf) {
      append(T::leaf(right).entries, 0, right->count, T::leaf(left).entries, left->count);
    } else {
      T::inner(right).keys[0] = inner.keys[at + 1];
      append(T::inner(right).keys, 0, right->count, T::inner(left).keys, left->count);
      append(T::inner(right).children, 0, right->count, T::inner(left).children, left->count);
    }
    left->count = static_cast<std::uint16_t>(left->count + right->count);
    drop_child(inner, at + 1);
  }

  Node* root_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace swarmward::state
