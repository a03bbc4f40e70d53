#pragma once

#include <string>
#include <vector>

#include "api/ward_control.h"
#include "base/time.h"

namespace swarmward::app {

/// What the kernel can do for networks, by /proc and /sys under `root` ("" is the real ones). Reads
/// files: not for the io thread.
[[nodiscard]] std::vector<api::Check> kernel_checks(std::string const& root);

/// Whether the ports that swarms use are free or ours: 2377/tcp, 7946/tcp, 4789/udp. Reads files.
[[nodiscard]] std::vector<api::Check> port_checks(std::string const& root);

/// Where the daemon listens, and whether clients there must show a certificate.
struct Listener {
  std::string host;  ///< "unix:///path" or "tcp://host:port".
  bool asks_for_certificates = false;
};

/// Listeners that others can use without proving who they are. Pure.
[[nodiscard]] std::vector<api::Check> listener_checks(std::vector<Listener> const& listeners);

/// Room on the disk that holds `path`; `what` says whose data it is. Reads the file system.
[[nodiscard]] api::Check disk_check(std::string const& what, std::string const& path);

/// The same, from figures. Pure.
[[nodiscard]] api::Check disk_check(std::string const& what,
                                    std::string const& path,
                                    std::uint64_t free_bytes,
                                    std::uint64_t all_bytes);

/// How long a certificate (PEM) is good for. Pure.
[[nodiscard]] api::Check certificate_check(std::string const& what,
                                           std::string const& pem,
                                           Time now);

}  // namespace swarmward::app
