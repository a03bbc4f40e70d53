#include "api/routes/list_reply.h"

namespace swarmward::api {

namespace {

/// Long enough to make the cost of a piece vanish, short enough to let others have their turn.
constexpr std::size_t kPiece = std::size_t{1} << 16U;

/// Elements from `next` on, until the piece is full or the list is complete.
std::string next_piece(std::size_t* next, std::size_t count, AppendElement const& append) {
  std::string piece;
  piece.reserve(kPiece + kPiece / 4);
  if (*next == 0) {
    piece += '[';
  }
  while (*next < count && piece.size() < kPiece) {
    piece.append(*next == 0 ? "" : ",");
    append(piece, *next);
    ++*next;
  }
  if (*next == count) {
    piece += "]\n";
  }
  return piece;
}

}  // namespace

asio::awaitable<void> send_list(Responder* responder, std::size_t count, AppendElement append) {
  std::size_t next = 0;
  Response response;
  response.body = next_piece(&next, count, append);
  if (next == count) {
    co_await responder->send(std::move(response));
    co_return;
  }
  auto piece = std::move(response.body);
  auto listening = co_await responder->begin(std::move(response));
  if (listening) {
    listening = co_await responder->write(std::move(piece));
  }
  while (listening && next < count) {
    piece = next_piece(&next, count, append);
    listening = co_await responder->write(std::move(piece));
  }
  if (listening) {
    co_await responder->end();
  }
}

}  // namespace swarmward::api
