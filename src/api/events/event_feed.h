#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "api/events/event_log.h"
#include "api/events/event_request.h"
#include "backends/engine.h"

namespace swarmward::api {

/// Merges the swarm's events and those of engines into one stream, as they come. Owned by
/// shared_ptr, because the reader may outlive the request; all on the io thread.
class EventFeed : public std::enable_shared_from_this<EventFeed> {
 public:
  enum class End {
    No,        ///< More may come.
    Complete,  ///< The engines have told everything up to `until`.
    Broken,    ///< This host's engine is gone, or the client reads too slowly.
  };

  EventFeed(asio::any_io_executor executor, EventRequest request);

  /// Takes part in the swarm's events until stop().
  void listen(EventLog& log);
  /// Which engine it is that tells.
  enum class Teller {
    Own,    ///< This host's: the stream breaks off if it goes away.
    Other,  ///< May go away.
  };
  /// Another engine will be read, or given up. The stream is complete when all of them are.
  void expect() { ++reading_; }
  /// It will not be read after all.
  void give_up();
  /// Reads the events of an engine that is expected until they end or stop() is called.
  void read(std::unique_ptr<backends::ByteStream> engine, Teller teller);

  /// Waits until there is output or an end, at most `limit`.
  asio::awaitable<void> wait(std::chrono::milliseconds limit);
  /// What has arrived since the last call; may be empty.
  [[nodiscard]] std::string take();
  [[nodiscard]] End end() const { return end_; }
  void stop();

 private:
  using Stream = std::shared_ptr<backends::ByteStream>;
  asio::awaitable<void> pump(Stream engine, Teller teller);
  void append(std::string& partial, std::string_view bytes);
  void add(std::string_view record);
  void finish(End end);

  asio::any_io_executor executor_;
  EventRequest request_;
  std::shared_ptr<void> listening_;
  std::vector<Stream> engines_;
  std::size_t reading_ = 0;  ///< Engines that have more to tell, or may have.
  std::string buffer_;
  End end_ = End::No;
  bool stopped_ = false;
  asio::steady_timer output_;  ///< Cancelled when the buffer gets something.
  asio::steady_timer room_;    ///< Cancelled when the buffer is emptied.
};

}  // namespace swarmward::api
