#include "model/task.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace swarmward::model {

namespace {

constexpr std::array kStates{
    std::pair{TaskState::New, std::string_view("new")},
    std::pair{TaskState::Pending, std::string_view("pending")},
    std::pair{TaskState::Assigned, std::string_view("assigned")},
    std::pair{TaskState::Accepted, std::string_view("accepted")},
    std::pair{TaskState::Preparing, std::string_view("preparing")},
    std::pair{TaskState::Ready, std::string_view("ready")},
    std::pair{TaskState::Starting, std::string_view("starting")},
    std::pair{TaskState::Running, std::string_view("running")},
    std::pair{TaskState::Complete, std::string_view("complete")},
    std::pair{TaskState::Shutdown, std::string_view("shutdown")},
    std::pair{TaskState::Failed, std::string_view("failed")},
    std::pair{TaskState::Rejected, std::string_view("rejected")},
    std::pair{TaskState::Remove, std::string_view("remove")},
    std::pair{TaskState::Orphaned, std::string_view("orphaned")},
};

}  // namespace

std::string_view to_string(TaskState state) {
  auto const* known =
      std::ranges::find(kStates, state, [](auto const& entry) { return entry.first; });
  return known == kStates.end() ? "unknown" : known->second;
}

std::optional<TaskState> task_state_from_string(std::string_view word) {
  std::string lower(word);
  std::ranges::transform(
      lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  auto const* known = std::ranges::find(
      kStates, std::string_view(lower), [](auto const& entry) { return entry.second; });
  return known == kStates.end() ? std::nullopt : std::optional(known->first);
}

std::string display_name(Task const& task) {
  auto const place = task.slot == 0 ? task.node_id.str() : std::to_string(task.slot);
  return task.service_annotations->name + "." + place;
}

std::string full_name(Task const& task) {
  return display_name(task) + "." + task.id.str();
}

}  // namespace swarmward::model
