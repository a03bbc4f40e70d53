#include "wire/plan_update.h"

#include <nlohmann/json.hpp>

#include "wire/codec/text_writer.h"
#include "wire/fields/network_plan.h"

namespace swarmward::wire {

template <class A>
void describe(A& a, Ref<A, model::PlanNode> node) {
  a.keep("Node", node.node);
  a.keep("Address", node.address);
  a.keep("Host", node.host);
}

template <class A>
void describe(A& a, Ref<A, model::PlanMember> member) {
  a.keep("Address", member.address);
  a.keep("Node", member.node);
  a.omit("OwnServers", member.own_servers);
}

template <class A>
void describe(A& a, Ref<A, model::PlanHead> head) {
  a.keep("Name", head.name);
  a.keep("VNI", head.vni);
  a.keep("Subnet", head.subnet);
  a.omit("MoreSubnets", head.more_subnets);
  a.keep("MTU", head.mtu);
  a.omit("Internal", head.internal);
  a.omit("Encrypted", head.encrypted);
  a.omit("Ingress", head.ingress);
}

/// Entries, or keys of such.
template <class A, class Kinds>
void describe_kinds(A& a, Kinds& kinds) {
  a.omit("Nodes", kinds.nodes);
  a.omit("Members", kinds.members);
  a.omit("VIPs", kinds.vips);
  a.omit("Names", kinds.names);
  a.omit("Reverse", kinds.reverse);
  a.omit("Ports", kinds.ports);
}

template <class A>
void describe(A& a, Ref<A, model::PlanEntries> entries) {
  describe_kinds(a, entries);
}

template <class A>
void describe(A& a, Ref<A, model::PlanKeys> keys) {
  describe_kinds(a, keys);
}

template <class A>
void describe(A& a, Ref<A, model::NetworkUpdate> update) {
  a.keep("ID", update.id);
  a.omit("Whole", update.whole);
  a.keep("Head", update.head);
  a.keep("Put", update.put);
  a.keep("Gone", update.gone);
  a.keep("Sum", update.sum);
}

namespace {

/// All but the changes.
template <class A, class Update>
void describe_frame(A& a, Update& update) {
  a.keep("Mark", update.mark);
  a.omit("Since", update.since);
  a.omit("Networks", update.networks);
  a.keep("DataPathPort", update.data_path_port);
  a.omit("Keys", update.keys);
}

/// With changes that are text already.
struct ReadyUpdate {
  model::PlanUpdate const& frame;
  std::vector<RawText> changes;
};

}  // namespace

void describe(TextWriter& a, ReadyUpdate const& update) {
  describe_frame(a, update.frame);
  a.keep("Changes", update.changes);
}

template <class A>
void describe(A& a, Ref<A, model::PlanUpdate> update) {
  describe_frame(a, update);
  a.omit("Changes", update.changes);
}

std::string network_update_text(model::NetworkUpdate const& update) {
  std::string text;
  TextWriter(text, Form::Stored).write_object(update);
  return text;
}

std::string plan_update_text(model::PlanUpdate const& frame,
                             std::vector<std::string_view> const& changes) {
  ReadyUpdate update{frame, {}};
  for (auto const text : changes) {
    update.changes.push_back({text});
  }
  std::string text;
  TextWriter(text, Form::Stored).write_object(update);
  return text;
}

Result<model::PlanUpdate> plan_update_from(nlohmann::json const& document) {
  if (!document.is_object()) {
    return invalid_argument("an update of networks is a JSON object");
  }
  model::PlanUpdate update;
  if (auto const read = Reader(document, Form::Stored).into(update); !read) {
    return invalid_argument(read.error().message);
  }
  return update;
}

}  // namespace swarmward::wire
