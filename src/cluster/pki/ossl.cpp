#include "cluster/pki/ossl.h"

#include <ctime>

namespace swarmward::cluster::ossl {

namespace {

/// Never asks at the terminal: an encrypted key is an unreadable one.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*context*/) {
  return -1;
}

Bio reader(std::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

}  // namespace

Key read_key(std::string_view pem) {
  ErrorScope const scope;
  if (pem.empty() || pem.size() > kMaxChainBytes) {
    return nullptr;
  }
  auto const bio = reader(pem);
  return Key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr) : nullptr);
}

Certificate read_certificate(std::string_view pem) {
  ErrorScope const scope;
  if (pem.empty() || pem.size() > kMaxChainBytes) {
    return nullptr;
  }
  auto const bio = reader(pem);
  return Certificate(bio ? PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr) : nullptr);
}

Result<std::vector<Certificate>> read_chain(std::string_view pem) {
  ErrorScope const scope;
  if (pem.size() > kMaxChainBytes) {
    return invalid_argument("the chain of certificates is too long");
  }
  auto const bio = reader(pem);
  std::vector<Certificate> chain;
  while (bio) {
    Certificate next(PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr));
    if (!next) {
      break;
    }
    chain.push_back(std::move(next));
    if (chain.size() > kMaxChainLength) {
      return invalid_argument("the chain of certificates is too long");
    }
  }
  // The only good reason to stop is that no further block begins.
  if (chain.empty() || ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) {
    return invalid_argument("not a certificate in PEM form");
  }
  return chain;
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  auto const size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string{};
}

std::string to_pem(X509 const* certificate) {
  ErrorScope const scope;
  Bio const bio(BIO_new(BIO_s_mem()));
  return bio && PEM_write_bio_X509(bio.get(), certificate) == 1 ? text_of(bio.get())
                                                                : std::string{};
}

std::string to_pem(EVP_PKEY const* key) {
  ErrorScope const scope;
  Bio const bio(BIO_new(BIO_s_mem()));
  bool const written =
      bio && PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1;
  return written ? text_of(bio.get()) : std::string{};
}

Time time_of(ASN1_TIME const* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) {
    return Time::min();
  }
  std::chrono::sys_seconds const seconds{std::chrono::seconds(::timegm(&parts))};
  if (seconds >= std::chrono::floor<std::chrono::seconds>(Time::max())) {
    return Time::max();
  }
  if (seconds <= std::chrono::ceil<std::chrono::seconds>(Time::min())) {
    return Time::min();
  }
  return seconds;
}

bool set_time(ASN1_TIME* target, Time time) {
  auto const seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  return ASN1_TIME_set(target, static_cast<std::time_t>(seconds)) != nullptr;
}

std::string to_hex(std::basic_string_view<unsigned char> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (auto const byte : bytes) {
    hex.push_back(kDigits[byte >> 4U]);
    hex.push_back(kDigits[byte & 0x0FU]);
  }
  return hex;
}

}  // namespace swarmward::cluster::ossl
