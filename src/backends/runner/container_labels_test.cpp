#include "backends/runner/container_labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backends/runner/label_values.h"

namespace swarmward::backends {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::int64_t kMiB = 1 << 20;

Result<ContainerLabels> read(model::StringMap const& service,
                             std::set<std::string, std::less<>> allowed = {}) {
  return read_container_labels(service, {}, LabelPolicy{std::move(allowed)});
}

std::string refusal(model::StringMap const& service) {
  auto const labels = read(service);
  return labels ? "" : labels.error().message;
}

TEST(ContainerLabels, HarmlessOnesNeedNoPermission) {
  auto const labels = read({{"ward.shm-size", "64m"},
                            {"ward.memory-reservation", "1.5g"},
                            {"ward.cpuset-cpus", "0-1,3"},
                            {"ward.ipc", "shareable"},
                            {"ward.cgroupns", "private"},
                            {"ward.gpus", "device=a,b"},
                            {"ward.pull", "missing"},
                            {"ward.privileged", "false"},
                            {"ward.rebalance", "auto"},
                            {"mine", "x"}});
  ASSERT_TRUE(labels) << labels.error().message;
  EXPECT_EQ(labels->shm_bytes, 64 * kMiB);
  EXPECT_EQ(labels->memory_reservation_bytes, 1536 * kMiB);
  EXPECT_EQ(labels->cpuset_cpus, "0-1,3");
  EXPECT_EQ(labels->ipc_mode, "shareable");
  EXPECT_EQ(labels->cgroupns_mode, "private");
  EXPECT_THAT(labels->gpus->ids, ElementsAre("a", "b"));
  EXPECT_EQ(labels->pull, PullPolicy::Missing);
  EXPECT_FALSE(labels->privileged);
}

TEST(ContainerLabels, ThoseThatOpenTheHostDo) {
  model::StringMap const dangerous{{"ward.privileged", "true"},
                                   {"ward.devices", "/dev/fuse"},
                                   {"ward.security-opt", "apparmor=unconfined"},
                                   {"ward.pid", "host"},
                                   {"ward.ipc", "host"},
                                   {"ward.userns", "host"},
                                   {"ward.uts", "host"},
                                   {"ward.cgroupns", "host"}};
  EXPECT_EQ(guarded_labels().size(), dangerous.size());
  for (auto const& [name, value] : dangerous) {
    EXPECT_EQ(refusal({{name, value}}),
              "label " + name + "=" + value +
                  " opens the host to the container and is not allowed here: remove it, or start "
                  "swarmward with --allow-label " +
                  name);
    EXPECT_TRUE(read({{name, value}}, {name})) << name;
    EXPECT_FALSE(read({{name, value}}, {"ward.other"})) << name;
    EXPECT_NE(std::ranges::find(guarded_labels(), name), guarded_labels().end()) << name;
  }
  auto const labels = read(dangerous, {"all"});
  ASSERT_TRUE(labels);
  EXPECT_TRUE(labels->privileged);
  EXPECT_THAT(labels->devices, ElementsAre(DeviceMapping{"/dev/fuse", "/dev/fuse", "rwm"}));
  EXPECT_EQ(labels->pid_mode + labels->ipc_mode + labels->userns_mode + labels->uts_mode,
            "hosthosthosthost");
  EXPECT_THAT(labels->security_options, ElementsAre("apparmor=unconfined"));
}

TEST(ContainerLabels, MalformedValuesAreNamedWithTheirCure) {
  EXPECT_EQ(refusal({{"ward.shm-size", "much"}}),
            "label ward.shm-size=much cannot be used: the value must be a size like 64m or 1g");
  for (auto const& [name, value] : model::StringMap{{"ward.privileged", "yes"},
                                                    {"ward.devices", "fuse"},
                                                    {"ward.gpus", "-1"},
                                                    {"ward.pid", "container:x"},
                                                    {"ward.ipc", "open"},
                                                    {"ward.cgroupns", "x"},
                                                    {"ward.cpuset-cpus", "3-1"},
                                                    {"ward.security-opt", ""},
                                                    {"ward.pull", "sometimes"}}) {
    EXPECT_THAT(refusal({{name, value}}), HasSubstr("cannot be used: the value must be")) << name;
  }
}

TEST(ContainerLabels, TheServicesLabelCounts) {
  auto const labels = read_container_labels(
      {{"ward.shm-size", "1m"}}, {{"ward.shm-size", "2m"}, {"ward.pull", "never"}}, {});
  ASSERT_TRUE(labels);
  EXPECT_EQ(labels->shm_bytes, kMiB);
  EXPECT_EQ(labels->pull, PullPolicy::Never);
}

TEST(LabelValues, Sizes) {
  EXPECT_EQ(parse_size("1"), 1);
  EXPECT_EQ(parse_size("10b"), 10);
  EXPECT_EQ(parse_size("2KiB"), 2048);
  EXPECT_EQ(parse_size("3MB"), 3 * kMiB);
  EXPECT_EQ(parse_size("0.5g"), 512 * kMiB);
  for (auto const* wrong :
       {"", "m", "0", "-1m", "1x", "1mm", "nan", "inf", "1e300", "9999999t", "1 m"}) {
    EXPECT_FALSE(parse_size(wrong)) << wrong;
  }
}

TEST(LabelValues, DevicesAndGpus) {
  EXPECT_EQ(parse_device("/dev/a:/dev/b"), (DeviceMapping{"/dev/a", "/dev/b", "rwm"}));
  EXPECT_EQ(parse_device("/dev/a:/dev/b:r"), (DeviceMapping{"/dev/a", "/dev/b", "r"}));
  for (auto const* wrong : {"", "dev", "/a:b", "/a:/b:x", "/a:/b:", "/a:/b:r:w"}) {
    EXPECT_FALSE(parse_device(wrong)) << wrong;
  }
  EXPECT_EQ(parse_gpus("all"), (GpuRequest{-1, {}}));
  EXPECT_EQ(parse_gpus("2"), (GpuRequest{2, {}}));
  EXPECT_EQ(parse_gpus("device=GPU-1,GPU-2"), (GpuRequest{0, {"GPU-1", "GPU-2"}}));
  for (auto const* wrong : {"", "0", "device=", "device=a,", "some"}) {
    EXPECT_FALSE(parse_gpus(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace swarmward::backends
