#include "base/testing/fake_upstream.h"

#include <cstdlib>
#include <filesystem>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace swarmward {

namespace {

std::size_t content_length(std::string const& head) {
  auto const at = head.find("Content-Length: ");
  return at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
}

}  // namespace

std::string FakeUpstream::Peer::read_request() {
  for (;;) {
    auto const end = buffer_.find("\r\n\r\n");
    if (end != std::string::npos) {
      auto const size = end + 4 + content_length(buffer_.substr(0, end));
      if (buffer_.size() >= size) {
        auto request = buffer_.substr(0, size);
        buffer_.erase(0, size);
        return request;
      }
    }
    char bytes[4096];
    auto const got = ::recv(fd_, bytes, sizeof bytes, 0);
    if (got <= 0) {
      return {};
    }
    buffer_.append(bytes, static_cast<std::size_t>(got));
  }
}

std::string FakeUpstream::Peer::read_all() {
  char bytes[4096];
  for (;;) {
    auto const got = ::recv(fd_, bytes, sizeof bytes, 0);
    if (got <= 0) {
      return std::move(buffer_);
    }
    buffer_.append(bytes, static_cast<std::size_t>(got));
  }
}

void FakeUpstream::Peer::write(std::string_view bytes) const {
  while (!bytes.empty()) {
    auto const sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

FakeUpstream::FakeUpstream(std::function<void(Peer&)> session) : session_(std::move(session)) {
  auto pattern = (std::filesystem::temp_directory_path() / "fake-engine-XXXXXX").string();
  folder_ = ::mkdtemp(pattern.data());
  path_ = folder_ + "/docker.sock";
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path_.copy(address.sun_path, sizeof address.sun_path - 1);
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener_, 16) != 0) {
    std::abort();
  }
  acceptor_ = std::thread([this] { accept_all(); });
}

void FakeUpstream::accept_all() {
  for (;;) {
    int const fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) {
      return;
    }
    std::lock_guard const lock(mutex_);
    open_.push_back(fd);
    sessions_.emplace_back([this, fd] {
      Peer peer(fd);
      session_(peer);
      ::shutdown(fd, SHUT_RDWR);
    });
  }
}

FakeUpstream::~FakeUpstream() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (int const fd : open_) {
    ::shutdown(fd, SHUT_RDWR);
  }
  for (auto& session : sessions_) {
    session.join();
  }
  for (int const fd : open_) {
    ::close(fd);
  }
  ::close(listener_);
  std::filesystem::remove_all(folder_);
}

std::string answer(unsigned status, std::string_view body, std::string_view headers) {
  std::string text = "HTTP/1.1 " + std::to_string(status) + " X\r\n";
  text.append(headers).append("Content-Length: ").append(std::to_string(body.size()));
  return text.append("\r\n\r\n").append(body);
}

}  // namespace swarmward
