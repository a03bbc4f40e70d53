#include "wire/network_report.h"

#include <gtest/gtest.h>

namespace swarmward::wire {
namespace {

TEST(NetworkReport, QuestionsComeBackAsTheyWere) {
  model::NetworkQuestion const question{.plan = R"({"Networks":[]})",
                                        .mark = "17",
                                        .networks = {"n1", "n2"},
                                        .path_key = "tcp . 8080",
                                        .path_network = "n1"};
  auto const read = network_question_from(network_question_text(question));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, question);
}

TEST(NetworkReport, ReportsComeBackAsTheyWere) {
  model::NetworkReport report{.mark = "17",
                              .age_seconds = -1,
                              .networks = {"back"},
                              .looked_at = 40,
                              .findings = {{.kind = "peer.no-way",
                                            .network = "back",
                                            .what = "what",
                                            .cause = "cause",
                                            .cure = "cure",
                                            .note = true}},
                              .path = {}};
  auto const without_path = network_report_from(network_report_text(report));
  ASSERT_TRUE(without_path) << without_path.error().message;
  EXPECT_EQ(*without_path, report);

  report.path = model::NetworkPath{.open = true,
                                   .targets = {"10.0.0.11 . 80"},
                                   .mtu = 1450,
                                   .node_address = "10.0.0.2",
                                   .backend = "ipvs"};
  auto const with_path = network_report_from(network_report_text(report));
  ASSERT_TRUE(with_path) << with_path.error().message;
  EXPECT_EQ(*with_path, report);
}

TEST(NetworkReport, ChecksumsTellPlansApart) {
  EXPECT_EQ(network_plan_checksum("a"), "e40c292c");  // Source: the algorithm's test vectors.
  EXPECT_NE(network_plan_checksum("a"), network_plan_checksum("b"));
}

TEST(NetworkReport, WhatIsNoObjectIsRefused) {
  EXPECT_FALSE(network_report_from("[]"));
  EXPECT_FALSE(network_question_from("{"));
}

}  // namespace
}  // namespace swarmward::wire
