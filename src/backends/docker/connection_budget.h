#pragma once

#include <chrono>
#include <list>
#include <memory>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

namespace swarmward::backends {

namespace asio = boost::asio;

/// How many connections to engines there may be, of all engines together: each takes a descriptor,
/// and where there are none left, all that the process does comes to a halt. Io thread only.
class ConnectionBudget {
 public:
  struct Limits {
    std::size_t kept = 0;   ///< With more than so many, a connection is closed after its request.
    std::size_t usual = 0;  ///< With so many, a request waits until there are fewer.
    std::size_t most = 0;   ///< Signs of life do not wait before there are so many.
  };

  explicit ConnectionBudget(Limits limits) : limits_(limits) {}

 private:
  friend class ConnectionShare;
  struct Turn;
  /// For one client: the more there are, the fewer for each.
  [[nodiscard]] std::size_t usual_share() const;
  void admit_next();

  Limits limits_;
  std::size_t open_ = 0;
  std::size_t clients_ = 0;
  std::list<std::weak_ptr<Turn>> signs_of_life_;  ///< Those that wait; served before all others.
  std::list<std::weak_ptr<Turn>> waiting_;  ///< Of clients that have no connection to wait for.
};

/// Of what a process may open a part is left for clients, members and files: what these need does
/// not grow with the engines. Most of the rest may be kept, for an engine without a kept connection
/// takes three times the CPU when idle.
[[nodiscard]] ConnectionBudget::Limits connection_limits(std::size_t descriptors);

enum class Urgency { Usual, SignOfLife };

/// One client's part of it. Outlives the client as long as one of its connections does.
class ConnectionShare : public std::enable_shared_from_this<ConnectionShare> {
 public:
  /// The right to one connection; given back on destruction.
  class Place {
   public:
    Place() = default;
    Place(Place&&) noexcept = default;
    Place& operator=(Place&& other) noexcept;
    Place(Place const&) = delete;
    Place& operator=(Place const&) = delete;
    ~Place() { release(); }
    explicit operator bool() const { return share_ != nullptr; }
    /// It is a stream's from now on, that the client's other requests need not wait for.
    void leave_client();

   private:
    friend class ConnectionShare;
    explicit Place(std::shared_ptr<ConnectionShare> share) : share_(std::move(share)) {}
    void release();
    std::shared_ptr<ConnectionShare> share_;
    bool counted_ = true;  ///< As one of the client's.
  };

  /// `budget`: null for a client that need not mind others.
  explicit ConnectionShare(std::shared_ptr<ConnectionBudget> budget);
  ~ConnectionShare();
  ConnectionShare(ConnectionShare const&) = delete;
  ConnectionShare& operator=(ConnectionShare const&) = delete;

  /// So many it may have, if others leave that many.
  [[nodiscard]] std::size_t usual() const;
  /// Empty if there is none now.
  [[nodiscard]] Place enter(Urgency urgency);
  /// Until it is worth another try, or for so long at most; false then. Zero: as long as it takes;
  /// so do signs of life, for that there is no place says nothing of the engine.
  [[nodiscard]] asio::awaitable<bool> wait(Urgency urgency, std::chrono::milliseconds timeout);
  /// A connection of this client is free for whoever waits first.
  void connection_freed();
  /// A connection that nobody waits for may stay open.
  [[nodiscard]] bool keeps() const;

 private:
  using Turn = ConnectionBudget::Turn;
  class Waiting;

  std::shared_ptr<ConnectionBudget> budget_;
  std::size_t connections_ = 0;  ///< But for streams.
  std::list<std::shared_ptr<Turn>> waiting_;
};

}  // namespace swarmward::backends
