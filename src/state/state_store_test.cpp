#include "state/state_store.h"

#include <filesystem>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "state/sqlite/sqlite_persistence.h"
#include "state/testing/memory_persistence.h"

namespace swarmward::state {
namespace {

model::Service named(std::string const& name) {
  model::Service service;
  service.id = new_id<model::ServiceTag>(system_random());
  model::ServiceSpec spec;
  spec.annotations.name = name;
  service.spec = std::make_shared<model::ServiceSpec const>(std::move(spec));
  return service;
}

Change add(std::string const& name) {
  return [service = named(name)](Draft& draft) -> Result<void> {
    draft.put(service);
    return {};
  };
}

class StateStoreTest : public testing::Test {
 protected:
  StateStoreTest() {
    auto memory = std::make_unique<MemoryPersistence>();
    disk_ = memory.get();
    store_ = std::make_unique<StateStore>(
        context_.get_executor(), std::move(memory), id_only_codec(), clock_);
  }

  /// Runs one update to its end.
  Result<std::uint64_t> run(Change change) {
    std::optional<Result<std::uint64_t>> outcome;
    auto const record = [&](std::exception_ptr const&, Result<std::uint64_t> result) {
      outcome = std::move(result);
    };
    asio::co_spawn(context_, store_->update(std::move(change)), record);
    while (!outcome) {
      context_.run_one();
    }
    return *outcome;
  }

