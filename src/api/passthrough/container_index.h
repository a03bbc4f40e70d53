#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "state/snapshot.h"

namespace swarmward::api {

/// Which task a container belongs to, by the first digits of its id. adopt() comes before the first
/// published(), which is called on the state's strand; everything else on the io thread.
class ContainerIndex {
 public:
  /// Fewer digits are not looked up: they may as well be the name ("cafe") or the beginning of the
  /// id of a container on this host, and a wrong guess would stop the wrong one. Source: the short
  /// ids that docker ps shows.
  static constexpr std::size_t kLeastDigits = 12;

  explicit ContainerIndex(boost::asio::any_io_executor io);

  /// What was read from the disk.
  void adopt(state::Snapshot const& snapshot);
  /// To be wired to StateStore::watch().
  void published(state::Touched const& touched);

  /// The task whose container has this id, or alone has an id with this beginning; null if none.
  [[nodiscard]] state::TaskPtr find(state::Snapshot const& snapshot, std::string_view id) const;

 private:
  /// The first 16 digits; two containers do not share them.
  using Key = std::uint64_t;
  using Map = state::PersistentMap<Key, model::TaskId>;
  struct Entry {
    Key key = 0;
    model::TaskId task;  ///< Empty: the container is gone.
  };
  static void note(std::vector<Entry>& entries, state::Touch<model::Task> const& touch);
  static void write(Map& map, std::vector<Entry> const& entries);

  boost::asio::any_io_executor io_;
  std::shared_ptr<Map> map_;  ///< Shared with what is posted.
};

}  // namespace swarmward::api
