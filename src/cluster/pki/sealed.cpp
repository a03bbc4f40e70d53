#include "cluster/pki/sealed.h"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "cluster/pki/base64.h"
#include "cluster/pki/ossl.h"

namespace swarmward::cluster {

namespace {

constexpr std::string_view kSealPrefix = "WARDSEAL-1-";
constexpr std::string_view kDataKeyPurpose = "data key";
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kMaxPlainBytes = 16UL * 1024 * 1024;

using Cipher = ossl::Owner<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;

unsigned char const* in(std::string_view text) {
  return reinterpret_cast<unsigned char const*>(text.data());
}

unsigned char* out(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

/// The version belongs to what is authenticated.
std::string bound_text(std::string_view purpose) {
  return std::string(kSealPrefix) + std::string(purpose);
}

[[noreturn]] void no_cipher() {
  // Only a broken installation lacks AES-GCM; going on would write secrets in the clear.
  throw std::runtime_error("AES-256-GCM is not available");
}

}  // namespace

DataKey make_data_key(RandomBytes const& random) {
  DataKey key;
  random(key.bytes.data(), key.bytes.size());
  return key;
}

std::string seal_bytes(KeyBytes const& key,
                       std::string_view plain,
                       std::string_view purpose,
                       RandomBytes const& random) {
  ossl::ErrorScope const scope;
  auto const bound = bound_text(purpose);
  std::string bytes(kNonceBytes + plain.size() + kTagBytes, '\0');
  random(out(bytes), kNonceBytes);
  Cipher const cipher(EVP_CIPHER_CTX_new());
  int size = 0;
  auto* const text = out(bytes) + kNonceBytes;
  bool const sealed =
      cipher && plain.size() <= kMaxPlainBytes &&
      EVP_EncryptInit_ex2(cipher.get(), EVP_aes_256_gcm(), key.data(), out(bytes), nullptr) == 1 &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &size, in(bound), static_cast<int>(bound.size())) ==
          1 &&
      EVP_EncryptUpdate(cipher.get(), text, &size, in(plain), static_cast<int>(plain.size())) ==
          1 &&
      EVP_EncryptFinal_ex(cipher.get(), text + plain.size(), &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, text + plain.size()) == 1;
  if (!sealed) {
    no_cipher();
  }
  return bytes;
}

Result<std::string> open_bytes(KeyBytes const& key,
                               std::string_view sealed,
                               std::string_view purpose) {
  if (sealed.size() < kNonceBytes + kTagBytes || sealed.size() > 2 * kMaxPlainBytes) {
    return invalid_argument("not a sealed text");
  }
  ossl::ErrorScope const scope;
  auto const bound = bound_text(purpose);
  auto const length = sealed.size() - kNonceBytes - kTagBytes;
  std::string plain(length, '\0');
  std::string tag(sealed.substr(kNonceBytes + length));
  Cipher const cipher(EVP_CIPHER_CTX_new());
  int size = 0;
  auto const* const text = in(sealed) + kNonceBytes;
  bool const opened =
      cipher &&
      EVP_DecryptInit_ex2(cipher.get(), EVP_aes_256_gcm(), key.data(), in(sealed), nullptr) == 1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &size, in(bound), static_cast<int>(bound.size())) ==
          1 &&
      EVP_DecryptUpdate(cipher.get(), out(plain), &size, text, static_cast<int>(length)) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, out(tag)) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), out(plain) + length, &size) == 1;
  if (!opened) {
    return Error{ErrorCode::Unauthorized, "the key does not open the sealed text"};
  }
  return plain;
}

std::string seal(KeyBytes const& key,
                 std::string_view plain,
                 std::string_view purpose,
                 RandomBytes const& random) {
  return std::string(kSealPrefix) + to_base64(seal_bytes(key, plain, purpose, random));
}

Result<std::string> open_sealed(KeyBytes const& key,
                                std::string_view sealed,
                                std::string_view purpose) {
  auto const bytes = is_sealed(sealed) && sealed.size() < 2 * kMaxPlainBytes
                         ? from_base64(sealed.substr(kSealPrefix.size()))
                         : std::nullopt;
  if (!bytes) {
    return invalid_argument("not a sealed text");
  }
  return open_bytes(key, *bytes, purpose);
}

bool is_sealed(std::string_view text) {
  return text.starts_with(kSealPrefix);
}

std::string wrap_key(DataKey const& key, UnlockKey const& by, RandomBytes const& random) {
  std::string_view const plain(reinterpret_cast<char const*>(key.bytes.data()), key.bytes.size());
  return seal(by.bytes, plain, kDataKeyPurpose, random);
}

Result<DataKey> unwrap_key(std::string_view wrapped, UnlockKey const& by) {
  auto const plain = open_sealed(by.bytes, wrapped, kDataKeyPurpose);
  if (!plain) {
    return plain.error().code == ErrorCode::Unauthorized ? wrong_unlock_key() : plain.error();
  }
  DataKey key;
  if (plain->size() != key.bytes.size()) {
    return invalid_argument("not a wrapped key");
  }
  std::ranges::copy(*plain, key.bytes.begin());
  return key;
}

}  // namespace swarmward::cluster
