#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "model/cluster.h"
#include "model/service.h"
#include "model/task.h"
#include "wire/codec/text.h"

namespace swarmward::wire {

enum class LetterCase { Exact, Any };

template <class E>
struct Word {
  E value;
  std::string_view text;
};

/// The words of an enum on the wire. Each has kTable, kCase, and unknown(): the error for a word
/// that is not in the table, or nothing where native silently takes the default; and kGo where Go
/// has a type of its own for them.
template <class E>
struct Words;

template <>
struct Words<model::RestartCondition> {
  using E = model::RestartCondition;
  static constexpr std::string_view kGo = "swarm.RestartPolicyCondition";
  static constexpr LetterCase kCase = LetterCase::Exact;
  static constexpr std::array kTable{
      Word<E>{E::None, "none"}, Word<E>{E::OnFailure, "on-failure"}, Word<E>{E::Any, "any"}};
  static std::optional<Error> unknown(std::string_view word) {
    return invalid_argument("invalid RestartCondition: " + go_quote(word));
  }
};

template <>
struct Words<model::TaskOrigin> {
  using E = model::TaskOrigin;
  static constexpr LetterCase kCase = LetterCase::Exact;
  static constexpr std::array kTable{Word<E>{E::Scale, "scale"},
                                     Word<E>{E::Restart, "restart"},
                                     Word<E>{E::Update, "update"},
                                     Word<E>{E::Move, "move"}};
  static std::optional<Error> unknown(std::string_view) { return std::nullopt; }
};

template <>
struct Words<model::FailureAction> {
  using E = model::FailureAction;
  static constexpr LetterCase kCase = LetterCase::Exact;
  static constexpr std::array kTable{Word<E>{E::Pause, "pause"},
                                     Word<E>{E::Continue, "continue"},
                                     Word<E>{E::Rollback, "rollback"}};
  static std::optional<Error> unknown(std::string_view word) {
    return invalid_argument("unrecognized update failure action " + std::string(word));
  }
};

template <>
struct Words<model::UpdateOrder> {
  using E = model::UpdateOrder;
  static constexpr LetterCase kCase = LetterCase::Exact;
  static constexpr std::array kTable{Word<E>{E::StopFirst, "stop-first"},
                                     Word<E>{E::StartFirst, "start-first"}};
  static std::optional<Error> unknown(std::string_view word) {
    return invalid_argument("unrecognized update order " + std::string(word));
  }
};

template <>
struct Words<model::EndpointMode> {
  using E = model::EndpointMode;
  static constexpr std::string_view kGo = "swarm.ResolutionMode";
  static constexpr LetterCase kCase = LetterCase::Exact;
  static constexpr std::array kTable{Word<E>{E::Vip, "vip"}, Word<E>{E::Dnsrr, "dnsrr"}};
  static std::optional<Error> unknown(std::string_view word) {
    return invalid_argument("invalid resolution mode: " + go_quote(word));
  }
};

template <>
struct Words<model::Protocol> {
  using E = model::Protocol;
  static constexpr std::string_view kGo = "swarm.PortConfigProtocol";
  static constexpr LetterCase kCase = LetterCase::Any;
  static constexpr std::array kTable{
      Word<E>{E::Tcp, "tcp"}, Word<E>{E::Udp, "udp"}, Word<E>{E::Sctp, "sctp"}};
  static std::optional<Error> unknown(std::string_view /*word*/) { return std::nullopt; }
};

template <>
struct Words<model::PublishMode> {
  using E = model::PublishMode;
  static constexpr std::string_view kGo = "swarm.PortConfigPublishMode";
  static constexpr LetterCase kCase = LetterCase::Any;
  static constexpr std::array kTable{Word<E>{E::Ingress, "ingress"}, Word<E>{E::Host, "host"}};
  static std::optional<Error> unknown(std::string_view /*word*/) { return std::nullopt; }
};

template <>
struct Words<model::MountType> {
  using E = model::MountType;
  static constexpr std::string_view kGo = "mount.Type";
  static constexpr LetterCase kCase = LetterCase::Any;
  static constexpr std::array kTable{Word<E>{E::Bind, "bind"},
                                     Word<E>{E::Volume, "volume"},
                                     Word<E>{E::Tmpfs, "tmpfs"},
                                     Word<E>{E::Npipe, "npipe"},
                                     Word<E>{E::Cluster, "cluster"}};
  static std::optional<Error> unknown(std::string_view word) {
    return invalid_argument("invalid MountType: " + go_quote(word));
  }
};

template <>
struct Words<model::NodeRole> {
  using E = model::NodeRole;
  static constexpr std::string_view kGo = "swarm.NodeRole";
  static constexpr LetterCase kCase = LetterCase::Any;
  static constexpr std::array kTable{Word<E>{E::Worker, "worker"}, Word<E>{E::Manager, "manager"}};
  static std::optional<Error> unknown(std::string_view word) {
    return invalid_argument("invalid Role: " + go_quote(word));
  }
};

template <>
struct Words<model::Availability> {
  using E = model::Availability;
  static constexpr std::string_view kGo = "swarm.NodeAvailability";
  static constexpr LetterCase kCase = LetterCase::Any;
  static constexpr std::array kTable{
      Word<E>{E::Active, "active"}, Word<E>{E::Pause, "pause"}, Word<E>{E::Drain, "drain"}};
  static std::optional<Error> unknown(std::string_view word) {
    return invalid_argument("invalid Availability: " + go_quote(word));
  }
};

template <>
struct Words<model::NodeState> {
  using E = model::NodeState;
  static constexpr LetterCase kCase = LetterCase::Exact;
  static constexpr std::array kTable{Word<E>{E::Unknown, "unknown"},
                                     Word<E>{E::Down, "down"},
                                     Word<E>{E::Ready, "ready"},
                                     Word<E>{E::Disconnected, "disconnected"}};
  static std::optional<Error> unknown(std::string_view word) {
    return invalid_argument("invalid node state: " + go_quote(word));
  }
};

template <>
struct Words<model::UpdateState> {
  using E = model::UpdateState;
  static constexpr LetterCase kCase = LetterCase::Exact;
  static constexpr std::array kTable{Word<E>{E::Updating, "updating"},
                                     Word<E>{E::Paused, "paused"},
                                     Word<E>{E::Completed, "completed"},
                                     Word<E>{E::RollbackStarted, "rollback_started"},
                                     Word<E>{E::RollbackPaused, "rollback_paused"},
                                     Word<E>{E::RollbackCompleted, "rollback_completed"}};
  static std::optional<Error> unknown(std::string_view word) {
    return invalid_argument("invalid update state: " + go_quote(word));
  }
};

template <class E>
[[nodiscard]] std::string_view word_of(E value) {
  for (auto const& word : Words<E>::kTable) {
    if (word.value == value) {
      return word.text;
    }
  }
  return {};
}

template <class E>
[[nodiscard]] std::optional<E> from_word(std::string_view text) {
  for (auto const& word : Words<E>::kTable) {
    if (Words<E>::kCase == LetterCase::Any ? equal_any_case(word.text, text) : word.text == text) {
      return word.value;
    }
  }
  return std::nullopt;
}

template <>
[[nodiscard]] inline std::string_view word_of(model::TaskState value) {
  return model::to_string(value);
}
template <>
[[nodiscard]] inline std::optional<model::TaskState> from_word(std::string_view text) {
  return model::task_state_from_string(text);
}
template <>
struct Words<model::TaskState> {
  static std::optional<Error> unknown(std::string_view word) {
    return invalid_argument("invalid task state: " + go_quote(word));
  }
};

/// The Go type that native decodes a word into, for the text of type errors.
template <class E>
[[nodiscard]] constexpr std::string_view word_go_type() {
  if constexpr (requires { Words<E>::kGo; }) {
    return Words<E>::kGo;
  } else {
    return "string";
  }
}

}  // namespace swarmward::wire
