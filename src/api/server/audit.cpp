#include "api/server/audit.h"

#include "base/log.h"

namespace swarmward::api {

bool is_audited(std::string_view method, std::string_view path) {
  bool const reads = method == "GET" || method == "HEAD" || method == "OPTIONS";
  return !reads || path.ends_with("/attach/ws");
}

void audit(AuditEntry const& entry, unsigned status) {
  room_log("audit")->info("call from=\"{}\" who=\"{}\" method={} path={} status={}",
                          entry.client->from,
                          entry.client->subject,
                          entry.method,
                          entry.path,
                          status);
}

}  // namespace swarmward::api
