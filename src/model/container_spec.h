#pragma once

#include "model/common.h"

namespace swarmward::model {

enum class MountType { Bind, Volume, Tmpfs, Npipe, Cluster };

struct BindOptions {
  std::string propagation;  ///< Empty, or rprivate, private, rshared, shared, rslave, slave.
  bool non_recursive = false;
  bool operator==(BindOptions const&) const = default;
};

struct VolumeOptions {
  bool no_copy = false;
  StringMap labels;
  std::string subpath;
  std::optional<Driver> driver;
  bool operator==(VolumeOptions const&) const = default;
};

struct TmpfsOptions {
  std::int64_t size_bytes = 0;
  std::uint32_t mode = 0;
  std::vector<std::vector<std::string>> options;
  bool operator==(TmpfsOptions const&) const = default;
};

struct Mount {
  MountType type = MountType::Bind;
  std::string source;
  std::string target;
  bool read_only = false;
  std::optional<BindOptions> bind;
  std::optional<VolumeOptions> volume;
  std::optional<TmpfsOptions> tmpfs;
  bool operator==(Mount const&) const = default;
};

/// Absent on a spec means the image's own. Test[0] is NONE, CMD or CMD-SHELL.
struct Healthcheck {
  std::vector<std::string> test;
  Duration interval{};
  Duration timeout{};
  Duration start_period{};
  Duration start_interval{};
  std::int64_t retries = 0;
  bool operator==(Healthcheck const&) const = default;
};

struct DnsConfig {
  std::vector<std::string> nameservers;
  std::vector<std::string> search;
  std::vector<std::string> options;
  bool operator==(DnsConfig const&) const = default;
};

struct CredentialSpec {
  std::string config;
  std::string file;
  std::string registry;
  bool operator==(CredentialSpec const&) const = default;
};

struct SelinuxContext {
  bool disable = false;
  std::string user;
  std::string role;
  std::string type;
  std::string level;
  bool operator==(SelinuxContext const&) const = default;
};

struct SeccompOptions {
  std::string mode;     ///< Empty, default, unconfined or custom.
  std::string profile;  ///< Raw bytes of a custom profile.
  bool operator==(SeccompOptions const&) const = default;
};

struct Privileges {
  std::optional<CredentialSpec> credential_spec;
  std::optional<SelinuxContext> selinux;
  std::optional<SeccompOptions> seccomp;
  std::optional<std::string> apparmor_mode;  ///< Empty, default or disabled.
  bool no_new_privileges = false;
  bool operator==(Privileges const&) const = default;
};

/// Where a secret or config appears in the container.
struct FileTarget {
  std::string name;
  std::string uid;
  std::string gid;
  std::uint32_t mode = 0;
  bool operator==(FileTarget const&) const = default;
};

struct SecretReference {
  std::optional<FileTarget> file;
  std::string secret_id;
  std::string secret_name;
  bool operator==(SecretReference const&) const = default;
};

struct ConfigReference {
  std::optional<FileTarget> file;
  bool runtime = false;  ///< Used by the runtime (credential spec), not mounted.
  std::string config_id;
  std::string config_name;
  bool operator==(ConfigReference const&) const = default;
};

struct Ulimit {
  std::string name;
  std::int64_t hard = 0;
  std::int64_t soft = 0;
  bool operator==(Ulimit const&) const = default;
};

/// What to run. `command` replaces the image's entrypoint, `args` its command.
struct ContainerSpec {
  std::string image;
  StringMap labels;
  std::vector<std::string> command;
  std::vector<std::string> args;
  std::string hostname;
  std::vector<std::string> env;  ///< NAME=value, may hold templates.
  std::string dir;
  std::string user;
  std::vector<std::string> groups;
  std::optional<Privileges> privileges;
  std::optional<bool> init;
  std::string stop_signal;
  bool tty = false;
  bool open_stdin = false;
  bool read_only = false;
  std::vector<Mount> mounts;
  std::optional<Duration> stop_grace_period;  ///< Absent means 10 s.
  std::optional<Healthcheck> healthcheck;
  std::vector<std::string> hosts;  ///< "IP name [alias…]", as in /etc/hosts.
  std::optional<DnsConfig> dns;
  std::vector<SecretReference> secrets;
  std::vector<ConfigReference> configs;
  std::string isolation;  ///< default, process or hyperv; without effect on Linux.
  StringMap sysctls;
  std::vector<std::string> capability_add;
  std::vector<std::string> capability_drop;
  std::vector<Ulimit> ulimits;
  std::int64_t oom_score_adj = 0;
  bool operator==(ContainerSpec const&) const = default;
};

}  // namespace swarmward::model
