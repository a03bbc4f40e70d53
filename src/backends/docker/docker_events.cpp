#include "backends/docker/docker_events.h"

#include "backends/docker/engine_documents.h"
#include "backends/docker/line_splitter.h"

namespace swarmward::backends {

namespace {

/// No event is near it; a stream without line ends must not fill the memory.
constexpr std::size_t kLongestLine = 4 << 20;

class DockerEvents final : public EventStream {
 public:
  explicit DockerEvents(std::unique_ptr<ByteStream> bytes) : bytes_(std::move(bytes)) {}

  asio::awaitable<Result<ContainerEvent>> next() override {
    for (;;) {
      while (auto line = lines_.next()) {
        auto event = parse_container_event(*line);
        if (event) {
          co_return event;
        }
      }
      auto piece = co_await bytes_->read();
      if (!piece) {
        co_return piece.error();
      }
      if (piece->empty() || lines_.size() > kLongestLine) {
        co_return unavailable("the engine's event stream has ended");
      }
      lines_.add(*piece);
    }
  }
  void close() override { bytes_->close(); }

 private:
  std::unique_ptr<ByteStream> bytes_;
  LineSplitter lines_;
};

}  // namespace

std::unique_ptr<EventStream> make_event_stream(std::unique_ptr<ByteStream> bytes) {
  return std::make_unique<DockerEvents>(std::move(bytes));
}

}  // namespace swarmward::backends
