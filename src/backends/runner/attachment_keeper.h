#pragma once

#include <functional>
#include <map>
#include <set>

#include <boost/asio/steady_timer.hpp>

#include "backends/runner/attached_containers.h"
#include "backends/runner/runner_context.h"

namespace swarmward::backends {

/// Looks after the containers of an engine that are in networks of the swarm without being tasks:
/// keeps their networks there, and says which of them run, are stopped or gone. It changes none,
/// but starts those that the engine could not start alone. Io thread only.
class AttachmentKeeper : public std::enable_shared_from_this<AttachmentKeeper> {
 public:
  /// `networks_changed`: networks() may have lost some.
  AttachmentKeeper(std::shared_ptr<RunnerContext> context, std::function<void()> networks_changed);

  void assign(Assignment assignment);
  void unassign(model::TaskId const& task);
  void keep_only(std::set<model::TaskId> const& tasks);
  /// The engine is there, maybe again.
  void connected();
  void stop();
  /// Ids of those that are needed.
  [[nodiscard]] std::set<std::string> networks() const;

 private:
  struct Entry {
    Assignment assignment;
    std::string container;       ///< Its id; empty while none was seen.
    std::uint64_t known_in = 0;  ///< The look during which an event told of the container.
    bool has_network = false;    ///< On the engine.
  };
  enum class Look { Done, Again };

  static asio::awaitable<void> run(std::shared_ptr<AttachmentKeeper> self);
  static asio::awaitable<void> read_events(std::shared_ptr<AttachmentKeeper> self,
                                           std::shared_ptr<ByteStream> stream);
  static asio::awaitable<void> inspect_created(std::shared_ptr<AttachmentKeeper> self,
                                               std::string container);
  asio::awaitable<Look> pass();
  asio::awaitable<bool> listen();
  asio::awaitable<bool> ensure_networks();
  asio::awaitable<Look> look();
  asio::awaitable<void> inspect_unknown(std::vector<ListedMember> members);
  asio::awaitable<void> start_if_kept_down(std::string container);
  void report(std::vector<ListedMember> const& members);
  [[nodiscard]] model::SeenAttachment seen(Entry& entry, ListedMember const* member) const;
  [[nodiscard]] bool awaits_container() const;
  [[nodiscard]] bool may_be_attached(ListedMember const& member) const;
  [[nodiscard]] std::set<std::string> names() const;
  [[nodiscard]] std::set<std::string> containers() const;
  asio::awaitable<void> rest(std::chrono::milliseconds time);
  void wake();
  void hang_up();

  std::shared_ptr<RunnerContext> context_;
  std::function<void()> networks_changed_;
  std::map<model::TaskId, Entry> entries_;
  std::map<std::string, AttachedContainer> inspected_;  ///< By the container's id.
  asio::steady_timer timer_;
  std::shared_ptr<ByteStream> stream_;
  std::uint64_t looks_ = 0;  ///< Begun so far.
  bool running_ = false;     ///< run() does.
  bool due_ = false;         ///< Something may have changed since the last look began.
};

}  // namespace swarmward::backends
