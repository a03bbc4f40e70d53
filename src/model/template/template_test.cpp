#include "model/template/template.h"

#include <fstream>

#include <gmock/gmock.h>

#include "model/template/container_templates.h"

namespace swarmward::model {
namespace {

TemplateContext sample() {
  TemplateContext out;
  out.service_id = "sid";
  out.service_name = "web";
  out.service_labels = {{"tier", "front"}, {"zone", "a"}};
  out.node_id = "nid";
  out.node_hostname = "h1";
  out.node_platform = {"x86_64", "linux"};
  out.task_id = "tid";
  out.task_name = "web.3.tid";
  out.task_slot = "3";
  return out;
}

std::string outcome(std::string_view text, TemplateContext const& context = sample()) {
  auto const result = expand(text, context);
  return result ? *result : "ERROR " + result.error().message;
}

std::string unescaped(std::string const& line) {
  std::string out;
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] == '\\' && at + 1 < line.size()) {
      out += line[++at] == 'n' ? '\n' : line[at];
    } else {
      out += line[at];
    }
  }
  return out;
}

/// Native refuses with these words; the file was made by asking an engine.
TEST(Template, ErrorsAreThoseOfNative) {
  std::ifstream file(ROOM_DIR "/template/testdata/native_errors.txt");
  std::string text;
  std::string expected;
  ASSERT_TRUE(std::getline(file, text)) << "the head line";
  auto nobody = sample();
  nobody.service_labels.clear();
  int rows = 0;
  while (std::getline(file, text) && std::getline(file, expected)) {
    ++rows;
    expected = expected.substr(4);
    auto const result = expand(unescaped(text), nobody);
    EXPECT_EQ(result ? "OK" : result.error().message, expected) << text;
  }
  EXPECT_GT(rows, 150);
}

struct Row {
  std::string_view text;
  std::string_view expected;
};

TEST(Template, DefinesNoTemplates) {
  EXPECT_THAT(outcome(R"({{define "x"}}{{end}})"),
              ::testing::HasSubstr("{{define}} is not supported in placeholders"));
}

TEST(Template, Expands) {
  constexpr Row kRows[] = {
      {"plain }}", "plain }}"},
      {"{{.Service.Name}}.{{.Task.Slot}}", "web.3"},
      {"{{.Service.ID}} {{.Node.ID}} {{.Node.Hostname}} {{.Task.ID}} {{.Task.Name}}",
       "sid nid h1 tid web.3.tid"},
      {"{{.Node.Platform.OS}}/{{.Node.Platform.Architecture}}", "linux/x86_64"},
      {"{{.Service.Labels.tier}}", "front"},
      {"{{index .Service.Labels \"tier\"}}", "front"},
      {"[{{index .Service.Labels \"none\"}}]", "[]"},
      {"{{join \"-\" .Service.Name .Task.Slot \"x\"}}", "web-3-x"},
      {"{{.Task.ID | join \",\" \"a\"}}", "a,tid"},
      {"a {{- /* gone */ -}} b", "ab"},
      {"a  {{- .Task.Slot -}}  b", "a3b"},
      {"{{if eq .Service.Name \"db\" \"web\"}}yes{{else}}no{{end}}", "yes"},
      {"{{if eq .Task.Slot \"1\"}}1{{else if eq .Task.Slot \"3\"}}3{{else}}?{{end}}", "3"},
      {"{{if and .Service.Name (not false)}}x{{end}}", "x"},
      {"{{or \"\" \"default\"}}", "default"},
      {"{{and 1 0 .Nothing}}", "0"},
      {"{{$a := \"x\"}}{{if true}}{{$a = \"y\"}}{{end}}{{$a}}", "y"},
      {"{{with .Node}}{{.Hostname}}{{$.Task.ID}}{{end}}", "h1tid"},
      {"{{range $k, $v := .Service.Labels}}{{$k}}={{$v}};{{end}}", "tier=front;zone=a;"},
      {"{{range .Service.Labels}}{{if eq . \"a\"}}{{continue}}{{end}}{{.}}{{break}}{{end}}",
       "front"},
      {"{{len .Service.Name}} {{len .Service.Labels}}", "3 2"},
      {"{{slice .Service.Name 1 2}}", "e"},
      {"{{index \"abc\" 1}}", "98"},
      {"{{lt 1 2}} {{ge \"a\" \"b\"}} {{ne 1 2}} {{le 1.5 1.5}} {{gt 2 1}}",
       "true false true true true"},
      {"{{print 1 2 \"a\" \"b\" 3 nil}}", "1 2ab3 <nil>"},
      {"{{println \"a\" 1}}", "a 1\n"},
      {"{{html \"<a&'\\\">\"}} {{urlquery \"a b/ü\"}} {{js \"it's <b>\"}}",
       "&lt;a&amp;&#39;&#34;&gt; a+b%2F%C3%BC it\\'s \\u003Cb\\u003E"},
      {"{{\"tab\\tquote\\\" \\u00fc \\x41 \\101\"}}", "tab\tquote\" ü A A"},
      {"{{`raw \\n`}}", "raw \\n"},
      {"{{0x10}} {{010}} {{0b11}} {{1_000}} {{'a'}} {{-5}} {{1e3}} {{1.50}}",
       "16 8 3 1000 97 -5 1000 1.5"},
      {"{{1e21}} {{0.00001}} {{1e20}}", "1e+21 1e-05 100000000000000000000"},
      {"{{.Service.Labels}}", "map[tier:front zone:a]"},
      {"{{.Node}}", "{nid h1 {x86_64 linux}}"},
      {"{{(index .Service.Labels \"zone\") | printf \"%s!\"}}", "a!"},
  };
  for (auto const& row : kRows) {
    EXPECT_EQ(outcome(row.text), row.expected) << row.text;
  }
}

