#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/cluster.h"
#include "model/config.h"
#include "model/network.h"
#include "model/registry_credential.h"
#include "model/secret.h"
#include "model/service.h"
#include "model/task.h"

namespace swarmward::wire {

/// Version of the stored form. Raised when old readers would misread a document.
inline constexpr unsigned kStoredVersion = 1;

/// The form in which the state store keeps an object: JSON, lossless, internal fields included, so
/// it may hold secrets (registry auth, CA key, tokens).
[[nodiscard]] std::string stored(model::Service const& service);
[[nodiscard]] std::string stored(model::Task const& task);
[[nodiscard]] std::string stored(model::Node const& node);
[[nodiscard]] std::string stored(model::Cluster const& cluster);
[[nodiscard]] std::string stored(model::Network const& network);
[[nodiscard]] std::string stored(model::Secret const& secret);
[[nodiscard]] std::string stored(model::Config const& config);
[[nodiscard]] std::string stored(model::RegistryCredential const& credential);

/// The reverse. Errors: Internal for text that is not of this form, or of a newer version.
/// A task gets a spec of its own; the store shares it again with its service.
[[nodiscard]] Result<model::Service> service_from_stored(std::string_view text);
[[nodiscard]] Result<model::Task> task_from_stored(std::string_view text);
[[nodiscard]] Result<model::Node> node_from_stored(std::string_view text);
[[nodiscard]] Result<model::Cluster> cluster_from_stored(std::string_view text);
[[nodiscard]] Result<model::Network> network_from_stored(std::string_view text);
[[nodiscard]] Result<model::Secret> secret_from_stored(std::string_view text);
[[nodiscard]] Result<model::Config> config_from_stored(std::string_view text);
[[nodiscard]] Result<model::RegistryCredential> credential_from_stored(std::string_view text);

}  // namespace swarmward::wire
