#include "model/take_spec.h"

#include <gtest/gtest.h>

namespace swarmward::model {
namespace {

TEST(TakeSpec, SharesTheSpecOfTheService) {
  auto spec = std::make_shared<ServiceSpec>();
  spec->annotations.name = "web";
  spec->endpoint.emplace();
  Service service;
  service.spec = spec;
  service.spec_version = 7;
  Task task;
  take_spec(task, service);
  EXPECT_EQ(task.spec.get(), &spec->task);
  EXPECT_EQ(task.service_annotations.get(), &spec->annotations);
  EXPECT_EQ(task.endpoint.get(), &*spec->endpoint);
  EXPECT_EQ(task.spec_version, 7U);
}

TEST(TakeSpec, WithoutAnEndpointThereIsNone) {
  Service service;
  service.spec = std::make_shared<ServiceSpec const>();
  Task task;
  take_spec(task, service);
  EXPECT_EQ(task.endpoint, nullptr);
}

}  // namespace
}  // namespace swarmward::model
