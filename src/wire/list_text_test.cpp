#include "wire/list_text.h"

#include <random>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "wire/body.h"
#include "wire/node.h"
#include "wire/task.h"
#include "wire/testing/samples.h"

namespace swarmward::wire {
namespace {

// The documents of to_json() are the judge of all texts.

model::Network const* find_network(model::NetworkId const& id) {
  static model::Network const known = testing::full_network();
  return id == known.id ? &known : nullptr;
}

std::string text_of(model::Task const& task) {
  std::string text;
  TaskTexts(find_network).append(text, task);
  return text;
}

template <class T>
std::string text_of(T const& object) {
  std::string text;
  append_text(text, object);
  return text;
}

/// The order of members is each one's own. A member that came twice would show in the length.
void expect_document(std::string const& text, nlohmann::json const& document) {
  auto const expected = dump_json(document);
  EXPECT_EQ(text.size(), expected.size()) << text;
  EXPECT_EQ(nlohmann::json::parse(text), nlohmann::json::parse(expected));
}

template <class T>
void expect_same(T const& object) {
  expect_document(text_of(object), to_json(object));
}
void expect_same(model::Task const& task) {
  expect_document(text_of(task), to_json(task, find_network));
}

model::Task bare_task() {
  model::Task task;
  task.spec = std::make_shared<model::TaskSpec const>();
  task.service_annotations = std::make_shared<model::Annotations const>();
  return task;
}

model::Service bare_service() {
  model::Service service;
  service.spec = std::make_shared<model::ServiceSpec const>();
  return service;
}

TEST(ListText, FullObjectsAreThoseOfTheDocuments) {
  expect_same(testing::full_task());
  expect_same(testing::full_service());
  expect_same(testing::full_node());
}

TEST(ListText, BareObjectsAreThoseOfTheDocuments) {
  expect_same(bare_task());
  expect_same(bare_service());
  expect_same(model::Node{});
}

TEST(ListText, SpecialCharactersAreSeenWhereverTheyStand) {
  for (std::string const special : {"\"", "\\", "\n", "\x1f", "\x7f", "\xff", "\u00e9", " ", "~"}) {
    for (std::size_t length = 0; length < 20; ++length) {
      for (std::size_t at = 0; at <= length; ++at) {
        auto task = bare_task();
        auto text = std::string(length, 'x');
        task.status.message = text.insert(at, special);
        expect_same(task);
      }
    }
  }
}

TEST(ListText, CountsOfAServiceStandInTheirPlace) {
  ServiceStatus const status{1, 2, 3};
  std::string text;
  append_text(text, testing::full_service(), status);
  expect_document(text, to_json(testing::full_service(), status));
}

TEST(ListText, EveryModeIsThatOfTheDocument) {
  for (model::ServiceMode const& mode : {model::ServiceMode(model::Replicated{0}),
                                         model::ServiceMode(model::Global{}),
                                         model::ServiceMode(model::ReplicatedJob{2, 5}),
                                         model::ServiceMode(model::GlobalJob{})}) {
    auto service = testing::full_service();
    auto spec = *service.spec;
    spec.mode = mode;
    service.spec = std::make_shared<model::ServiceSpec const>(spec);
    expect_same(service);
  }
}

TEST(ListText, HiddenAndShownRuntimes) {
  auto task = bare_task();
  model::TaskSpec spec;
  for (auto const* runtime : {"container", "plugin", "attachment", ""}) {
    spec.runtime = runtime;
    task.spec = std::make_shared<model::TaskSpec const>(spec);
    expect_same(task);
  }
}

/// Each optional part of a task, alone and with the others.
TEST(ListText, EveryChoiceOfOptionalFields) {
  auto const full = testing::full_task();
  for (unsigned chosen = 0; chosen < (1U << 9U); ++chosen) {
    auto task = full;
    auto const without = [chosen](unsigned bit) { return (chosen >> bit & 1U) == 0; };
    if (without(0)) {
      task.slot = 0;
    }
    if (without(1)) {
      task.node_id = {};
    }
    if (without(2)) {
      task.service_id = {};
    }
    if (without(3)) {
      task.job_iteration.reset();
    }
    if (without(4)) {
      task.generic_resources.clear();
    } else {
      task.generic_resources = {{"gpu", 2, ""}, {"fpga", 0, "one"}};
    }
    if (without(5)) {
      task.status.message = {};
    }
    if (without(6)) {
      task.status.err = {};
    }
    if (without(7)) {
      task.status.container = {};
    }
    if (without(8)) {
      task.status.ports = {};
    }
    expect_same(task);
  }
}

/// The samples have every part of a spec; here each is missing in turn.
TEST(ListText, EachPartOfASpecMayBeMissing) {
  using Clear = void (*)(model::TaskSpec&);
  for (Clear const clear :
       {Clear([](model::TaskSpec& spec) { spec.container.reset(); }),
        Clear([](model::TaskSpec& spec) { spec.resources.reset(); }),
        Clear([](model::TaskSpec& spec) { spec.restart.reset(); }),
        Clear([](model::TaskSpec& spec) { spec.placement.reset(); }),
        Clear([](model::TaskSpec& spec) { spec.networks.clear(); }),
        Clear([](model::TaskSpec& spec) { spec.log_driver.reset(); }),
        Clear([](model::TaskSpec& spec) { spec.container->dns.reset(); }),
        Clear([](model::TaskSpec& spec) { spec.container->privileges.reset(); }),
        Clear([](model::TaskSpec& spec) { spec.container->isolation = ""; }),
        Clear([](model::TaskSpec& spec) { spec.container->privileges = model::Privileges{}; })}) {
    auto task = testing::full_task();
    auto spec = *task.spec;
    clear(spec);
    task.spec = std::make_shared<model::TaskSpec const>(spec);
    expect_same(task);
  }
}

TEST(ListText, TextIsEscapedAndRepaired) {
  for (std::string const& text : {std::string("quote \" backslash \\ slash /"),
                                  std::string("\x01\b\f\n\r\t\x1f\x7f"),
                                  std::string("<&>\xE2\x80\xA8 gr\xC3\xBC\xC3\x9F"),
                                  std::string("broken \xC3 \xFF"),
                                  std::string("nul\0within", 10)}) {
    auto service = bare_service();
    model::ServiceSpec spec;
    spec.annotations.name = text;
    spec.annotations.labels = {{text, text}, {"a", ""}};
    service.spec = std::make_shared<model::ServiceSpec const>(spec);
    expect_same(service);
  }
}

TEST(ListText, NumbersWithAFraction) {
  for (double const ratio : {0.0, 1.0, 0.1, 0.25, 1e-9, 123456789.125, 3e20}) {
    auto service = bare_service();
    model::ServiceSpec spec;
    spec.update.emplace().max_failure_ratio = ratio;
    service.spec = std::make_shared<model::ServiceSpec const>(spec);
    expect_same(service);
  }
}

TEST(ListText, SpecsAreWrittenOnceAndNotMixedUp) {
  TaskTexts texts(find_network);
  auto const one = testing::full_task();
  auto const other = bare_task();
  for (auto const* task : {&one, &other, &one, &other}) {
    std::string text = "before ";
    texts.append(text, *task);
    EXPECT_EQ(text, "before " + text_of(*task));
  }
}

TEST(ListText, NetworksOfATaskAreThoseOfTheDocument) {
  auto task = bare_task();
  task.networks = {{testing::full_network().id, "10.0.1.5/24"}};
  expect_same(task);
  task.networks = {{testing::full_network().id, "10.0.1.5/24"},
                   {model::NetworkId("removed"), "10.0.2.5/24"}};
  expect_same(task);
  TaskTexts texts(find_network);
  for (auto const& other : {task, bare_task(), task}) {
    std::string text;
    texts.append(text, other);
    expect_document(text, to_json(other, find_network));
  }
}

TEST(ListText, ManySpecsAreForgottenInTime) {
  TaskTexts texts(find_network);
  std::vector<model::Task> tasks;
  for (int i = 0; i < 40; ++i) {
    auto task = bare_task();
    model::TaskSpec spec;
    spec.container.emplace().image = std::string(200'000, 'a') + std::to_string(i);
    task.spec = std::make_shared<model::TaskSpec const>(spec);
    tasks.push_back(task);
  }
  for (int round = 0; round < 2; ++round) {
    for (auto const& task : tasks) {
      std::string text;
      texts.append(text, task);
      expect_document(text, to_json(task, find_network));
    }
  }
}

TEST(AppendTime, IsFormatTimeForAnyMoment) {
  std::mt19937_64 random(17);
  std::vector<std::int64_t> moments{
      0, 1, -1, 999'999'999, 1'000'000'000, 1'795'225'755'658'000'000};
  for (int i = 0; i < 2000; ++i) {
    moments.push_back(static_cast<std::int64_t>(random()));
    moments.push_back(moments.back() / 1'000'000'000 * 1'000'000'000);
    moments.push_back(moments.back() + 120'000'000);
  }
  for (auto const moment : moments) {
    std::string text;
    append_time(text, Time(Duration(moment)));
    EXPECT_EQ(text, format_time(Time(Duration(moment)))) << moment;
  }
}

}  // namespace
}  // namespace swarmward::wire
