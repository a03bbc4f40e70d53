#pragma once

#include "model/common.h"
#include "wire/codec/reader.h"

namespace swarmward::wire {

template <>
inline constexpr std::string_view kGoType<model::StringMap> = "map[string]string";
template <>
inline constexpr std::string_view kGoType<model::Driver> = "swarm.Driver";

template <class A>
void describe(A& a, Ref<A, model::Driver> driver) {
  a.omit("Name", driver.name);
  a.omit("Options", driver.options);
}

/// Name and labels stand among the other fields of a spec.
template <class A>
void describe_annotations(A& a, Ref<A, model::Annotations> annotations) {
  a.omit("Name", annotations.name);
  a.keep("Labels", annotations.labels);
}

template <class A>
void describe(A& a, Ref<A, model::Annotations> annotations) {
  describe_annotations(a, annotations);
}

/// `Version` is an object of its own.
struct VersionField {
  std::uint64_t index = 0;
};
template <class A>
void describe(A& a, Ref<A, VersionField> version) {
  a.omit("Index", version.index);
}

/// The head of every object: ID, Version, CreatedAt, UpdatedAt.
template <class A, class IdType>
void describe_head(A& a, IdType& id, Ref<A, model::Meta> meta) {
  VersionField version{meta.version};
  a.keep("ID", id);
  a.keep("Version", version);
  a.keep("CreatedAt", meta.created_at);
  a.keep("UpdatedAt", meta.updated_at);
  if constexpr (A::kReading) {
    meta.version = version.index;
  }
}

}  // namespace swarmward::wire
