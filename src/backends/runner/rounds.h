#pragma once

#include <deque>
#include <map>
#include <memory>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

namespace swarmward::backends {

/// Wakes many at common moments, with one timer: to wake up for each of thousands alone costs
/// several times as much as what they then do. Io thread only; destroying it wakes nobody.
class Rounds {
 public:
  using SteadyTime = boost::asio::steady_timer::time_point;

  class Member {
   public:
    virtual void on_round() = 0;

   protected:
    ~Member() = default;
  };

  explicit Rounds(boost::asio::any_io_executor const& executor) : timer_(executor) {}
  Rounds(Rounds const&) = delete;
  Rounds& operator=(Rounds const&) = delete;

  /// Has `member` called once, not before `when`; not at all if it is gone by then. Members that
  /// name the same moment share it.
  void join(SteadyTime when, std::weak_ptr<Member> member);

 private:
  /// Grows without large pieces of memory: to give those back makes later small ones expensive.
  using Members = std::deque<std::weak_ptr<Member>>;

  void wait();
  void call_all();

  boost::asio::steady_timer timer_;
  std::map<SteadyTime, Members> due_;
};

}  // namespace swarmward::backends
