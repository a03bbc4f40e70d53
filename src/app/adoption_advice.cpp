#include "app/adoption_advice.h"

#include "base/net/engine_address.h"
#include "base/net/ssh_dialer.h"

namespace swarmward::app {

namespace {

bool is_ssh(model::EngineAccess const& access) {
  return access.url.starts_with("ssh://");
}

bool has_tls(model::EngineAccess const& access) {
  return !access.ca.empty() || !access.certificate.empty() || !access.key.empty();
}

bool says(std::string const& reason, char const* words) {
  return reason.find(words) != std::string::npos;
}

std::string ssh_cure(std::string const& url,
                     std::string const& reason,
                     std::string const& known_hosts) {
  auto const target = net::parse_ssh_address(url);
  if (!target) {
    return {};
  }
  if (says(reason, "Host key verification failed")) {
    return "the host key is not known here, or is not the known one: ssh-keyscan " +
           (target->port.empty() ? "" : "-p " + target->port + " ") + target->host + " >> " +
           known_hosts + ", after comparing it with the key on that host";
  }
  if (says(reason, "Permission denied (")) {
    return "name a key with --ssh-identity whose public half is in ~/.ssh/authorized_keys there";
  }
  if (says(reason, "docker: ") || says(reason, "not found")) {
    return "the docker CLI must be installed there: docker system dial-stdio is run";
  }
  if (says(reason, "docker.sock") || says(reason, "docker daemon")) {
    return "the user must be root or in the group docker there, and dockerd must run";
  }
  return "does sshd run there, and is a firewall between?";
}

/// ssh would only say that it was not let in.
Result<void> check_identity(std::string const& key) {
  // What follows the head of OpenSSH's form where no passphrase protects it: the magic word, and
  // "none" as the name of the cipher. Source: PROTOCOL.key of OpenSSH.
  constexpr std::string_view kOpenSsh = "-----BEGIN OPENSSH PRIVATE KEY-----";
  constexpr std::string_view kUnprotected = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU";
  if (key.starts_with("ssh-") || key.starts_with("ecdsa-") || key.starts_with("sk-")) {
    return invalid_argument("that is the public half of a key for ssh: name the private one");
  }
  bool const hidden =
      key.find(kOpenSsh) != std::string::npos && key.find(kUnprotected) == std::string::npos;
  if (hidden || key.find("ENCRYPTED") != std::string::npos) {
    return invalid_argument(
        "the key for ssh has a passphrase, which nobody can enter here: make one without "
        "(ssh-keygen "
        "-t ed25519 -N '')");
  }
  return {};
}

}  // namespace

Result<void> check_access(model::EngineAccess const& access) {
  if (access.certificate.empty() != access.key.empty()) {
    return invalid_argument("a certificate and its key belong together");
  }
  if (is_ssh(access)) {
    auto const target = net::parse_ssh_address(access.url);
    if (!target) {
      return target.error();
    }
  } else if (auto const address = net::parse_engine_address(access.url); !address) {
    return address.error();
  }
  if (has_tls(access) && !access.url.starts_with("tcp://")) {
    return invalid_argument("certificates are for tcp:// addresses");
  }
  if (!access.ssh_identity.empty() && !is_ssh(access)) {
    return invalid_argument("a key for ssh is for ssh:// addresses");
  }
  return check_identity(access.ssh_identity);
}

std::string access_cure(model::EngineAccess const& access,
                        std::string const& reason,
                        std::string const& known_hosts) {
  if (is_ssh(access)) {
    return ssh_cure(access.url, reason, known_hosts);
  }
  if (says(reason, "certificate required") || says(reason, "bad certificate") ||
      says(reason, "unknown ca")) {
    return "the engine wants another certificate from us: --tls-cert and --tls-key";
  }
  if (says(reason, "TLS")) {
    return "--tls-ca must be the CA that signed the engine's certificate, which must be made out "
           "to the host in the address";
  }
  if (access.url.starts_with("tcp://") && !has_tls(access)) {
    return "does dockerd listen there (-H tcp://...), does it want TLS (--tls-ca, --tls-cert, "
           "--tls-key), and is a firewall between?";
  }
  return "does dockerd listen there, and is a firewall between?";
}

std::string access_warning(model::EngineAccess const& access) {
  if (!access.url.starts_with("tcp://") || has_tls(access)) {
    return {};
  }
  return "the engine at " + access.url +
         " is reached without TLS: whoever reaches that port is root on that host";
}

}  // namespace swarmward::app
