#include "cluster/pki/key_file.h"

#include <array>
#include <system_error>

#include "cluster/pki/durable_file.h"
#include "cluster/pki/ossl.h"
#include "cluster/pki/sealed.h"

namespace swarmward::cluster {

namespace {

constexpr char const* kChainFile = "swarm-node.crt";
constexpr char const* kKeyFile = "swarm-node.key";
constexpr char const* kRootFile = "swarm-root-ca.crt";
/// The key first: see load().
constexpr std::array kFiles{kKeyFile, kChainFile, kRootFile};
constexpr char const* kNewSuffix = ".new";
constexpr std::string_view kPurpose = "node key";
constexpr std::size_t kMaxFileBytes = 256UL * 1024;

std::filesystem::path fresh(std::filesystem::path const& file) {
  return file.string() + kNewSuffix;
}

Result<std::string> opened(std::string const& key, std::optional<UnlockKey> const& lock) {
  if (!is_sealed(key)) {
    return key;
  }
  if (!lock) {
    return swarm_is_locked();
  }
  auto plain = open_sealed(lock->bytes, key, kPurpose);
  if (!plain && plain.error().code == ErrorCode::Unauthorized) {
    return wrong_unlock_key();
  }
  return plain;
}

bool fits(std::string const& chain, EVP_PKEY* key) {
  ossl::ErrorScope const scope;
  auto const certificate = ossl::read_certificate(chain);
  return certificate && key != nullptr && X509_check_private_key(certificate.get(), key) == 1;
}

}  // namespace

Result<void> KeyFiles::store(MemberIdentity const& identity,
                             std::optional<UnlockKey> const& lock,
                             RandomBytes const& random) const {
  std::error_code failure;
  std::filesystem::create_directories(folder_, failure);
  if (failure) {
    return internal_error("creating " + folder_.string() + ": " + failure.message());
  }
  std::filesystem::permissions(folder_, std::filesystem::perms::owner_all, failure);
  auto const key = lock ? seal(lock->bytes, identity.key, kPurpose, random) : identity.key;
  struct Wanted {
    char const* file;
    std::string_view text;
    mode_t mode;
  };
  for (auto const& [file, text, mode] : {Wanted{kKeyFile, key, 0600},
                                         Wanted{kChainFile, identity.chain, 0644},
                                         Wanted{kRootFile, identity.roots, 0644}}) {
    if (auto const written = write_durably(fresh(folder_ / file), text, mode); !written) {
      return written.error();
    }
  }
  // All the new files must be on disk before the first takes its place.
  if (auto const synced = sync_folder(folder_); !synced) {
    return synced.error();
  }
  for (auto const* file : kFiles) {
    std::filesystem::rename(fresh(folder_ / file), folder_ / file, failure);
    if (failure) {
      return internal_error("renaming " + fresh(folder_ / file).string() + ": " +
                            failure.message());
    }
  }
  return sync_folder(folder_);
}

Result<MemberIdentity> KeyFiles::load(std::optional<UnlockKey> const& lock) const {
  auto const sealed = read_small(folder_ / kKeyFile, kMaxFileBytes);
  auto const chain = read_small(folder_ / kChainFile, kMaxFileBytes);
  if (!std::filesystem::exists(folder_ / kKeyFile)) {
    return not_found("this host has no node certificate");
  }
  auto const key = opened(sealed.value_or(""), lock);
  if (!key) {
    return key.error();
  }
  auto const parsed = ossl::read_key(*key);
  // A crash between the renames has left a new key beside an old certificate; the certificate that
  // belongs to the key still has its first name then.
  bool const cut_off = !chain || !fits(*chain, parsed.get());
  auto const found = cut_off ? read_small(fresh(folder_ / kChainFile), kMaxFileBytes) : chain;
  if (!found || !fits(*found, parsed.get())) {
    return internal_error("the node's key and certificate in " + folder_.string() +
                          " are damaged or do not belong together");
  }
  auto const fresh_roots =
      cut_off ? read_small(fresh(folder_ / kRootFile), kMaxFileBytes) : std::nullopt;
  auto const roots = fresh_roots ? fresh_roots : read_small(folder_ / kRootFile, kMaxFileBytes);
  if (!roots || !ossl::read_certificate(*roots)) {
    return internal_error("the root certificate in " + folder_.string() + " is damaged");
  }
  return MemberIdentity{*found, *key, *roots};
}

bool KeyFiles::locked() const {
  return is_sealed(read_small(folder_ / kKeyFile, kMaxFileBytes).value_or(""));
}

Result<void> KeyFiles::remove() const {
  std::error_code failure;
  for (auto const* file : kFiles) {
    for (auto const& path : {folder_ / file, fresh(folder_ / file)}) {
      std::filesystem::remove(path, failure);
      if (failure) {
        return internal_error("removing " + path.string() + ": " + failure.message());
      }
    }
  }
  return {};
}

}  // namespace swarmward::cluster
