#include "cluster/pki/state_key.h"

#include <algorithm>
#include <system_error>

#include "cluster/pki/base64.h"
#include "cluster/pki/durable_file.h"

namespace swarmward::cluster {

namespace {

constexpr std::string_view kPlainPrefix = "WARDKEY-1-";
constexpr std::size_t kMaxKeyFileBytes = 4096;

std::optional<DataKey> parse_plain(std::string_view text) {
  if (!text.starts_with(kPlainPrefix)) {
    return std::nullopt;
  }
  auto const bytes = from_base64(text.substr(kPlainPrefix.size()));
  DataKey key;
  if (!bytes || bytes->size() != key.bytes.size()) {
    return std::nullopt;
  }
  std::ranges::copy(*bytes, key.bytes.begin());
  return key;
}

std::string plain_text(DataKey const& key) {
  std::string_view const bytes(reinterpret_cast<char const*>(key.bytes.data()), key.bytes.size());
  return std::string(kPlainPrefix) + to_base64(bytes);
}

bool same(std::optional<UnlockKey> const& a, std::optional<UnlockKey> const& b) {
  return a.has_value() == b.has_value() && (!a || a->bytes == b->bytes);
}

}  // namespace

Result<void> StateKey::open() {
  std::error_code failure;
  if (!std::filesystem::exists(file_, failure) && !failure) {
    return replace();
  }
  auto const text = read_small(file_, kMaxKeyFileBytes).value_or("");
  auto const first = text.substr(0, text.find('\n'));
  auto const rest = text.substr(std::min(text.size(), first.size() + 1));
  node_addr_ = rest.substr(0, rest.find('\n'));
  key_ = parse_plain(first);
  wrapped_ = is_sealed(first) ? first : "";
  if (!key_ && wrapped_.empty()) {
    return internal_error(file_.string() +
                          " is damaged or cannot be read. It holds the key of the state on disk: "
                          "bring it back from a backup");
  }
  return {};
}

Result<void> StateKey::unlock(UnlockKey const& by) {
  auto const key = unwrap_key(wrapped_, by);
  if (!key) {
    return key.error();
  }
  key_ = *key;
  locked_by_ = by;
  wrapped_.clear();
  return {};
}

Result<void> StateKey::lock_by(std::optional<UnlockKey> const& by, std::string const& node_addr) {
  return same(by, locked_by_) && node_addr == node_addr_ ? Result<void>{} : write(by, node_addr);
}

Result<void> StateKey::replace() {
  wrapped_.clear();
  key_ = make_data_key(random_);
  return write(std::nullopt, "");
}

Result<void> StateKey::write(std::optional<UnlockKey> const& by, std::string const& node_addr) {
  auto const text =
      (by ? wrap_key(*key_, *by, random_) : plain_text(*key_)) + "\n" + node_addr + "\n";
  auto const fresh = file_.string() + ".new";
  if (auto written = write_durably(fresh, text, 0600); !written) {
    return written;
  }
  std::error_code failure;
  std::filesystem::rename(fresh, file_, failure);
  if (failure) {
    return internal_error("renaming " + fresh + ": " + failure.message());
  }
  if (auto synced = sync_folder(file_.parent_path()); !synced) {
    return synced;
  }
  locked_by_ = by;
  node_addr_ = node_addr;
  return {};
}

}  // namespace swarmward::cluster
