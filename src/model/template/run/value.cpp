#include "model/template/run/value.h"

#include "model/template/run/format.h"

namespace swarmward::model::templates {

bool is_true(Value const& value) {
  struct Truth {
    bool operator()(std::monostate) const { return false; }
    bool operator()(bool held) const { return held; }
    bool operator()(std::int64_t held) const { return held != 0; }
    bool operator()(double held) const { return held != 0; }
    bool operator()(std::string const& held) const { return !held.empty(); }
    bool operator()(StringMap const* held) const { return !held->empty(); }
    bool operator()(Record const* /*held*/) const { return true; }
  };
  return std::visit(Truth{}, value.data);
}

std::string_view type_name(Value const& value) {
  struct Name {
    std::string_view operator()(std::monostate) const { return "<nil>"; }
    std::string_view operator()(bool) const { return "bool"; }
    std::string_view operator()(std::int64_t) const { return "int"; }
    std::string_view operator()(double) const { return "float64"; }
    std::string_view operator()(std::string const&) const { return "string"; }
    std::string_view operator()(StringMap const*) const { return "map[string]string"; }
    std::string_view operator()(Record const* held) const { return held->type; }
  };
  return std::visit(Name{}, value.data);
}

std::string print_result(Value const& value) {
  return value.is_nil() ? "<no value>" : format_value(value);
}

}  // namespace swarmward::model::templates
