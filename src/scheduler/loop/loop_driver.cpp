#include "scheduler/loop/loop_driver.h"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace swarmward::scheduler {

namespace asio = boost::asio;

namespace {

/// After the disk refused a write, the loops wait so long before they decide anew.
constexpr Duration kAfterFailedWrite = std::chrono::seconds(1);

/// So many objects may wait for the disk before the loops stop deciding: what they decide faster
/// than it is written would fill memory, and clients' writes would queue behind it.
constexpr std::size_t kMostBacklog = 50'000;

}  // namespace

class LoopDriver::Impl {
 public:
  Impl(state::StateStore& store, ControlLoop& loop, Clock const& clock)
      : store_(store), loop_(loop), clock_(clock), timer_(store.strand()) {
    store_.watch_head([this](state::Touched const& touched) {
      if (touched.empty()) {
        loop_.touch_all();
        wait(kAfterFailedWrite);
        return;
      }
      loop_.touch(touched);
      post_pass();
    });
    store_.watch([this](auto const& /*snapshot*/, auto const& /*touched*/) {
      if (loop_.has_work()) {
        post_pass();
      }
    });
  }

  void start() {
    asio::post(store_.strand(), [this] {
      loop_.touch_all();
      post_pass();
    });
  }

 private:
  void post_pass() {
    if (posted_ || running_) {
      return;
    }
    posted_ = true;
    asio::post(store_.strand(), [this] { run(); });
  }

  void run() {
    posted_ = false;
    if (store_.backlog() >= kMostBacklog) {
      return;  // The next publication brings us back.
    }
    running_ = true;  // The loop's own writes need no further pass: it works until nothing is left.
    auto const next = loop_.pass(kMostBacklog);
    running_ = false;
    if (next != kNever && store_.backlog() < kMostBacklog) {
      wait(next - clock_.now());
    }
  }

  void wait(Duration duration) {
    timer_.expires_after(
        std::chrono::ceil<std::chrono::milliseconds>(std::max(duration, Duration::zero())));
    timer_.async_wait([this](boost::system::error_code const& error) {
      if (!error) {
        post_pass();
      }
    });
  }

  state::StateStore& store_;
  ControlLoop& loop_;
  Clock const& clock_;
  asio::steady_timer timer_;
  bool posted_ = false;
  bool running_ = false;
};

LoopDriver::LoopDriver(state::StateStore& store, ControlLoop& loop, Clock const& clock)
    : impl_(std::make_unique<Impl>(store, loop, clock)) {}
LoopDriver::~LoopDriver() = default;
void LoopDriver::start() {
  impl_->start();
}

}  // namespace swarmward::scheduler
