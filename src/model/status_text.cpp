#include "model/status_text.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <new>
#include <ostream>
#include <utility>

namespace swarmward::model {

struct StatusText::Block {
  mutable std::atomic<std::uint32_t> owners;  ///< 0: one of the common texts, never counted.
  std::uint32_t size;
  char const* data;  ///< Behind the block itself unless it is a common text.

  static constexpr Block common(std::string_view text) {
    return {{0}, static_cast<std::uint32_t>(text.size()), text.data()};
  }
};

std::string_view StatusText::text_of(Block const& block) {
  return {block.data, block.size};
}

StatusText::StatusText(std::string_view text) {
  if (text.empty()) {
    return;
  }
  static constinit std::array<Block, 13> const kCommon{{
      Block::common("created"),
      Block::common("pending task scheduling"),
      Block::common("scheduler assigned task to node"),
      Block::common("scheduler confirmed task can run on preassigned node"),
      Block::common("accepted"),
      Block::common("preparing"),
      Block::common("prepared"),
      Block::common("starting"),
      Block::common("started"),
      Block::common("finished"),
      Block::common("shutdown"),
      Block::common("task rejected by constraint enforcer"),
      Block::common("assigned node no longer meets constraints"),
  }};
  auto const* known = std::ranges::find(kCommon, text, &StatusText::text_of);
  if (known != kCommon.end()) {
    block_ = known;
    return;
  }
  auto* memory = static_cast<char*>(::operator new(sizeof(Block) + text.size()));
  auto* data = memory + sizeof(Block);
  std::ranges::copy(text, data);
  block_ = new (memory) Block{{1}, static_cast<std::uint32_t>(text.size()), data};
}

StatusText& StatusText::operator=(StatusText const& other) {
  other.retain();  // First: it may be this one.
  release();
  block_ = other.block_;
  return *this;
}

StatusText& StatusText::operator=(StatusText&& other) noexcept {
  std::swap(block_, other.block_);
  return *this;
}

void StatusText::retain() const {
  if (block_ != nullptr && block_->owners.load(std::memory_order_relaxed) != 0) {
    block_->owners.fetch_add(1, std::memory_order_relaxed);
  }
}

void StatusText::release() const {
  if (block_ == nullptr || block_->owners.load(std::memory_order_relaxed) == 0) {
    return;
  }
  if (block_->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    block_->~Block();
    ::operator delete(const_cast<Block*>(block_));
  }
}

std::ostream& operator<<(std::ostream& out, StatusText const& text) {
  return out << text.view();
}

}  // namespace swarmward::model
