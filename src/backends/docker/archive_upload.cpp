#include "backends/docker/archive_upload.h"

#include <boost/asio/steady_timer.hpp>

namespace swarmward::backends {

namespace {

struct Counted {
  std::unique_ptr<ByteStream> archive;
  BytesRead read;
  std::uint64_t bytes = 0;
};

asio::awaitable<Result<std::string>> next_counted(std::shared_ptr<Counted> counted) {
  auto piece = co_await counted->archive->read();
  if (piece && !piece->empty()) {
    counted->bytes += piece->size();
    counted->read(counted->bytes);
  }
  co_return std::move(piece);
}

std::shared_ptr<asio::steady_timer> close_after(std::chrono::milliseconds limit,
                                                std::weak_ptr<Counted> counted,
                                                asio::any_io_executor const& executor) {
  auto timer = std::make_shared<asio::steady_timer>(executor, limit);
  timer->async_wait([counted = std::move(counted)](boost::system::error_code cancelled) {
    auto const open = cancelled ? nullptr : counted.lock();
    if (open) {
      open->archive->close();
    }
  });
  return timer;
}

}  // namespace

asio::awaitable<Result<void>> upload_archive(VersionedClient* client,
                                             HttpRequest request,
                                             std::unique_ptr<ByteStream> archive,
                                             BytesRead read) {
  auto counted = std::make_shared<Counted>();
  counted->archive = std::move(archive);
  counted->read = std::move(read);
  auto const timer = close_after(request.timeout, counted, client->executor());
  request.pieces = [counted = std::move(counted)] { return next_counted(counted); };
  auto done = co_await client->command(std::move(request));
  timer->cancel();
  co_return done;
}

}  // namespace swarmward::backends
