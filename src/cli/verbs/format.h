#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "cli/command.h"

namespace swarmward::cli {

enum class Format { Table, Json };

/// What --format asks for. Errors: InvalidArgument.
[[nodiscard]] Result<Format> asked_format(Values const& values);

/// One document on one line, as docker's `--format json` prints it.
void print_json(Session& session, nlohmann::json const& document);

/// The text under `key`; empty if there is none.
[[nodiscard]] std::string text_at(nlohmann::json const& object, char const* key);
/// The list under `key`; empty if there is none.
[[nodiscard]] nlohmann::json const& list_at(nlohmann::json const& object, char const* key);
/// The number under `key`, 0 if there is none.
[[nodiscard]] std::int64_t number_at(nlohmann::json const& object, char const* key);

}  // namespace swarmward::cli
