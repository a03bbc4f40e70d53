#include "app/agent/program_files.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

namespace swarmward::app {

namespace {

/// What the loader says of this process.
struct Loaded {
  std::vector<std::string> libraries;  ///< Paths, the loader's own among them.
  std::string loader;                  ///< Path that the program names; empty if it is static.
};

int note_loaded(dl_phdr_info* info, std::size_t /*size*/, void* into) {
  auto& loaded = *static_cast<Loaded*>(into);
  std::string const name = info->dlpi_name == nullptr ? "" : info->dlpi_name;
  if (name.empty()) {  // The program itself.
    for (auto const* head = info->dlpi_phdr; head != info->dlpi_phdr + info->dlpi_phnum; ++head) {
      if (head->p_type == PT_INTERP) {
        loaded.loader = reinterpret_cast<char const*>(info->dlpi_addr + head->p_vaddr);
      }
    }
  } else if (name.find('/') != std::string::npos) {  // Without: the kernel's part of each process.
    loaded.libraries.push_back(name);
  }
  return 0;
}

Result<ProgramFile> open_part(std::string const& path, std::string place) {
  int const descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status {};
  if (descriptor < 0 || ::fstat(descriptor, &status) != 0) {
    auto const reason = std::string(std::strerror(errno));
    if (descriptor >= 0) {
      ::close(descriptor);
    }
    return internal_error("cannot read " + path + ", a part of this program: " + reason);
  }
  auto const size = static_cast<std::uint64_t>(status.st_size);
  auto bytes = loadable_part(std::make_shared<OpenFile const>(descriptor), size);
  if (!bytes) {
    return in_context(path, bytes.error());
  }
  return ProgramFile{std::move(place), std::move(*bytes)};
}

bool is_native_elf(ElfW(Ehdr) const& head) {
  constexpr unsigned char kClass = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;
  return std::memcmp(head.e_ident, ELFMAG, SELFMAG) == 0 && head.e_ident[EI_CLASS] == kClass &&
         head.e_phentsize == sizeof(ElfW(Phdr));
}

}  // namespace

OpenFile::~OpenFile() {
  ::close(descriptor_);
}

Result<std::string> OpenFile::read(std::uint64_t offset, std::size_t size) const {
  std::string text(size, '\0');
  std::size_t got = 0;
  while (got < size) {
    auto const at = static_cast<off_t>(offset + got);
    auto const count = ::pread(descriptor_, text.data() + got, size - got, at);
    if (count < 0 && errno != EINTR) {
      return internal_error("cannot read a part of this program: " +
                            std::string(std::strerror(errno)));
    }
    if (count == 0) {
      break;
    }
    got += count < 0 ? 0U : static_cast<std::size_t>(count);
  }
  text.resize(got);
  return text;
}

Result<Bytes> loadable_part(std::shared_ptr<OpenFile const> file, std::uint64_t size) {
  Bytes whole{{}, file, 0, size};
  auto text = file->read(0, sizeof(ElfW(Ehdr)));
  if (!text) {
    return text.error();
  }
  ElfW(Ehdr) head{};
  if (text->size() < sizeof(head)) {
    return whole;
  }
  std::memcpy(&head, text->data(), sizeof(head));
  if (!is_native_elf(head)) {
    return whole;
  }
  std::uint64_t const table_end = head.e_phoff + std::uint64_t{head.e_phnum} * head.e_phentsize;
  auto const table = file->read(head.e_phoff, table_end - head.e_phoff);
  if (!table) {
    return table.error();
  }
  auto end = table_end;
  for (std::size_t at = 0; at + sizeof(ElfW(Phdr)) <= table->size(); at += sizeof(ElfW(Phdr))) {
    ElfW(Phdr) segment{};
    std::memcpy(&segment, table->data() + at, sizeof(segment));
    end = std::max<std::uint64_t>(end, segment.p_offset + segment.p_filesz);
  }
  if (end < sizeof(head) || end > size) {
    return whole;
  }
  // The table of sections lies behind what is loaded: the head must not speak of it any more.
  head.e_shoff = 0;
  head.e_shnum = 0;
  head.e_shstrndx = SHN_UNDEF;
  std::memcpy(text->data(), &head, sizeof(head));
  return Bytes{std::move(*text), std::move(file), sizeof(head), end - sizeof(head)};
}

Result<std::vector<ProgramFile>> running_program() {
  Loaded loaded;
  ::dl_iterate_phdr(note_loaded, &loaded);
  std::vector<std::pair<std::string, std::string>> wanted{{"/proc/self/exe", kProgramPath}};
  auto const name_of = [](std::string const& path) {
    return std::filesystem::path(path).filename().string();
  };
  for (auto const& path : loaded.libraries) {
    if (loaded.loader.empty() || name_of(path) != name_of(loaded.loader)) {
      wanted.emplace_back(path, std::string(kLibraryFolder) + "/" + name_of(path));
    }
  }
  if (loaded.loader.size() > 1) {
    wanted.emplace_back(loaded.loader, loaded.loader.substr(1));
  }
  std::vector<ProgramFile> files;
  for (auto const& [path, place] : wanted) {
    auto file = open_part(path, place);
    if (!file) {
      return file.error();
    }
    files.push_back(std::move(*file));
  }
  return files;
}

}  // namespace swarmward::app
