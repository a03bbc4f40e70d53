#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "api/server/http_message.h"

// The audit log: who changed what, from where, and with which result. Paths alone are logged,
// never bodies or queries, which may hold secrets.

namespace swarmward::api {

struct AuditEntry {
  std::shared_ptr<ClientIdentity const> client;
  std::string method;
  std::string path;  ///< As sent: percent-encoded, so that it cannot break out of its line.
};

/// Whether a call changes something or opens a session inside a container.
[[nodiscard]] bool is_audited(std::string_view method, std::string_view path);

void audit(AuditEntry const& entry, unsigned status);

}  // namespace swarmward::api
