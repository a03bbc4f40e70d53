#include "api/routes/routes_volumes.h"

#include "api/routes/testing/networks_test.h"

namespace swarmward::api {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

std::string const kOfTheSwarm =
    R"({"Name":"data","Driver":"csi","ClusterVolumeSpec":{"AccessMode":{"Scope":"single"}}})";

class VolumesTest : public NetworksTest {
 protected:
  VolumesTest() { answers_["/volumes/create"] = answer(201, R"({"Name":"data"})"); }
  void leave() {
    change([](state::Draft& draft) -> Result<void> {
      draft.erase_cluster();
      return {};
    });
  }
};

TEST_F(VolumesTest, OfTheSwarmAreRefusedWithCauseAndCure) {
  for (auto const& body : {kOfTheSwarm, std::string(R"({"clustervolumespec":{}})")}) {
    EXPECT_THAT(outcome("POST", "/volumes/create", body),
                AllOf(StartsWith("501 cluster volumes (CSI) are not part of this version"),
                      HasSubstr("leave out --type"),
                      HasSubstr("--driver")));
  }
  EXPECT_THAT(passed_on(), IsEmpty());
}

TEST_F(VolumesTest, AllOthersAreTheEngines) {
  for (auto const* body :
       {R"({"Name":"data"})", R"({"ClusterVolumeSpec":null})", "", "nonsense", "[1]"}) {
    EXPECT_EQ(outcome("POST", "/volumes/create", body), "201") << body;
    EXPECT_THAT(passed_on().back(), HasSubstr(body));
  }
}

TEST_F(VolumesTest, AnUpdateSaysThatThereIsNothingToUpdate) {
  EXPECT_THAT(outcome("PUT", "/volumes/data?version=7", R"({"Spec":{}})"),
              AllOf(StartsWith("501 cluster volumes (CSI)"), HasSubstr("volume data is none")));
}

TEST_F(VolumesTest, AreLookedAtInASwarmAlone) {
  auto const owned = [this](ApiVersion version) {
    return api_->owns("POST", "/volumes/create", version, "") &&
           api_->owns("PUT", "/volumes/data", version, "");
  };
  EXPECT_TRUE(owned({1, 42}));
  EXPECT_FALSE(owned({1, 41})) << "the engine ignores what it does not know";
  EXPECT_FALSE(api_->owns("GET", "/volumes/data", {1, 44}, ""));
  EXPECT_FALSE(api_->owns("DELETE", "/volumes/create", {1, 44}, ""));
  leave();
  EXPECT_FALSE(owned({1, 44}));
  auto worker = WorkerView();
  control_.worker_view = std::make_shared<WorkerView const>(worker);
  EXPECT_TRUE(owned({1, 44}));
  EXPECT_THAT(outcome("POST", "/volumes/create", kOfTheSwarm), StartsWith("501 cluster volumes"));
  worker.locked = true;
  control_.worker_view = std::make_shared<WorkerView const>(worker);
  EXPECT_FALSE(owned({1, 44}));
}

TEST_F(VolumesTest, OfAllNodesAreRefusedToo) {
  serve(Scope::Cluster);
  EXPECT_THAT(outcome("POST", "/volumes/create", kOfTheSwarm), StartsWith("501 cluster volumes"));
}

}  // namespace
}  // namespace swarmward::api
