// Keep-alive HTTP/1.1 loader for a unix socket. One thread per connection, one request in flight on each.
//   ukload SOCKET PATH CONNECTIONS SECONDS      SECONDS 0: one request per connection
// Prints one line of JSON: requests, seconds, latencies in microseconds, body bytes, answers other than 2xx.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

int dial(std::string const& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    std::fprintf(stderr, "ukload: the path of the socket is too long\n");
    std::exit(1);
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  int const fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    std::perror("ukload: connect");
    std::exit(1);
  }
  return fd;
}

struct Answer {
  int status = 0;
  std::size_t bytes = 0;
};

/// One connection. Bodies are counted and dropped as they come, so that a big one costs no memory.
class Connection {
 public:
  explicit Connection(std::string const& path) : fd_(dial(path)), buffer_(256 * 1024) {}
  ~Connection() { close(fd_); }
  Connection(Connection const&) = delete;
  Connection& operator=(Connection const&) = delete;

  std::optional<Answer> exchange(std::string const& request) {
    if (write(fd_, request.data(), request.size()) != static_cast<ssize_t>(request.size())) {
      return std::nullopt;
    }
    std::string const head = read_until("\r\n\r\n");
    if (head.size() < 12) {
      return std::nullopt;
    }
    Answer answer;
    answer.status = std::atoi(head.c_str() + 9);
    if (auto const at = head.find("\r\ncontent-length:"); at != std::string::npos) {
      answer.bytes = std::strtoul(head.c_str() + at + 17, nullptr, 10);
      return skip(answer.bytes) ? std::optional(answer) : std::nullopt;
    }
    if (head.find("\r\ntransfer-encoding: chunked") == std::string::npos) {
      return answer;
    }
    return chunks(answer);
  }

 private:
  std::optional<Answer> chunks(Answer answer) {
    for (;;) {
      std::string const line = read_until("\r\n");
      if (line.empty()) {
        return std::nullopt;
      }
      auto const size = std::strtoul(line.c_str(), nullptr, 16);
      if (!skip(size + 2)) {
        return std::nullopt;
      }
      answer.bytes += size;
      if (size == 0) {
        return answer;
      }
    }
  }

  bool fill() {
    auto const got = read(fd_, buffer_.data(), buffer_.size());
    at_ = 0;
    end_ = got > 0 ? static_cast<std::size_t>(got) : 0;
    return got > 0;
  }

  /// In lower case; empty when the connection ended.
  std::string read_until(char const* mark) {
    std::string text;
    auto const length = std::strlen(mark);
    while (text.size() < length || text.compare(text.size() - length, length, mark) != 0) {
      if (at_ == end_ && !fill()) {
        return {};
      }
      text += static_cast<char>(std::tolower(static_cast<unsigned char>(buffer_[at_++])));
    }
    return text;
  }

  bool skip(std::size_t bytes) {
    while (bytes > 0) {
      if (at_ == end_ && !fill()) {
        return false;
      }
      auto const step = std::min(bytes, end_ - at_);
      at_ += step;
      bytes -= step;
    }
    return true;
  }

  int fd_;
  std::vector<char> buffer_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
};

struct Tally {
  std::vector<double> microseconds;
  std::size_t bytes = 0;
  std::size_t bad = 0;
};

Tally run(std::string const& socket, std::string const& request, double seconds) {
  Tally tally;
  Connection connection(socket);
  auto const start = Clock::now();
  for (;;) {
    auto const before = Clock::now();
    auto const answer = connection.exchange(request);
    auto const after = Clock::now();
    if (!answer) {
      ++tally.bad;
      break;
    }
    tally.bad += answer->status / 100 != 2 ? 1 : 0;
    tally.bytes += answer->bytes;
    tally.microseconds.push_back(std::chrono::duration<double, std::micro>(after - before).count());
    if (std::chrono::duration<double>(after - start).count() >= seconds) {
      break;
    }
  }
  return tally;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) {
    std::fprintf(stderr, "usage: ukload SOCKET PATH CONNECTIONS SECONDS\n");
    return 2;
  }
  std::string const socket = arguments[1];
  std::string const request = std::string("GET ") + arguments[2] + " HTTP/1.1\r\nHost: docker\r\n\r\n";
  std::vector<Tally> tallies(static_cast<std::size_t>(std::max(1, std::atoi(arguments[3]))));
  double const seconds = std::atof(arguments[4]);
  std::vector<std::thread> threads;
  auto const start = Clock::now();
  for (auto& tally : tallies) {
    threads.emplace_back([&] { tally = run(socket, request, seconds); });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  double const took = std::chrono::duration<double>(Clock::now() - start).count();
  Tally all;
  for (auto const& tally : tallies) {
    all.microseconds.insert(all.microseconds.end(), tally.microseconds.begin(), tally.microseconds.end());
    all.bytes += tally.bytes;
    all.bad += tally.bad;
  }
  auto& sorted = all.microseconds;
  if (sorted.empty()) {
    std::fprintf(stderr, "ukload: no answer\n");
    return 1;
  }
  std::sort(sorted.begin(), sorted.end());
  std::printf("{\"n\":%zu,\"seconds\":%.4f,\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"bytes\":%zu,\"bad\":%zu}\n",
              sorted.size(), took, sorted[sorted.size() / 2], sorted[sorted.size() * 9 / 10],
              sorted[sorted.size() * 99 / 100], all.bytes, all.bad);
  return 0;
}
