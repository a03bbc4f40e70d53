#pragma once

#include <algorithm>

#include "model/container_spec.h"
#include "wire/fields/common.h"
#include "wire/fields/normalise.h"

namespace swarmward::wire {

template <>
inline constexpr std::string_view kGoType<model::BindOptions> = "mount.BindOptions";
template <>
inline constexpr std::string_view kGoType<model::VolumeOptions> = "mount.VolumeOptions";
template <>
inline constexpr std::string_view kGoType<model::TmpfsOptions> = "mount.TmpfsOptions";
template <>
inline constexpr std::string_view kGoType<model::Mount> = "mount.Mount";
template <>
inline constexpr std::string_view kGoType<model::Healthcheck> = "container.HealthConfig";
template <>
inline constexpr std::string_view kGoType<model::DnsConfig> = "swarm.DNSConfig";
template <>
inline constexpr std::string_view kGoType<model::CredentialSpec> = "swarm.CredentialSpec";
template <>
inline constexpr std::string_view kGoType<model::SelinuxContext> = "swarm.SELinuxContext";
template <>
inline constexpr std::string_view kGoType<model::SeccompOptions> = "swarm.SeccompOpts";
template <>
inline constexpr std::string_view kGoType<model::Privileges> = "swarm.Privileges";
template <>
inline constexpr std::string_view kGoType<model::FileTarget> = "swarm.SecretReferenceFileTarget";
template <>
inline constexpr std::string_view kGoType<model::SecretReference> = "swarm.SecretReference";
template <>
inline constexpr std::string_view kGoType<model::ConfigReference> = "swarm.ConfigReference";
// Go has pointers in these lists.
template <>
struct GoType<std::vector<model::SecretReference>> {
  static std::string text() { return "[]*swarm.SecretReference"; }
};
template <>
struct GoType<std::vector<model::ConfigReference>> {
  static std::string text() { return "[]*swarm.ConfigReference"; }
};
template <>
struct GoType<std::vector<model::Ulimit>> {
  static std::string text() { return "[]*units.Ulimit"; }
};
template <>
inline constexpr std::string_view kGoType<model::Ulimit> = "units.Ulimit";
template <>
inline constexpr std::string_view kGoType<model::ContainerSpec> = "swarm.ContainerSpec";

template <class A>
void describe(A& a, Ref<A, model::BindOptions> bind) {
  a.omit("Propagation", bind.propagation);
  a.omit("NonRecursive", bind.non_recursive);
  if constexpr (A::kReading) {
    normalise(a, bind);
  }
}

template <class A>
void describe(A& a, Ref<A, model::VolumeOptions> volume) {
  a.omit("NoCopy", volume.no_copy);
  a.omit("Labels", volume.labels);
  a.omit("Subpath", volume.subpath);
  a.omit("DriverConfig", volume.driver);
}

template <class A>
void describe(A& a, Ref<A, model::TmpfsOptions> tmpfs) {
  a.omit("SizeBytes", tmpfs.size_bytes);
  a.omit("Mode", tmpfs.mode);
  a.omit("Options", tmpfs.options);
}

template <class A>
void describe(A& a, Ref<A, model::Mount> mount) {
  a.keep("Type", mount.type);
  a.omit("Source", mount.source);
  a.omit("Target", mount.target);
  a.omit("ReadOnly", mount.read_only);
  a.omit("BindOptions", mount.bind);
  a.omit("VolumeOptions", mount.volume);
  a.omit("TmpfsOptions", mount.tmpfs);
  if constexpr (A::kReading) {
    normalise(a, mount);
  }
}

template <class A>
void describe(A& a, Ref<A, model::Healthcheck> check) {
  a.omit("Test", check.test);
  a.omit("Interval", check.interval);
  a.omit("Timeout", check.timeout);
  a.omit("StartPeriod", check.start_period);
  a.omit("StartInterval", check.start_interval);
  a.omit("Retries", check.retries);
}

template <class A>
void describe(A& a, Ref<A, model::DnsConfig> dns) {
  a.omit("Nameservers", dns.nameservers);
  a.omit("Search", dns.search);
  a.omit("Options", dns.options);
}

template <class A>
void describe(A& a, Ref<A, model::CredentialSpec> spec) {
  a.keep("Config", spec.config);
  a.keep("File", spec.file);
  a.keep("Registry", spec.registry);
}

template <class A>
void describe(A& a, Ref<A, model::SelinuxContext> context) {
  a.keep("Disable", context.disable);
  a.keep("User", context.user);
  a.keep("Role", context.role);
  a.keep("Type", context.type);
  a.keep("Level", context.level);
}

template <class A>
void describe(A& a, Ref<A, model::SeccompOptions> seccomp) {
  a.omit("Mode", seccomp.mode);
  a.bytes("Profile", seccomp.profile);
}

/// `{"Mode": …}` around what the model holds as a word.
struct AppArmorField {
  static constexpr std::string_view kGo = "swarm.AppArmorOpts";
  std::string mode;
};
template <class A>
void describe(A& a, Ref<A, AppArmorField> apparmor) {
  a.omit("Mode", apparmor.mode);
}

template <class A>
void describe(A& a, Ref<A, model::Privileges> privileges) {
  std::optional<AppArmorField> apparmor;
  if (privileges.apparmor_mode) {
    apparmor = AppArmorField{*privileges.apparmor_mode};
  }
  a.nullable("CredentialSpec", privileges.credential_spec);
  a.nullable("SELinuxContext", privileges.selinux);
  a.omit("Seccomp", privileges.seccomp);
  a.omit("AppArmor", apparmor);
  a.keep("NoNewPrivileges", privileges.no_new_privileges);
  if constexpr (A::kReading) {
    privileges.apparmor_mode = apparmor ? std::optional(std::move(apparmor->mode)) : std::nullopt;
    normalise(a, privileges);
  }
}

template <class A>
void describe(A& a, Ref<A, model::FileTarget> file) {
  a.keep("Name", file.name);
  a.keep("UID", file.uid);
  a.keep("GID", file.gid);
  a.keep("Mode", file.mode);
}

template <class A>
void describe(A& a, Ref<A, model::SecretReference> reference) {
  a.omit("File", reference.file);
  a.keep("SecretID", reference.secret_id);
  a.keep("SecretName", reference.secret_name);
}

/// `{}` says that the config is for the runtime.
struct RuntimeTargetField {
  static constexpr std::string_view kGo = "swarm.ConfigReferenceRuntimeTarget";
};
template <class A>
void describe(A& /*a*/, Ref<A, RuntimeTargetField> /*target*/) {}

template <class A>
void describe(A& a, Ref<A, model::ConfigReference> reference) {
  std::optional<RuntimeTargetField> runtime;
  if (reference.runtime) {
    runtime.emplace();
  }
  a.omit("File", reference.file);
  a.omit("Runtime", runtime);
  a.keep("ConfigID", reference.config_id);
  a.keep("ConfigName", reference.config_name);
  if constexpr (A::kReading) {
    reference.runtime = runtime.has_value();
    normalise(a, reference);
  }
}

template <class A>
void describe(A& a, Ref<A, model::Ulimit> ulimit) {
  a.keep("Name", ulimit.name);
  a.keep("Hard", ulimit.hard);
  a.keep("Soft", ulimit.soft);
}

/// Native hides references without a file from clients.
template <class A>
void describe_secrets(A& a, Ref<A, std::vector<model::SecretReference>> secrets) {
  if constexpr (!A::kReading) {
    if (!a.stored()) {
      auto shown = secrets;
      std::erase_if(shown, [](auto const& reference) { return !reference.file; });
      a.omit("Secrets", shown);
      return;
    }
  }
  a.omit("Secrets", secrets);
}

/// Clients always see an isolation.
template <class A>
void describe_isolation(A& a, Ref<A, std::string> isolation) {
  if constexpr (!A::kReading) {
    if (!a.stored() && isolation.empty()) {
      a.keep("Isolation", std::string_view("default"));
      return;
    }
  }
  a.omit("Isolation", isolation);
}

template <class A>
void describe(A& a, Ref<A, model::ContainerSpec> container) {
  a.omit("Image", container.image);
  a.omit("Labels", container.labels);
  a.omit("Command", container.command);
  a.omit("Args", container.args);
  a.omit("Hostname", container.hostname);
  a.omit("Env", container.env);
  a.omit("Dir", container.dir);
  a.omit("User", container.user);
  a.omit("Groups", container.groups);
  a.omit("Privileges", container.privileges);
  a.omit("Init", container.init);
  a.omit("StopSignal", container.stop_signal);
  a.omit("TTY", container.tty);
  a.omit("OpenStdin", container.open_stdin);
  a.omit("ReadOnly", container.read_only);
  a.omit("Mounts", container.mounts);
  a.omit("StopGracePeriod", container.stop_grace_period);
  a.omit("Healthcheck", container.healthcheck);
  a.omit("Hosts", container.hosts);
  a.omit("DNSConfig", container.dns);
  describe_secrets(a, container.secrets);
  a.omit("Configs", container.configs);
  describe_isolation(a, container.isolation);
  a.omit("Sysctls", container.sysctls);
  a.omit("CapabilityAdd", container.capability_add);
  a.omit("CapabilityDrop", container.capability_drop);
  a.omit("Ulimits", container.ulimits);
  a.omit("OomScoreAdj", container.oom_score_adj);
  if constexpr (A::kReading) {
    normalise(a, container);
  }
}

}  // namespace swarmward::wire
