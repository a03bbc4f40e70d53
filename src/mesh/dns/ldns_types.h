#pragma once

#include <memory>
#include <new>
#include <string>
#include <string_view>

#include <ldns/ldns.h>

namespace swarmward::mesh::dns {

struct LdnsFree {
  void operator()(ldns_rr* record) const { ldns_rr_free(record); }
  void operator()(ldns_rdf* field) const { ldns_rdf_deep_free(field); }
  void operator()(ldns_pkt* packet) const { ldns_pkt_free(packet); }
  void operator()(char* text) const { LDNS_FREE(text); }
  void operator()(std::uint8_t* bytes) const { LDNS_FREE(bytes); }
};

/// What ldns allocated.
template <class T>
using Ldns = std::unique_ptr<T, LdnsFree>;

/// For calls of ldns that fail for want of memory only.
template <class T>
Ldns<T> owned(T* made) {
  if (made == nullptr) {
    throw std::bad_alloc();
  }
  return Ldns<T>(made);
}

inline std::uint8_t const* wire(std::string_view bytes) {
  return reinterpret_cast<std::uint8_t const*>(bytes.data());
}

/// A name or other data of a record, from its wire form.
inline Ldns<ldns_rdf> make_field(ldns_rdf_type type, std::string_view bytes) {
  return owned(ldns_rdf_new_frm_data(type, bytes.size(), bytes.data()));
}

}  // namespace swarmward::mesh::dns
