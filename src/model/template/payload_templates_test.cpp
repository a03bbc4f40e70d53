#include "model/template/payload_templates.h"

#include <gtest/gtest.h>

namespace swarmward::model {
namespace {

std::string payload_outcome(std::string_view text) {
  TemplateContext context;
  context.service_name = "web";
  context.task_slot = "3";
  context.node_hostname = "h1";
  context.node_platform = {"x86_64", "linux"};
  std::vector<std::string> const env{"A=1=2", "B={{.Task.Slot}}", "BAD={{.Foo}}", "NONE"};
  auto const find = [](std::string const& target) -> Result<std::string> {
    return target == "key" ? Result<std::string>("hush {{.Task.Slot}}")
                           : not_found("secret target " + target + " not found");
  };
  auto const result = expand_payload(text, context, {find, find, env});
  return result ? *result : "ERROR " + result.error().message;
}

/// Native's outcomes, but for the node's host name and platform, which it leaves empty.
TEST(PayloadTemplates, ExpandAsNative) {
  EXPECT_EQ(payload_outcome("plain"), "plain");
  EXPECT_EQ(payload_outcome("{{secret \"key\"}}/{{config \"key\"}}"),
            "hush {{.Task.Slot}}/hush {{.Task.Slot}}")
      << "values do not expand each other";
  EXPECT_EQ(payload_outcome("{{env \"A\"}}|{{env \"B\"}}|{{env \"NONE\"}}|{{env \"Z\"}}|"),
            "1=2|3|||");
  EXPECT_EQ(payload_outcome("{{.Service.Name}} {{.Node.Hostname}} {{.Node.Platform.OS}}"),
            "web h1 linux");
}

TEST(PayloadTemplates, FailInNativesWords) {
  std::string const place = "ERROR template: expansion:1:2: executing \"expansion\" at ";
  EXPECT_EQ(payload_outcome("{{.Foo}}"),
            place + "<.Foo>: can't evaluate field Foo in type *template.PayloadContext");
  EXPECT_EQ(payload_outcome("{{secret \"none\"}}"),
            place + "<secret \"none\">: error calling secret: secret target none not found");
  EXPECT_EQ(payload_outcome("{{env \"BAD\"}}").substr(0, place.size()), place);
}

}  // namespace
}  // namespace swarmward::model