TEST(Template, FormatsAsGo) {
  constexpr Row kRows[] = {
      {"{{printf \"%s %d %v %q\" \"a\" 3 true \"x\\\"\"}}", "a 3 true \"x\\\"\""},
      {"{{printf \"%05d|%-5s|%5s|%+d|%x|%X|%o|%b|%c|%%\" 42 \"a\" \"ü\" 1 255 255 8 5 65}}",
       "00042|a    |    ü|+1|ff|FF|10|101|A|%"},
      {"{{printf \"%.2f %g %e %6.1f\" 3.14159 0.5 1500.0 2.25}}", "3.14 0.5 1.500000e+03    2.2"},
      {"{{printf \"%.2s|%x\" \"abc\" \"AZ\"}}", "ab|415a"},
      {"{{printf \"%T %T %T %T\" 1 \"a\" 1.5 .Service.Labels}}",
       "int string float64 map[string]string"},
      {"{{printf \"%d\" \"a\"}}", "%!d(string=a)"},
      {"{{printf \"%s\" 3}}", "%!s(int=3)"},
      {"{{printf \"%s\"}}", "%!s(MISSING)"},
      {"{{printf \"x\" 1 \"b\"}}", "x%!(EXTRA int=1, string=b)"},
      {"{{printf \"%s\" nil}}", "%!s(<nil>)"},
      {"{{printf \"%\"}}", "%!(NOVERB)"},
      {"{{printf \"%v %s\" .Service.Labels .Service.Labels}}",
       "map[tier:front zone:a] map[tier:front zone:a]"},
      {"{{printf \"%-08d|\" 5}}", "5       |"},
      {"{{printf \"%06.2f|%+v\" -1.5 .Node.Platform}}", "-01.50|{Architecture:x86_64 OS:linux}"},
  };
  for (auto const& row : kRows) {
    EXPECT_EQ(outcome(row.text), row.expected) << row.text;
  }
}

TEST(Template, KnowsFurtherFunctions) {
  std::vector<TemplateFunction> const functions{
      {"secret", [](std::string const& name) -> Result<std::string> {
         if (name == "key") {
           return "hush";
         }
         return not_found("secret target " + name + " not found");
       }}};
  auto const good = expand("<{{secret \"key\"}}>", sample(), functions);
  ASSERT_TRUE(good);
  EXPECT_EQ(*good, "<hush>");
  auto const bad = expand("{{secret \"x\"}}", sample(), functions);
  ASSERT_FALSE(bad);
  EXPECT_EQ(
      bad.error().message,
      "template: expansion:1:2: executing \"expansion\" at <secret \"x\">: error calling secret: "
      "secret target x not found");
  EXPECT_FALSE(expand("{{secret}}", sample(), functions));
  EXPECT_FALSE(expand("{{secret \"key\"}}", sample()));
}

