#include "app/agent/agent_image.h"

#include <algorithm>
#include <array>
#include <set>

#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include "app/agent/tar_text.h"
#include "base/version.h"

namespace swarmward::app {

namespace {

using nlohmann::json;

constexpr std::size_t kPiece = 256UL * 1024;
constexpr std::size_t kTagDigits = 12;
constexpr char const* kBeginning = "1970-01-01T00:00:00Z";

class Digest {
 public:
  Digest() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
  }
  void add(std::string const& text) { EVP_DigestUpdate(context_.get(), text.data(), text.size()); }
  /// In hexadecimal digits.
  [[nodiscard]] std::string end() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    EVP_DigestFinal_ex(context_.get(), bytes.data(), &size);
    std::string text;
    for (unsigned n = 0; n < size; ++n) {
      constexpr char const* kDigits = "0123456789abcdef";
      text += kDigits[bytes[n] >> 4U];
      text += kDigits[bytes[n] & 15U];
    }
    return text;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

Result<std::string> digest_of(std::vector<Bytes> const& parts) {
  BytesReader reader(parts);
  Digest digest;
  for (;;) {
    auto const piece = reader.next();
    if (!piece) {
      return piece.error();
    }
    if (piece->empty()) {
      return digest.end();
    }
    digest.add(*piece);
  }
}

std::uint64_t size_of(std::vector<Bytes> const& parts) {
  std::uint64_t size = 0;
  for (auto const& part : parts) {
    size += part.size();
  }
  return size;
}

Bytes text_part(std::string text) {
  return {std::move(text), nullptr, 0, 0};
}

/// Adds a member with all that stands around its bytes.
Result<void> add_member(std::vector<Bytes>& archive,
                        TarEntry entry,
                        std::vector<Bytes> const& bytes) {
  entry.size = size_of(bytes);
  auto header = tar_header(entry);
  if (!header) {
    return header.error();
  }
  archive.push_back(text_part(std::move(*header)));
  archive.insert(archive.end(), bytes.begin(), bytes.end());
  archive.push_back(text_part(tar_padding(entry.size)));
  return {};
}

/// Every folder on the way to the files, the outer ones first.
std::set<std::string> folders_of(std::vector<ProgramFile> const& files) {
  std::set<std::string> folders{"var/", "var/lib/", "var/lib/swarmward/", "run/", "tmp/"};
  for (auto const& file : files) {
    for (auto at = file.path.find('/'); at != std::string::npos; at = file.path.find('/', at + 1)) {
      folders.insert(file.path.substr(0, at + 1));
    }
  }
  return folders;
}

Result<std::vector<Bytes>> make_layer(std::vector<ProgramFile> const& files) {
  std::vector<Bytes> layer;
  for (auto const& folder : folders_of(files)) {
    if (auto added = add_member(layer, {folder, 0, 0755, TarKind::Folder}, {}); !added) {
      return added.error();
    }
  }
  for (auto const& file : files) {
    if (auto added = add_member(layer, {file.path, 0, 0755, TarKind::File}, {file.bytes}); !added) {
      return added.error();
    }
  }
  layer.push_back(text_part(tar_end()));
  return layer;
}

json image_config(std::string const& layer_digest, std::string const& architecture) {
  json config;
  config["Entrypoint"] = {std::string("/") + kProgramPath};
  config["Env"] = {std::string("LD_LIBRARY_PATH=/") + kLibraryFolder};
  config["Labels"] = {{kAgentLabel, ""}};
  config["WorkingDir"] = "/";
  json document;
  document["architecture"] = architecture;
  document["os"] = "linux";
  document["created"] = kBeginning;
  document["config"] = std::move(config);
  document["rootfs"] = {{"type", "layers"}, {"diff_ids", {"sha256:" + layer_digest}}};
  document["history"] = json::array({{{"created", kBeginning}, {"created_by", "swarmward"}}});
  return document;
}

}  // namespace

Result<AgentImage> AgentImage::make(std::vector<ProgramFile> const& files,
                                    std::string const& architecture) {
  constexpr char const* kLayer = "layer.tar";
  auto const layer = make_layer(files);
  if (!layer) {
    return layer.error();
  }
  auto const layer_digest = digest_of(*layer);
  if (!layer_digest) {
    return layer_digest.error();
  }
  auto const config = image_config(*layer_digest, architecture).dump();
  auto const id = digest_of({text_part(config)});
  AgentImage image;
  image.reference_ =
      std::string("swarmward-agent:") + kVersion + "-" + id.value().substr(0, kTagDigits);
  json manifest;
  manifest["Config"] = *id + ".json";
  manifest["RepoTags"] = {image.reference_};
  manifest["Layers"] = {kLayer};
  auto& archive = image.archive_;
  auto added = add_member(archive, {kLayer}, *layer);
  if (added) {
    added = add_member(archive, {*id + ".json"}, {text_part(config)});
  }
  if (added) {
    added = add_member(
        archive, {"manifest.json"}, {text_part(json::array({std::move(manifest)}).dump())});
  }
  if (!added) {
    return added.error();
  }
  archive.push_back(text_part(tar_end()));
  return image;
}

std::uint64_t AgentImage::size() const {
  return size_of(archive_);
}

Result<std::string> BytesReader::next() {
  std::string piece;
  while (part_ < parts_.size() && piece.size() < kPiece) {
    auto const& part = parts_[part_];
    auto const room = kPiece - piece.size();
    if (at_ < part.text.size()) {
      auto const text = part.text.substr(at_, room);
      piece += text;
      at_ += text.size();
    } else if (at_ < part.size()) {
      auto const done = at_ - part.text.size();
      auto const wanted = std::min<std::uint64_t>(room, part.length - done);
      auto const text = part.file->read(part.from + done, wanted);
      if (!text || text->size() < wanted) {
        return text ? internal_error("a part of this program was shortened while it was read")
                    : text.error();
      }
      piece += *text;
      at_ += text->size();
    } else {
      ++part_;
      at_ = 0;
    }
  }
  return piece;
}

}  // namespace swarmward::app
