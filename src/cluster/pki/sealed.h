#pragma once

#include <string>
#include <string_view>

#include "base/id.h"
#include "base/result.h"
#include "cluster/pki/unlock_key.h"

namespace swarmward::cluster {

/// Encrypts a manager's secrets at rest; is itself kept wrapped by the unlock key, so that changing
/// the unlock key does not touch what the data key encrypts.
struct DataKey {
  KeyBytes bytes{};
};

[[nodiscard]] DataKey make_data_key(RandomBytes const& random);

/// Nonce, ciphertext and tag of AES-256-GCM, the nonce random. `purpose` is bound to the bytes and
/// must be given again to open them: what was sealed for another place does not open. A key should
/// seal fewer than 2^32 texts.
[[nodiscard]] std::string seal_bytes(KeyBytes const& key,
                                     std::string_view plain,
                                     std::string_view purpose,
                                     RandomBytes const& random);
/// Errors: InvalidArgument if it is too short to be sealed bytes, Unauthorized if the key or the
/// purpose is another or the bytes were changed; which of them cannot be told.
[[nodiscard]] Result<std::string> open_bytes(KeyBytes const& key,
                                             std::string_view sealed,
                                             std::string_view purpose);

/// `WARDSEAL-1-<base64 of seal_bytes()>`, for files of text.
[[nodiscard]] std::string seal(KeyBytes const& key,
                               std::string_view plain,
                               std::string_view purpose,
                               RandomBytes const& random);

/// Errors: those of open_bytes(); InvalidArgument if it is not a sealed text.
[[nodiscard]] Result<std::string> open_sealed(KeyBytes const& key,
                                              std::string_view sealed,
                                              std::string_view purpose);

/// Does it look like the result of seal()?
[[nodiscard]] bool is_sealed(std::string_view text);

/// The data key, sealed by the unlock key.
[[nodiscard]] std::string wrap_key(DataKey const& key,
                                   UnlockKey const& by,
                                   RandomBytes const& random);
/// Errors: InvalidArgument if it is no wrapped key, Unauthorized with native's text for another
/// unlock key.
[[nodiscard]] Result<DataKey> unwrap_key(std::string_view wrapped, UnlockKey const& by);

}  // namespace swarmward::cluster