TEST(Template, IsBounded) {
  std::string deep = "{{";
  deep.append(10'000, '(');
  EXPECT_FALSE(expand(deep, sample()));
  std::string nested;
  for (int at = 0; at < 10'000; ++at) {
    nested += "{{if true}}";
  }
  EXPECT_FALSE(expand(nested, sample()));
  std::string doubling = "{{$x := \"aaaaaaaaaaaaaaaa\"}}";
  for (int at = 0; at < 64; ++at) {
    doubling += "{{$x = print $x $x}}";
  }
  EXPECT_THAT(outcome(doubling), testing::HasSubstr("too much text"));
  auto many = sample();
  for (int at = 0; at < 1000; ++at) {
    many.service_labels["l" + std::to_string(at)] = "";
  }
  EXPECT_THAT(
      outcome("{{$l := .Service.Labels}}{{range $l}}{{range $l}}{{range $l}}x{{end}}{{end}}{{end}}",
              many),
      testing::HasSubstr("too much text"));
  EXPECT_THAT(outcome("{{printf \"%999999999d\" 1}}"), testing::HasSubstr("BADWIDTH"));
}

TEST(ContainerTemplates, ExpandsWhatNativeExpands) {
  ContainerSpec spec;
  spec.env = {"A={{.Task.Slot}}", "{{.Foo}}=x", "{{.Foo}}", "B=1=2"};
  spec.hostname = "{{.Service.Name}}-{{.Task.Slot}}";
  spec.args = {"{{.Foo}}"};
  spec.dir = "{{.Foo}}";
  spec.labels = {{"l", "{{.Foo}}"}};
  Mount mount;
  mount.type = MountType::Volume;
  mount.source = "data-{{.Task.Slot}}";
  mount.target = "/{{.Service.Name}}";
  mount.volume = VolumeOptions{
      false, {{"n", "{{.Node.ID}}"}}, "{{.Foo}}", Driver{"{{.Foo}}", {{"o", "{{.Task.ID}}"}}}};
  spec.mounts = {mount};
  auto const out = expand_container(spec, sample());
  ASSERT_TRUE(out) << out.error().message;
  EXPECT_THAT(out->env, testing::ElementsAre("A=3", "{{.Foo}}=x", "{{.Foo}}", "B=1=2"));
  EXPECT_EQ(out->hostname, "web-3");
  EXPECT_EQ(out->args, spec.args);
  EXPECT_EQ(out->dir, spec.dir);
  EXPECT_EQ(out->labels, spec.labels);
  EXPECT_EQ(out->mounts[0].source, "data-3");
  EXPECT_EQ(out->mounts[0].target, "/web");
  EXPECT_EQ(out->mounts[0].volume->labels.at("n"), "nid");
  EXPECT_EQ(out->mounts[0].volume->subpath, "{{.Foo}}");
  EXPECT_EQ(out->mounts[0].volume->driver->name, "{{.Foo}}");
  EXPECT_EQ(out->mounts[0].volume->driver->options.at("o"), "tid");
}

std::string refusal(ContainerSpec const& spec) {
  auto const checked = check_templates(spec, {"web", {{"tier", "front"}}});
  return checked ? "OK" : checked.error().message;
}

TEST(ContainerTemplates, RefusesInNativesWords) {
  std::string const cause =
      "template: expansion:1:2: executing \"expansion\" at <.Foo>: can't evaluate field Foo in "
      "type "
      "*template.Context";
  ContainerSpec spec;
  spec.env = {"A={{.Service.Labels.tier}}"};
  EXPECT_EQ(refusal(spec), "OK") << "a label that the service has";
  spec.hostname = "{{.Foo}}";
  EXPECT_EQ(refusal(spec), "expanding hostname failed: " + cause);
  Mount mount;
  mount.volume = VolumeOptions{false, {}, "", Driver{"d", {{"o", "{{.Foo}}"}}}};
  spec.mounts = {mount};
  EXPECT_EQ(refusal(spec),
            "expanding mounts failed: expanding volume driver config: expanding map entry "
            "\"o\"=\"{{.Foo}}\": " +
                cause);
  spec.mounts[0].volume->labels = {{"l", "{{.Foo}}"}};
  EXPECT_EQ(refusal(spec),
            "expanding mounts failed: expanding volume labels: expanding map entry "
            "\"l\"=\"{{.Foo}}\": " +
                cause);
  spec.mounts[0].target = "{{.Foo}}";
  EXPECT_EQ(refusal(spec),
            "expanding mounts failed: expanding mount target \"{{.Foo}}\": " + cause);
  spec.mounts[0].source = "{{.Foo}}";
  EXPECT_EQ(refusal(spec),
            "expanding mounts failed: expanding mount source \"{{.Foo}}\": " + cause);
  spec.env = {"A={{.Foo}}"};
  EXPECT_EQ(refusal(spec), "expanding env failed: expanding env \"A={{.Foo}}\": " + cause);
}

TEST(TemplateContext, GlobalTasksHaveTheNodeAsSlot) {
  Task task;
  task.id = TaskId("tid");
  task.service_id = ServiceId("sid");
  task.node_id = NodeId("nid");
  task.service_annotations = std::make_shared<Annotations>(Annotations{"web", {{"a", "b"}}});
  auto const context = template_context(task, task.node_id, "h1", {"x86_64", "linux"});
  EXPECT_EQ(context.task_slot, "nid");
  EXPECT_EQ(context.task_name, "web.nid.tid");
  EXPECT_EQ(context.service_labels.at("a"), "b");
}

}  // namespace
}  // namespace swarmward::model
