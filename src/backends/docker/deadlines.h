#pragma once

#include <chrono>
#include <map>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>

namespace swarmward::backends {

namespace asio = boost::asio;

/// The deadlines of all exchanges with engines on one io context: those at about the same moment
/// are one, and there is one timer for all. A timer for each costs as much as sending a request.
/// Only on the thread that runs the context.
class Deadlines final : public asio::execution_context::service {
 public:
  class Member : public boost::intrusive::list_base_hook<
                     boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
   public:
    /// Its time is over; it is without a deadline by now.
    virtual void on_deadline() = 0;

   protected:
    Member() = default;
    ~Member() = default;
  };

  static inline asio::execution_context::id id;  ///< Asio asks for it.

  /// `context`: an io_context.
  explicit Deadlines(asio::execution_context& context);
  /// Those of the context of `executor`. To be kept: looking them up takes a lock.
  [[nodiscard]] static Deadlines& of(asio::any_io_executor const& executor);

  /// From now on, instead of an earlier one: never later than that, and sooner by a thirtieth at
  /// most. `member` is cleared before it dies.
  void set(Member& member, std::chrono::milliseconds timeout);
  void clear(Member& member);

 private:
  using SteadyTime = asio::steady_timer::time_point;
  using Members = boost::intrusive::list<Member, boost::intrusive::constant_time_size<false>>;
  void shutdown() override;
  void wait();
  void end_overdue();

  asio::steady_timer timer_;
  std::map<SteadyTime, Members> due_;  ///< May have moments without members.
  std::size_t members_ = 0;
};

}  // namespace swarmward::backends
