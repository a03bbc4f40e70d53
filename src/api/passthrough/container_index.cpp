#include "api/passthrough/container_index.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <boost/asio/post.hpp>

namespace swarmward::api {

namespace {

constexpr std::size_t kKeyDigits = 16;
constexpr std::size_t kFullDigits = 64;

bool is_hex(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// The first digits, filled up with zeros.
std::uint64_t key_of(std::string_view id) {
  auto const digits = id.substr(0, kKeyDigits);
  std::uint64_t key = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), key, 16);
  return digits.size() < kKeyDigits ? key << (4 * (kKeyDigits - digits.size())) : key;
}

model::ContainerId const* container_of(state::TaskPtr const& task) {
  return task && !task->service_id.empty() && task->status.container
             ? &task->status.container->container_id
             : nullptr;
}

/// Nothing for a text that is not an engine's id.
std::optional<std::uint64_t> key_of(model::ContainerId const* container) {
  auto const id = container == nullptr ? std::string{} : container->str();
  return id.size() == kFullDigits && is_hex(id) ? std::optional(key_of(id)) : std::nullopt;
}

}  // namespace

ContainerIndex::ContainerIndex(boost::asio::any_io_executor io)
    : io_(std::move(io)), map_(std::make_shared<Map>()) {}

void ContainerIndex::note(std::vector<Entry>& entries, state::Touch<model::Task> const& touch) {
  auto const* before = container_of(touch.before);
  auto const* after = container_of(touch.after);
  if (before == after || (before != nullptr && after != nullptr && *before == *after)) {
    return;
  }
  if (auto const key = key_of(before)) {
    entries.push_back({*key, {}});
  }
  if (auto const key = key_of(after)) {
    entries.push_back({*key, touch.after->id});
  }
}

void ContainerIndex::write(Map& map, std::vector<Entry> const& entries) {
  for (auto const& [key, task] : entries) {
    if (task.empty()) {
      map.erase(key);
    } else {
      map.insert_or_assign(key, task);
    }
  }
}

void ContainerIndex::adopt(state::Snapshot const& snapshot) {
  std::vector<Entry> entries;
  for (auto const& [id, task] : snapshot.tasks) {
    note(entries, {nullptr, task});
  }
  write(*map_, entries);
}

void ContainerIndex::published(state::Touched const& touched) {
  std::vector<Entry> entries;
  for (auto const& touch : touched.tasks) {
    note(entries, touch);
  }
  if (!entries.empty()) {
    boost::asio::post(io_, [map = map_, entries = std::move(entries)] { write(*map, entries); });
  }
}

state::TaskPtr ContainerIndex::find(state::Snapshot const& snapshot, std::string_view id) const {
  if (id.size() < kLeastDigits || id.size() > kFullDigits || !is_hex(id)) {
    return nullptr;
  }
  auto const least = key_of(id);
  auto const spare = 4 * (kKeyDigits - std::min(id.size(), kKeyDigits));
  state::TaskPtr found;
  for (auto it = map_->lower_bound(least); it != map_->end(); ++it) {
    auto const [key, task_id] = *it;
    if (key >> spare != least >> spare) {
      break;
    }
    auto task = snapshot.find_task(task_id);
    auto const* container = container_of(task);
    if (container == nullptr || !container->str().starts_with(id)) {
      continue;  // The index is a moment ahead of the snapshot, or behind it.
    }
    if (found) {
      return nullptr;  // Which of the two is meant, nobody knows.
    }
    found = std::move(task);
  }
  return found;
}

}  // namespace swarmward::api
