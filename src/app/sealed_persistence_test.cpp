#include "app/sealed_persistence.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

namespace swarmward::app {
namespace {

using state::ObjectKind;
using state::Row;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

struct Disk {
  std::vector<Row> rows;
};

class MemoryDisk final : public state::Persistence {
 public:
  explicit MemoryDisk(Disk& disk) : disk_(disk) {}
  Result<std::vector<Row>> load() override { return disk_.rows; }
  Result<void> write(std::vector<Row> const& rows) override {
    for (auto const& row : rows) {
      std::erase_if(disk_.rows,
                    [&](Row const& old) { return old.kind == row.kind && old.id == row.id; });
      if (!row.body.empty()) {
        disk_.rows.push_back(row);
      }
    }
    return {};
  }

 private:
  Disk& disk_;
};

class SealedPersistenceTest : public testing::Test {
 protected:
  SealedPersistenceTest() {
    auto pattern = (std::filesystem::temp_directory_path() / "sealed-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    EXPECT_TRUE(key_.emplace(folder_ / "state.key", random_).open());
  }
  ~SealedPersistenceTest() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] SealedPersistence sealed() {
    return {std::make_unique<MemoryDisk>(disk_), *key_, random_};
  }

  std::filesystem::path folder_;
  RandomBytes random_ = system_random();
  std::optional<cluster::StateKey> key_;
  Disk disk_;
};

TEST_F(SealedPersistenceTest, WhatItWritesOnlyItReads) {
  auto first = sealed();
  ASSERT_TRUE(first.load());
  ASSERT_TRUE(first.write({{ObjectKind::Service, "web", "password=hunter2"}}));
  ASSERT_THAT(disk_.rows, SizeIs(1));
  EXPECT_THAT(disk_.rows[0].body, Not(HasSubstr("hunter2")));
  auto const read = sealed().load();
  ASSERT_TRUE(read);
  EXPECT_EQ(read->at(0).body, "password=hunter2");
  ASSERT_TRUE(first.write({{ObjectKind::Service, "web", ""}}));
  EXPECT_THAT(disk_.rows, SizeIs(0)) << "a removal stays one";
}

TEST_F(SealedPersistenceTest, ReadsWhatIsInTheClearAndEncryptsIt) {
  disk_.rows = {{ObjectKind::Cluster, "c", R"({"key":"secret"})"}};
  auto const read = sealed().load();
  ASSERT_TRUE(read);
  EXPECT_EQ(read->at(0).body, R"({"key":"secret"})");
  EXPECT_THAT(disk_.rows.at(0).body, Not(HasSubstr("secret")));
}

TEST_F(SealedPersistenceTest, ARowInTheWrongPlaceOrOfAnotherKeyIsAnError) {
  auto first = sealed();
  ASSERT_TRUE(first.load());
  ASSERT_TRUE(first.write({{ObjectKind::Service, "web", "x"}}));
  disk_.rows[0].id = "other";
  auto const moved = sealed().load();
  ASSERT_FALSE(moved);
  EXPECT_THAT(moved.error().message, HasSubstr("another key than the one in state.key"));
  disk_.rows[0].id = "web";
  ASSERT_TRUE(key_->replace());
  EXPECT_FALSE(sealed().load());
  ASSERT_TRUE(sealed().forget());
  EXPECT_THAT(disk_.rows, SizeIs(0));
}

}  // namespace
}  // namespace swarmward::app
