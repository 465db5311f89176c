#include "connectors/kafka/kafka_properties.h"

#include <gmock/gmock.h>

#include "connectors/kafka/jaas_config.h"
#include "connectors/kafka/kafka.h"
#include "connectors/test_tables.h"

namespace weir::connectors {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::UnorderedElementsAre;

using Options = std::vector<std::pair<std::string, std::string>>;

Result<KafkaProperties> parse(Options options) {
  for (auto& [key, value] : options) key.insert(0, "properties.");
  const auto table = make_table({}, options);
  return parse_properties(TableOptions(*table, kafka_connector().info), "k:9092");
}

std::string failure(Options options) {
  const auto parsed = parse(std::move(options));
  return parsed.has_value() ? std::string() : parsed.error().to_string();
}

TEST(KafkaPropertiesTest, PassesOnWhatLibrdkafkaKnows) {
  EXPECT_THAT(parse({{"session.timeout.ms", "6000"}, {"acks", "1"}})->values,
              UnorderedElementsAre(Pair("session.timeout.ms", "6000"), Pair("acks", "1")));
}

TEST(KafkaPropertiesTest, TranslatesOrLeavesOutWhatOnlyJavaKnows) {
  const auto parsed = parse({{"key.deserializer", "org.apache.x"},
                             {"max.poll.records", "10"},
                             {"fetch.max.wait.ms", "7"},
                             {"default.api.timeout.ms", "1234"},
                             {"ssl.endpoint.identification.algorithm", ""},
                             {"sasl.jaas.config", R"(a.b.ScramLoginModule required username="u" )"
                                                  R"(password="p\"q";)"}})
                          .value();
  EXPECT_EQ(parsed.api_timeout_ms, 1234);
  EXPECT_THAT(parsed.values,
              UnorderedElementsAre(Pair("fetch.wait.max.ms", "7"), Pair("sasl.username", "u"),
                                   Pair("sasl.password", "p\"q"),
                                   Pair("ssl.endpoint.identification.algorithm", "none")));
}

TEST(KafkaPropertiesTest, NamesWhatNobodyKnowsAndNoSecret) {
  const auto text = failure({{"sasl.pasword", "hidden"}});
  EXPECT_THAT(text, HasSubstr("'properties.sasl.pasword'"));
  EXPECT_THAT(text, HasSubstr("\"properties.sasl.password\""));
  EXPECT_THAT(text, Not(HasSubstr("hidden")));
  EXPECT_THAT(failure({{"session.timeout.ms", "soon"}}), HasSubstr("session.timeout.ms"));
  EXPECT_THAT(failure({{"sasl.jaas.config", "hidden"}}), Not(HasSubstr("hidden")));
  EXPECT_THAT(failure({{"ssl.truststore.location", "a.jks"}}), HasSubstr("PEM"));
}

TEST(KafkaPropertiesTest, DefaultsGiveWayToTheUser) {
  auto parsed = parse({{"isolation.level", "read_committed"}, {"acks", "1"}}).value();
  add_consumer_defaults(parsed, 1 << 20);
  add_producer_defaults(parsed);
  EXPECT_EQ(parsed.value_or("isolation.level", ""), "read_committed");
  EXPECT_FALSE(parsed.has("enable.idempotence"));
  auto none = parse({}).value();
  add_producer_defaults(none);
  EXPECT_EQ(none.value_or("enable.idempotence", ""), "true");
}

TEST(JaasConfigTest, RefusesWhatIsNoLogin) {
  EXPECT_TRUE(parse_jaas_config("x.PlainLoginModule required username=u password=p ;").has_value());
  for (const char* text :
       {"", ";", "x.PlainLoginModule", "x.PlainLoginModule required;",
        "x.PlainLoginModule required username=\"u",
        "x.PlainLoginModule required "
        "username=\"u\" password=\"p\"",
        "x.PlainLoginModule required a=;", "x.OtherLoginModule required username=u;"}) {
    EXPECT_FALSE(parse_jaas_config(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace weir::connectors
