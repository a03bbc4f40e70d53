#pragma once

#include <functional>
#include <memory>

#include <boost/asio/steady_timer.hpp>

#include "backends/runner/runner_context.h"
#include "backends/runner/task_plan.h"

namespace swarmward::backends {

enum class Resync { Full, Periodic };

/// Runs one task on one engine: takes one step after another until there is nothing to do, and is
/// woken by events, answers and changes of the assignment. A task that just runs holds no
/// coroutine. Io thread only.
class TaskRunner : public std::enable_shared_from_this<TaskRunner> {
 public:
  /// `finished` is called, from the io loop, when an unassigned task has left nothing behind.
  TaskRunner(std::shared_ptr<RunnerContext> context,
             Assignment assignment,
             std::function<void(model::TaskId)> finished);

  void assign(Assignment assignment);
  /// The task is not this node's any more: its container goes at once.
  void unassign();
  void on_event(ContainerEvent const& event);
  /// Around a list of the engine's containers: what is made in between is not missing from it.
  void begin_resync();
  /// `found` is the task's container in the list, null if there is none.
  void end_resync(ContainerSummary const* found, Resync kind);
  /// Takes steps if there are any.
  void wake();
  void stop();

  [[nodiscard]] model::TaskId id() const { return task().id; }
  [[nodiscard]] std::string const& container_id() const { return container_id_; }
  [[nodiscard]] std::vector<model::TaskNetwork> const& networks() const {
    return assignment_.networks;
  }
  /// An engine's own network goes when nobody runs there, as in native; an overlay stays as long as
  /// ended containers do, which costs nothing and spares making it anew.
  [[nodiscard]] bool needs(model::TaskNetwork const& network) const {
    return !network.node_local || runs() || !is_terminal(status_.state);
  }
  /// Its container does, as far as is known.
  [[nodiscard]] bool runs() const { return present_ && phase_ == Phase::Running; }
  /// Its container shows files of the host, or will.
  [[nodiscard]] bool keeps_files() const;
  [[nodiscard]] std::string container_name() const { return model::full_name(task()); }

 private:
  /// Which errors are worth another try. That the engine was not reached always is.
  enum class Retry { IfUnreached, IfInterrupted, IfPassing, Always };

  [[nodiscard]] model::Task const& task() const { return *assignment_.task; }
  [[nodiscard]] bool names_files() const;
  [[nodiscard]] bool idle() const;
  [[nodiscard]] TaskView view() const;
  [[nodiscard]] Step next_step() const;

  /// Its step needs a place at the engine, which it has not yet.
  [[nodiscard]] bool needs_turn(Step step) const;
  /// False if it has to wait for one.
  [[nodiscard]] bool take_turn(Step step);
  /// Woken again when there is one, or before for something else.
  void wait_for_turn();
  static asio::awaitable<void> drive(std::shared_ptr<TaskRunner> self);
  asio::awaitable<void> perform(Step step);
  asio::awaitable<void> create();
  asio::awaitable<Result<void>> create_volumes(std::vector<std::string> bodies);
  asio::awaitable<Result<void>> ensure_networks();
  /// Joins a container that was created and not started to the rest of its networks; one for which
  /// that fails is removed again.
  asio::awaitable<Result<void>> connect_networks(std::string container);
  /// For a container that an earlier daemon made, which may have been killed before it had joined
  /// it to all of its networks.
  asio::awaitable<Result<void>> join_again();
  /// Its secrets and configs as mounts.
  asio::awaitable<Result<std::vector<model::Mount>>> lay_files();
  asio::awaitable<void> drop_files();
  asio::awaitable<void> adopt_by_name(Error refusal);
  asio::awaitable<void> start();
  asio::awaitable<void> note_failed_start(Error error);
  asio::awaitable<void> inspect();
  asio::awaitable<void> confirm_exit();
  /// Was it still there when the container ended? By what it remembers of that time.
  asio::awaitable<Result<bool>> engine_outlived_it();
  /// The error, or one that says that the engine is going down.
  asio::awaitable<Error> judged(Error error);
  asio::awaitable<void> stop_container();
  asio::awaitable<void> remove();

  void report_step(Step step);
  /// Errors: those of read_container_labels().
  [[nodiscard]] Result<ImageRequest> image_request() const;
  void accept();
  void pull();
  void pulled(Result<void> const& result);
  asio::awaitable<void> creation_failed(Error error);
  void report_exit();
  void report_vanished();
  void apply(ContainerState const& seen, unsigned events_before);
  void container_is_gone();
  /// Says so if its networks may be unneeded by now.
  void leave_networks();
  void set_container(std::string id, Phase phase);
  /// True if the step shall be tried again later; false: the error is final.
  bool retry_later(Error const& error, Retry which);
  void fail(std::string err);
  void report(model::TaskState state, std::string message, std::string err = {});

  std::shared_ptr<RunnerContext> context_;
  Assignment assignment_;
  std::vector<model::TaskNetwork> joins_;  ///< Its networks, as the engine calls them.
  std::function<void(model::TaskId)> finished_;
  model::TaskStatus status_;  ///< As last reported.

  std::string container_id_;  ///< Kept after the container went, for the status.
  std::string resync_id_;
  Phase phase_ = Phase::None;
  Health health_ = Health::None;
  ImageState image_ = ImageState::Wanted;
  bool present_ = false;
  bool look_again_ = false;
  bool unhealthy_ = false;  ///< It once was, so its end is a failure whatever the exit code.
  bool doubtful_ = false;   ///< See TaskView.
  bool from_list_ = false;  ///< No event told of its end: the engine was away, or this daemon.
  bool lost_ = false;       ///< It ended with its engine.
  bool start_attempted_ = false;
  bool is_joined_ = false;           ///< To its networks, by this daemon.
  bool has_files_ = false;           ///< Some may lie on the host.
  bool made_without_files_ = false;  ///< The container can never show them.
  bool files_laid_ = false;          ///< All of them do, since the engine was last lost.
  bool unassigned_ = false;
  bool driving_ = false;
  bool in_line_ = false;  ///< For its turn to create or start.
  bool stopping_ = false;
  bool resuming_later_ = false;
  bool pulled_again_ = false;
  unsigned attempts_ = 0;
  unsigned events_ = 0;  ///< Counted to notice events that arrive during an inspect.
  std::int64_t pid_ = 0;
  std::int64_t exit_code_ = 0;
  Time finished_at_{};  ///< By the engine's clock; as last seen.
  std::vector<model::PortConfig> ports_;
  Gate::Lease lease_;  ///< Kept from creating to starting.
  std::unique_ptr<asio::steady_timer> retry_timer_;
};

}  // namespace swarmward::backends