  asio::io_context context_;
  asio::executor_work_guard<asio::io_context::executor_type> guard_{context_.get_executor()};
  SystemClock clock_;
  std::unique_ptr<StateStore> store_;
  MemoryPersistence* disk_ = nullptr;
};

TEST_F(StateStoreTest, AcknowledgesWhatIsOnDiskAndPublished) {
  ASSERT_TRUE(store_->load());
  auto const version = run(add("web"));
  ASSERT_TRUE(version);
  EXPECT_EQ(*version, 1U);
  EXPECT_EQ(disk_->rows.size(), 2U);  // The service and the version counter.
  EXPECT_EQ(store_->snapshot()->services.size(), 1U);
  EXPECT_NE(store_->snapshot()->service_names.find("web"), nullptr);
}

TEST_F(StateStoreTest, ARefusedChangeLeavesNothing) {
  ASSERT_TRUE(store_->load());
  auto refuse = [](Draft& draft) -> Result<void> {
    draft.put(named("half"));
    return conflict("no");
  };
  EXPECT_EQ(run(refuse).error().message, "no");
  EXPECT_TRUE(store_->head().services.empty());
  EXPECT_EQ(store_->head().version, 0U);
}

TEST_F(StateStoreTest, ARefusedChangeIsTakenBackWhole) {
  ASSERT_TRUE(store_->load());
  auto const web = named("web");
  auto const gone = named("gone");
  auto made = [](char const* id, char const* node) {
    model::Task task;
    task.id = model::TaskId(id);
    task.service_id = model::ServiceId("s");
    task.node_id = model::NodeId(node);
    return task;
  };
  ASSERT_TRUE(run([&](Draft& draft) -> Result<void> {
    draft.put(web);
    draft.put(gone);
    draft.put(made("a", "n1"));
    draft.put(made("b", ""));
    return {};
  }));
  auto const before = store_->head();
  EXPECT_FALSE(run([&](Draft& draft) -> Result<void> {
    auto renamed = named("new");
    renamed.id = web.id;
    draft.put(renamed);
    draft.erase(gone.id);
    draft.put(named("gone"));
    draft.put(made("b", "n2"));
    draft.put(made("b", "n3"));
    draft.put(made("c", "n1"));
    draft.erase(model::TaskId("a"));
    return conflict("no");
  }));
  auto const& head = store_->head();
  EXPECT_EQ(head.version, before.version);
  EXPECT_EQ(head.services.size(), 2U);
  EXPECT_EQ(head.find_service(web.id), before.find_service(web.id));
  EXPECT_EQ(*head.service_names.find("gone"), gone.id);
  EXPECT_EQ(head.service_names.find("new"), nullptr);
  EXPECT_EQ(head.tasks.size(), 2U);
  EXPECT_EQ(head.tasks_by_service.size(), 2U);
  ASSERT_EQ(head.tasks_by_node.size(), 1U);
  EXPECT_EQ(head.tasks_on(model::NodeId("n1")), before.tasks_on(model::NodeId("n1")));
}

TEST_F(StateStoreTest, SecretsAndConfigsAreKeptByIdAndName) {
  ASSERT_TRUE(store_->load());
  model::Secret secret;
  secret.id = new_id<model::SecretTag>(system_random());
  secret.spec.annotations.name = "Key";
  model::Config config;
  config.id = new_id<model::ConfigTag>(system_random());
  config.spec.annotations.name = "Site";
  ASSERT_TRUE(run([&](Draft& draft) -> Result<void> {
    draft.put(secret);
    draft.put(config);
    return {};
  }));
  EXPECT_FALSE(run([&](Draft& draft) -> Result<void> {
    draft.erase(secret.id);
    auto renamed = config;
    renamed.spec.annotations.name = "other";
    draft.put(renamed);
    return conflict("no");
  }));
  auto const loaded = snapshot_from(*disk_->load(), id_only_codec());
  ASSERT_TRUE(loaded) << loaded.error().message;
  for (auto const* view : {&store_->head(), store_->snapshot().get(), &*loaded}) {
    ASSERT_NE(view->find_secret(secret.id), nullptr);
    EXPECT_EQ(view->find_secret(secret.id)->name(), "Key");
    EXPECT_EQ(view->find_config(config.id)->name(), "Site");
    EXPECT_EQ(*view->secret_names.find("key"), secret.id);
    EXPECT_EQ(*view->config_names.find("site"), config.id);
    EXPECT_EQ(view->config_names.find("other"), nullptr);
  }
  ASSERT_TRUE(run([&](Draft& draft) -> Result<void> {
    draft.erase(secret.id);
    draft.erase(config.id);
    return {};
  }));
  EXPECT_EQ(store_->snapshot()->find_secret(secret.id), nullptr);
  EXPECT_EQ(store_->snapshot()->config_names.find("site"), nullptr);
  EXPECT_EQ(disk_->rows.size(), 1U) << "the version counter";
}

TEST_F(StateStoreTest, CredentialsAreKeptByIdAndRegistry) {
  ASSERT_TRUE(store_->load());
  model::RegistryCredential credential;
  credential.id = new_id<model::CredentialTag>(system_random());
  credential.login.server = "registry:5000";
  ASSERT_TRUE(run([&](Draft& draft) -> Result<void> {
    draft.put(credential);
    return {};
  }));
  EXPECT_FALSE(run([&](Draft& draft) -> Result<void> {
    draft.erase(credential.id);
    return conflict("no");
  }));
  auto const loaded = snapshot_from(*disk_->load(), id_only_codec());
  ASSERT_TRUE(loaded) << loaded.error().message;
  for (auto const* view : {&store_->head(), store_->snapshot().get(), &*loaded}) {
    ASSERT_NE(view->credential_for("registry:5000"), nullptr);
    EXPECT_EQ(view->credential_for("registry:5000")->id, credential.id);
    EXPECT_EQ(view->credential_for("docker.io"), nullptr);
  }
  ASSERT_TRUE(run([&](Draft& draft) -> Result<void> {
    draft.erase(credential.id);
    return {};
  }));
  EXPECT_EQ(store_->snapshot()->credential_for("registry:5000"), nullptr);
  EXPECT_EQ(disk_->rows.size(), 1U) << "the version counter";
}

TEST_F(StateStoreTest, AFullDiskTakesTheHeadBackAndTellsTheWriter) {
  ASSERT_TRUE(store_->load());
  ASSERT_TRUE(run(add("kept")));
  disk_->fail = true;
  auto const refused = run(add("lost"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Unavailable);
  EXPECT_EQ(store_->head().services.size(), 1U);
  EXPECT_EQ(store_->snapshot()->services.size(), 1U);
  disk_->fail = false;
  EXPECT_TRUE(run(add("after")));
  EXPECT_EQ(store_->snapshot()->services.size(), 2U);
}

TEST_F(StateStoreTest, WritesThatArriveTogetherAreCommittedTogether) {
  ASSERT_TRUE(store_->load());
  int done = 0;
  auto const count = [&](std::exception_ptr const&, Result<std::uint64_t> const& result) {
    EXPECT_TRUE(result);
    ++done;
  };
  {
    std::lock_guard const hold_the_disk(disk_->mutex);
    for (int i = 0; i < 50; ++i) {
      asio::co_spawn(context_, store_->update(add("s" + std::to_string(i))), count);
    }
    context_.poll();
  }
  while (done < 50) {
    context_.run_one();
  }
  EXPECT_LE(disk_->writes, 3);
  EXPECT_EQ(store_->snapshot()->services.size(), 50U);
}

TEST_F(StateStoreTest, WatchersSeeWhatWasTouched) {
  std::vector<std::string> seen;
  store_->watch([&](auto const& snapshot, Touched const& touched) {
    for (auto const& touch : touched.services) {
      seen.push_back(
          (touch.after ? "put " + touch.after->name() : "erased " + touch.before->name()));
      EXPECT_EQ(snapshot->version, store_->snapshot()->version);
    }
  });
  ASSERT_TRUE(store_->load());
  auto const web = named("web");
  ASSERT_TRUE(run([&](Draft& draft) -> Result<void> {
    draft.put(web);
    return {};
  }));
  ASSERT_TRUE(run([&](Draft& draft) -> Result<void> {
    draft.erase(web.id);
    return {};
  }));
  EXPECT_THAT(seen, testing::ElementsAre("put web", "erased web"));
  EXPECT_TRUE(store_->snapshot()->service_names.empty());
}

class SqliteTest : public testing::Test {
 protected:
  SqliteTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "swarmward-state-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~SqliteTest() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string file() const { return folder_ / "state.db"; }
  std::filesystem::path folder_;
};

TEST_F(SqliteTest, GivesBackWhatWasWritten) {
  {
    auto disk = SqlitePersistence::open(file());
    ASSERT_TRUE(disk) << disk.error().message;
    ASSERT_TRUE((*disk)->load());
    ASSERT_TRUE(
        (*disk)->write({{ObjectKind::Service, "a", "one"}, {ObjectKind::Task, "a", "two"}}));
    ASSERT_TRUE((*disk)->write({{ObjectKind::Service, "a", "three"}, {ObjectKind::Task, "a", ""}}));
  }
  auto disk = SqlitePersistence::open(file());
  auto const rows = (*disk)->load();
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_EQ(rows->front().body, "three");
  EXPECT_EQ(std::filesystem::status(file()).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(SqliteTest, RefusesAFileThatIsNoDatabase) {
  std::filesystem::create_directories(folder_);
  {
    FILE* out = std::fopen(file().c_str(), "w");
    for (int i = 0; i < 2000; ++i) {
      std::fputs("garbage ", out);
    }
    std::fclose(out);
  }
  EXPECT_FALSE(SqlitePersistence::open(file()));
}

}  // namespace
}  // namespace swarmward::state
