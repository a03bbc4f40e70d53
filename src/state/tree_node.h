#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <utility>

namespace swarmward::state {

/// How PersistentMap holds an entry: key and value side by side.
template <class K, class V>
struct KeyBeside {
  using Entry = std::pair<K, V>;
  static K const& key(Entry const& entry) { return entry.first; }
  static V const& value(Entry const& entry) { return entry.second; }
  static Entry make(K const& key, V value) { return {key, std::move(value)}; }
  /// What keys are compared by.
  static K const& probe(K const& key) { return key; }
  static K const& probe_of(Entry const& entry) { return entry.first; }
};

/// The nodes of a PersistentMap: a B+tree whose nodes are shared by all maps that have the same
/// content there. A node is changed in place only while it has one owner.
template <class K, class Layout>
struct Tree {
  using Entry = typename Layout::Entry;
  static constexpr std::size_t kEntries = 16;
  static constexpr std::size_t kChildren = 16;

  struct Node {
    explicit Node(bool is_leaf) : leaf(is_leaf) {}
    std::atomic<std::uint32_t> owners{1};
    std::uint16_t count = 0;
    bool const leaf;
  };
  struct Leaf : Node {
    Leaf() : Node(true) {}
    std::array<Entry, kEntries> entries{};  ///< Sorted; empty from `count` on.
  };
  struct Inner : Node {
    Inner() : Node(false) {}
    /// keys[i] is at most the least key of child i and above those of child i-1; keys[0] is unused.
    std::array<K, kChildren> keys{};
    std::array<Node*, kChildren> children{};  ///< Owned; null from `count` on.
  };

  static Leaf& leaf(Node* node) { return static_cast<Leaf&>(*node); }
  static Inner& inner(Node* node) { return static_cast<Inner&>(*node); }
  static Leaf const& leaf(Node const* node) { return static_cast<Leaf const&>(*node); }
  static Inner const& inner(Node const* node) { return static_cast<Inner const&>(*node); }

  static Node* share(Node* node) {
    if (node != nullptr) {
      node->owners.fetch_add(1, std::memory_order_relaxed);
    }
    return node;
  }

  static void release(Node* node) {
    if (node == nullptr || node->owners.fetch_sub(1, std::memory_order_acq_rel) != 1) {
      return;
    }
    if (node->leaf) {
      delete &leaf(node);
      return;
    }
    for (auto* child : inner(node).children) {
      release(child);
    }
    delete &inner(node);
  }

  /// Makes the node in `slot` safe to change; whoever holds the slot must be so already.
  static void own(Node*& slot) {
    // Acquire: what a former owner did to it comes before what is done to it now.
    if (slot->owners.load(std::memory_order_acquire) == 1) {
      return;
    }
    Node* copy = nullptr;
    if (slot->leaf) {
      auto* made = new Leaf;
      made->entries = leaf(slot).entries;
      copy = made;
    } else {
      auto* made = new Inner;
      made->keys = inner(slot).keys;
      made->children = inner(slot).children;
      std::ranges::for_each(made->children, &Tree::share);
      copy = made;
    }
    copy->count = slot->count;
    release(std::exchange(slot, copy));
  }

  /// The first entry of a leaf that is not less than the probe.
  template <class Probe>
  static std::size_t position(Leaf const& leaf, Probe const& probe) {
    auto const end = leaf.entries.begin() + leaf.count;
    auto const found = std::partition_point(leaf.entries.begin(), end, [&](Entry const& entry) {
      return Layout::probe_of(entry) < probe;
    });
    return static_cast<std::size_t>(found - leaf.entries.begin());
  }
  /// The child under which the probe belongs.
  template <class Probe>
  static std::size_t child_of(Inner const& inner, Probe const& probe) {
    auto const end = inner.keys.begin() + inner.count;
    auto const above = std::partition_point(
        inner.keys.begin() + 1, end, [&](K const& key) { return !(probe < Layout::probe(key)); });
    return static_cast<std::size_t>(above - inner.keys.begin()) - 1;
  }
};

}  // namespace swarmward::state
