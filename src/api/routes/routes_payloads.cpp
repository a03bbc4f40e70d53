#include "api/routes/routes_payloads.h"

#include <array>

#include <nlohmann/json.hpp>

#include "api/manager_check.h"
#include "api/routes/list_reply.h"
#include "api/routes/lookup.h"
#include "api/routes/payload_filters.h"
#include "api/routes/payload_ops.h"
#include "api/routes/payload_rotation.h"
#include "api/routes/replies.h"
#include "wire/body.h"
#include "wire/payload.h"
#include "wire/query.h"
#include "wire/validate/payload_spec.h"

namespace swarmward::api {

namespace {

constexpr ApiVersion kSecretsSince{1, 25};
constexpr ApiVersion kConfigsSince{1, 30};
constexpr ApiVersion kTemplatingSince{1, 37};

constexpr std::array kSecretRoutes{
    Route<Secrets>{"GET", "/secrets", &Secrets::list, kSecretsSince},
    Route<Secrets>{"POST", "/secrets/create", &Secrets::create, kSecretsSince},
    Route<Secrets>{"GET", "/secrets/{id}", &Secrets::inspect, kSecretsSince},
    Route<Secrets>{"POST", "/secrets/{id}/update", &Secrets::update, kSecretsSince},
    Route<Secrets>{"DELETE", "/secrets/{id}", &Secrets::remove, kSecretsSince},
};
constexpr std::array kConfigRoutes{
    Route<Configs>{"GET", "/configs", &Configs::list, kConfigsSince},
    Route<Configs>{"POST", "/configs/create", &Configs::create, kConfigsSince},
    Route<Configs>{"GET", "/configs/{id}", &Configs::inspect, kConfigsSince},
    Route<Configs>{"POST", "/configs/{id}/update", &Configs::update, kConfigsSince},
    Route<Configs>{"DELETE", "/configs/{id}", &Configs::remove, kConfigsSince},
};

void read_spec(Result<model::SecretSpec>& spec, nlohmann::json const& document) {
  spec = wire::secret_spec_from_json(document);
}
void read_spec(Result<model::ConfigSpec>& spec, nlohmann::json const& document) {
  spec = wire::config_spec_from_json(document);
}

template <class T>
Result<typename PayloadKind<T>::Spec> spec_of(Request const& request) {
  auto const document = read_json(request);
  if (!document) {
    return document.error();
  }
  Result<typename PayloadKind<T>::Spec> spec;
  read_spec(spec, *document);
  return spec;
}

/// No plugin of the kind that gives secrets can be reached from here.
Result<void> check_new(model::SecretSpec const& spec) {
  auto valid = wire::validate_secret_spec(spec);
  if (valid && spec.driver) {
    return rpc_error("Unknown", "plugin \"" + spec.driver->name + "\" not found");
  }
  return valid;
}
Result<void> check_new(model::ConfigSpec const& spec) {
  return wire::validate_config_spec(spec);
}

void look_up(Result<state::SecretPtr>& found, Call const& call) {
  found = get_secret(*call.snapshot, call.id);
}
void look_up(Result<state::ConfigPtr>& found, Call const& call) {
  found = get_config(*call.snapshot, call.id);
}

template <class T>
Result<std::shared_ptr<T const>> asked_for(Call const& call) {
  if (auto const manager = require_manager(call); !manager) {
    return manager.error();
  }
  Result<std::shared_ptr<T const>> found;
  look_up(found, call);
  return found;
}

}  // namespace

template <>
std::span<Route<Secrets> const> Secrets::routes() {
  return kSecretRoutes;
}
template <>
std::span<Route<Configs> const> Configs::routes() {
  return kConfigRoutes;
}

template <class T>
asio::awaitable<Result<void>> Payloads<T>::list(Call const* call) {
  auto const filters = wire::parse_filters(call->request.query_value("filters"));
  if (!filters) {
    co_return filters.error();
  }
  if (auto const manager = require_manager(*call); !manager) {
    co_return manager.error();
  }
  if (auto const known = check_payload_filters<T>(*filters); !known) {
    co_return known.error();
  }
  auto const found = filter_payloads<T>(*call->snapshot, *filters);
  AppendElement append = [&](std::string& out, std::size_t at) {
    out += wire::dump_json(wire::to_json(*found[at]));
  };
  co_await send_list(call->responder, found.size(), std::move(append));
  co_return Result<void>{};
}

template <class T>
Result<Response> Payloads<T>::inspect(Call const& call) const {
  auto const payload = asked_for<T>(call);
  if (!payload) {
    return payload.error();
  }
  return json_reply(wire::to_json(**payload));
}

template <class T>
asio::awaitable<Result<Response>> Payloads<T>::create(Call const* call) {
  auto spec = spec_of<T>(call->request);
  if (!spec) {
    co_return spec.error();
  }
  if (spec->templating && call->request.version < kTemplatingSince) {
    co_return invalid_argument(std::string(PayloadKind<T>::kWord) +
                               " templating is not supported on the specified API version: " +
                               to_string(call->request.version));
  }
  if (auto const manager = require_manager(*call); !manager) {
    co_return manager.error();
  }
  if (auto const valid = check_new(*spec); !valid) {
    co_return valid.error();
  }
  T payload;
  payload.id = new_id<typename PayloadKind<T>::Tag>(context_.random);
  payload.spec = std::move(*spec);
  nlohmann::json reply;
  reply["ID"] = payload.id.str();
  state::Change change = [payload = std::move(payload)](state::Draft& draft) {
    return create_payload(draft, payload);
  };
  auto const written = co_await context_.store.update(std::move(change));
  if (!written) {
    co_return written.error();
  }
  co_return json_reply(reply, 201);
}

template <class T>
asio::awaitable<Result<Response>> Payloads<T>::update(Call const* call) {
  auto spec = spec_of<T>(call->request);
  if (!spec) {
    co_return spec.error();
  }
  auto const asked = call->request.query_value("version");
  auto const version = wire::parse_version(PayloadKind<T>::kWord, asked);
  if (!version) {
    co_return version.error();
  }
  auto const present = asked_for<T>(*call);
  if (!present) {
    co_return present.error();
  }
  auto const& labels = spec->annotations.labels;
  bool const may_rotate =
      allows_rotation(labels) || allows_rotation((*present)->spec.annotations.labels);
  if (may_rotate && !spec->data.empty()) {
    if (auto const valid = check_new(*spec); !valid) {
      co_return valid.error();
    }
  }
  PayloadUpdate<T> update{(*present)->id,
                          *version,
                          std::move(*spec),
                          new_id<typename PayloadKind<T>::Tag>(context_.random)};
  state::Change change = [update = std::move(update)](state::Draft& draft) {
    return update_payload<T>(draft, update);
  };
  auto const written = co_await context_.store.update(std::move(change));
  if (!written) {
    co_return written.error();
  }
  co_return empty_reply();
}

template <class T>
asio::awaitable<Result<Response>> Payloads<T>::remove(Call const* call) {
  auto const present = asked_for<T>(*call);
  if (!present) {
    co_return present.error();
  }
  state::Change change = [id = (*present)->id](state::Draft& draft) {
    return remove_payload<T>(draft, id);
  };
  auto const written = co_await context_.store.update(std::move(change));
  if (!written) {
    co_return written.error();
  }
  auto reply = empty_reply();
  reply.status = 204;
  co_return reply;
}

template class Payloads<model::Secret>;
template class Payloads<model::Config>;

}  // namespace swarmward::api
