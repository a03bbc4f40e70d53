#pragma once

#include <functional>
#include <list>
#include <memory>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

namespace swarmward::backends {

/// Bounds how many operations are in flight; first come, first served. Io thread only.
class Gate {
  struct State;

 public:
  /// A place inside; given back on destruction.
  class Lease {
   public:
    Lease() = default;
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&& other) noexcept;
    Lease(Lease const&) = delete;
    Lease& operator=(Lease const&) = delete;
    ~Lease() { release(); }

    void release();
    explicit operator bool() const { return state_ != nullptr; }

   private:
    friend class Gate;
    explicit Lease(std::shared_ptr<State> state) : state_(std::move(state)) {}
    std::shared_ptr<State> state_;
  };

  explicit Gate(std::size_t limit) : limit_(limit) {}

  [[nodiscard]] boost::asio::awaitable<Lease> enter();
  /// The same without a coroutine that waits, for lines that may be long: `turn` is called when the
  /// place is free, at the latest when another gives it back. It must not keep alive what owns
  /// this.
  void enter(std::function<void(Lease)> turn);
  /// Empty if one has to wait.
  [[nodiscard]] Lease try_enter();
  void set_limit(std::size_t limit);

 private:
  struct State : std::enable_shared_from_this<State> {
    std::size_t limit = 0;
    std::size_t inside = 0;
    std::list<std::function<void(Lease)>> waiting;  ///< Takes no memory when empty.
    bool admitting = false;
    void admit();
  };

  [[nodiscard]] State& state();

  std::size_t limit_;
  std::shared_ptr<State> state_;  ///< From the first one on who enters: most gates never see one.
};

}  // namespace swarmward::backends
