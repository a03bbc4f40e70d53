#include "app/agent/agent_image.h"

#include <map>

#include <elf.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <sys/mman.h>
#include <unistd.h>

#include "app/agent/tar_text.h"

namespace swarmward::app {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Key;

std::string read_all(std::vector<Bytes> const& parts) {
  BytesReader reader(parts);
  std::string text;
  for (;;) {
    auto const piece = reader.next();
    EXPECT_TRUE(piece) << piece.error().message;
    if (!piece || piece->empty()) {
      return text;
    }
    text += *piece;
  }
}

struct Member {
  char kind = 0;
  std::string mode;
  std::string bytes;
};

/// An archive as tar sees it; checks every block's sum.
std::map<std::string, Member> members_of(std::string const& archive) {
  std::map<std::string, Member> members;
  EXPECT_EQ(archive.size() % 512, 0U);
  for (std::size_t at = 0; at + 512 <= archive.size() && archive[at] != '\0';) {
    auto block = archive.substr(at, 512);
    auto const size = std::stoul(block.substr(124, 11), nullptr, 8);
    auto const told = std::stoul(block.substr(148, 6), nullptr, 8);
    block.replace(148, 8, 8, ' ');
    unsigned long sum = 0;
    for (unsigned char const byte : block) {
      sum += byte;
    }
    EXPECT_EQ(sum, told);
    EXPECT_EQ(block.substr(257, 8), std::string("ustar\0", 6) + "00");
    members[block.c_str()] = {block[156], block.substr(100, 7), archive.substr(at + 512, size)};
    at += 512 + (size + 511) / 512 * 512;
  }
  EXPECT_EQ(archive.substr(archive.size() - 1024), std::string(1024, '\0'));
  return members;
}

std::string sha256(std::string const& text) {
  unsigned char bytes[32];
  EVP_Digest(text.data(), text.size(), bytes, nullptr, EVP_sha256(), nullptr);
  std::string digits;
  for (auto const byte : bytes) {
    char pair[3];
    std::snprintf(pair, sizeof(pair), "%02x", static_cast<unsigned>(byte));
    digits += pair;
  }
  return digits;
}

std::shared_ptr<OpenFile const> file_of(std::string const& text) {
  int const descriptor = ::memfd_create("test", MFD_CLOEXEC);
  EXPECT_EQ(::write(descriptor, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  return std::make_shared<OpenFile const>(descriptor);
}

TEST(TarText, NamesAndSizesThatFit) {
  EXPECT_TRUE(tar_header({std::string(100, 'a'), 1}));
  EXPECT_FALSE(tar_header({std::string(101, 'a'), 1}));
  EXPECT_FALSE(tar_header({"a", 1ULL << 33U}));
  EXPECT_EQ(tar_padding(512).size(), 0U);
  EXPECT_EQ(tar_padding(1).size(), 511U);
}

TEST(TarText, FirstFileIsFoundBehindFoldersAndExtensions) {
  auto extension = *tar_header({"pax", 3});
  extension[156] = 'x';
  auto const archive = *tar_header({"d/", 0, 0755, TarKind::Folder}) + extension + "abc" +
                       tar_padding(3) + *tar_header({"f", 2}) + "hi" + tar_padding(2) + tar_end();
  EXPECT_EQ(first_file(archive), "hi");
  EXPECT_EQ(first_file(tar_end()), std::nullopt);
  EXPECT_EQ(first_file(archive.substr(0, 1024)), std::nullopt);
  EXPECT_EQ(first_file(*tar_header({"f", 2000}) + "cut"), std::nullopt);
}

TEST(AgentImage, IsADockerArchiveOfOneLayer) {
  std::string const big(700'000, 'x');
  std::vector<ProgramFile> const files{{"swarmward", {"head", file_of(big), 100, 600'000}},
                                       {"lib64/loader", {"L", nullptr, 0, 0}}};
  auto const image = AgentImage::make(files, "amd64");
  ASSERT_TRUE(image) << image.error().message;
  auto const archive = read_all(image->archive());
  EXPECT_EQ(archive.size(), image->size());
  auto members = members_of(archive);
  auto const manifest = json::parse(members["manifest.json"].bytes).at(0);
  EXPECT_EQ(manifest["Layers"], json::parse(R"(["layer.tar"])"));
  EXPECT_EQ(manifest["RepoTags"][0], image->reference());
  std::string const name = manifest["Config"];
  ASSERT_THAT(members, Contains(Key(name)));
  EXPECT_EQ(name, sha256(members[name].bytes) + ".json");
  EXPECT_THAT(image->reference(), HasSubstr("-" + name.substr(0, 12)));
  auto const config = json::parse(members[name].bytes);
  EXPECT_EQ(config["architecture"], "amd64");
  EXPECT_EQ(config["config"]["Entrypoint"], json::parse(R"(["/swarmward"])"));
  EXPECT_EQ(config["config"]["Env"], json::parse(R"(["LD_LIBRARY_PATH=/lib/swarmward"])"));
  EXPECT_TRUE(config["config"]["Labels"].contains("ward.agent"));
  auto const& layer = members["layer.tar"].bytes;
  EXPECT_EQ(config["rootfs"]["diff_ids"], json::array({"sha256:" + sha256(layer)}));
  auto inside = members_of(layer);
  EXPECT_EQ(inside["swarmward"].bytes, "head" + big.substr(100, 600'000));
  EXPECT_EQ(inside["swarmward"].mode, "0000755");
  EXPECT_EQ(inside["lib64/loader"].bytes, "L");
  EXPECT_EQ(inside["lib64/"].kind, '5');
}

TEST(AgentImage, TheSameFilesMakeTheSameImageOthersAnother) {
  auto const reference = [](std::string const& text) {
    return AgentImage::make({{"swarmward", {text, nullptr, 0, 0}}}, "amd64")->reference();
  };
  EXPECT_EQ(reference("a"), reference("a"));
  EXPECT_NE(reference("a"), reference("b"));
}

TEST(AgentImage, FilesThatBecomeShorterAreNoticed) {
  BytesReader reader({{"", file_of("12"), 0, 3}});
  auto const piece = reader.next();
  ASSERT_FALSE(piece);
  EXPECT_THAT(piece.error().message, HasSubstr("shortened"));
}

TEST(ProgramFiles, TheRunningProgramWithItsLoaderAndLibraries) {
  auto const files = running_program();
  ASSERT_TRUE(files) << files.error().message;
  std::map<std::string, Bytes> by_path;
  for (auto const& file : *files) {
    EXPECT_TRUE(by_path.emplace(file.path, file.bytes).second) << file.path << " is there twice";
    EXPECT_EQ(file.bytes.text.substr(0, 4), ELFMAG) << file.path;
  }
  EXPECT_THAT(by_path, Contains(Key("swarmward")));
  EXPECT_THAT(by_path, Contains(Key("lib/swarmward/libc.so.6")));
  auto const loaders = std::ranges::count_if(
      by_path, [](auto const& each) { return each.first.find("ld-linux") != std::string::npos; });
  EXPECT_EQ(loaders, 1) << "where the program looks for it, and not among the libraries";
}

TEST(ProgramFiles, OnlyWhatIsLoadedIsKept) {
  Elf64_Ehdr head{};
  std::copy_n(ELFMAG, SELFMAG, head.e_ident);
  head.e_ident[EI_CLASS] = ELFCLASS64;
  head.e_phoff = sizeof(head);
  head.e_phentsize = sizeof(Elf64_Phdr);
  head.e_phnum = 1;
  head.e_shoff = 500;
  head.e_shnum = 3;
  Elf64_Phdr segment{};
  segment.p_offset = 200;
  segment.p_filesz = 50;
  std::string text(600, '.');
  text.replace(0, sizeof(head), reinterpret_cast<char const*>(&head), sizeof(head));
  text.replace(
      sizeof(head), sizeof(segment), reinterpret_cast<char const*>(&segment), sizeof(segment));
  auto const part = loadable_part(file_of(text), text.size());
  ASSERT_TRUE(part);
  auto const kept = read_all({*part});
  ASSERT_EQ(kept.size(), 250U);
  EXPECT_EQ(kept.substr(sizeof(head)), text.substr(sizeof(head), 250 - sizeof(head)));
  Elf64_Ehdr after{};
  std::copy_n(kept.data(), sizeof(after), reinterpret_cast<char*>(&after));
  EXPECT_EQ(after.e_shoff, 0U);
  EXPECT_EQ(after.e_shnum, 0U);
  EXPECT_EQ(after.e_phnum, 1U);
}

TEST(ProgramFiles, OtherFilesAreKeptWhole) {
  for (auto const& text : {std::string(), std::string("#!/bin/sh"), std::string(300, 'x')}) {
    auto const part = loadable_part(file_of(text), text.size());
    ASSERT_TRUE(part);
    EXPECT_EQ(read_all({*part}), text);
  }
}

}  // namespace
}  // namespace swarmward::app
