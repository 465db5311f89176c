#include "connectors/kafka/kafka_properties.h"

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "base/nearest.h"
#include "connectors/kafka/jaas_config.h"
#include "types/number_text.h"

namespace weir::connectors {

namespace {

constexpr std::string_view kPrefix = "properties.";

// What Java's clients call differently.
struct Renamed {
  std::string_view java;
  std::string_view ours;
};
constexpr std::array kRenamed = {
    Renamed{"fetch.max.wait.ms", "fetch.wait.max.ms"},
    Renamed{"max.request.size", "message.max.bytes"},
    Renamed{"send.buffer.bytes", "socket.send.buffer.bytes"},
    Renamed{"receive.buffer.bytes", "socket.receive.buffer.bytes"},
    Renamed{"ssl.truststore.certificates", "ssl.ca.pem"},
    Renamed{"ssl.keystore.certificate.chain", "ssl.certificate.pem"},
    Renamed{"ssl.keystore.key", "ssl.key.pem"},
};

// What makes no difference here: Java's own machinery, and what the connector decides itself.
constexpr std::array<std::string_view, 38> kIgnored = {
    "key.deserializer",
    "value.deserializer",
    "key.serializer",
    "value.serializer",
    "bootstrap.servers",
    "group.id",
    "auto.offset.reset",
    "enable.auto.commit",
    "auto.commit.interval.ms",
    "commit.offsets.on.checkpoint",
    "partition.discovery.interval.ms",
    "register.consumer.metrics",
    "client.id.prefix",
    "default.api.timeout.ms",
    "max.poll.records",
    "max.poll.interval.ms",
    "group.protocol",
    "group.remote.assignor",
    "partition.assignment.strategy",
    "exclude.internal.topics",
    "allow.auto.create.topics",
    "interceptor.classes",
    "metric.reporters",
    "metrics.num.samples",
    "metrics.sample.window.ms",
    "metrics.recording.level",
    "auto.include.jmx.reporter",
    "enable.metrics.push",
    "client.dns.lookup",
    "retry.backoff.max.ms",
    "buffer.memory",
    "max.block.ms",
    "metadata.max.idle.ms",
    "partitioner.class",
    "ssl.truststore.type",
    "ssl.keystore.type",
    "ssl.protocol",
    "socket.connection.setup.timeout.max.ms",
};

constexpr std::array<std::string_view, 6> kSecretWords = {"password", "secret", "jaas",
                                                          "key.pem",  "token",  "ssl.key"};

struct ConfDelete {
  void operator()(rd_kafka_conf_t* conf) const { rd_kafka_conf_destroy(conf); }
};
struct TopicConfDelete {
  void operator()(rd_kafka_topic_conf_t* conf) const { rd_kafka_topic_conf_destroy(conf); }
};

void append_names(const char** dump, size_t count, std::vector<std::string>& names) {
  for (size_t at = 0; at + 1 < count; at += 2) names.emplace_back(dump[at]);
  rd_kafka_conf_dump_free(dump, count);
}

std::vector<std::string> known_names(rd_kafka_conf_t* conf) {
  std::vector<std::string> names;
  for (const auto& name : kIgnored) names.emplace_back(name);
  for (const auto& [java, ours] : kRenamed) names.emplace_back(java);
  names.insert(names.end(), {"sasl.jaas.config", "sasl.username", "sasl.password"});
  size_t count = 0;
  const char** dump = rd_kafka_conf_dump(conf, &count);
  append_names(dump, count, names);
  const std::unique_ptr<rd_kafka_topic_conf_t, TopicConfDelete> topic(rd_kafka_topic_conf_new());
  dump = rd_kafka_topic_conf_dump(topic.get(), &count);
  append_names(dump, count, names);
  for (auto& name : names) name.insert(0, kPrefix);
  return names;
}

class PropertyReader {
 public:
  PropertyReader(const TableOptions& options, KafkaProperties& out)
      : options_(options), out_(out), scratch_(rd_kafka_conf_new()) {}

  Status read(const std::string& name, const std::string& value) {
    if (name == "default.api.timeout.ms") return read_timeout(name, value);
    if (name == "sasl.jaas.config") return read_jaas(value);
    if (name == "ssl.truststore.location" || name == "ssl.truststore.password") {
      return read_truststore(name, value);
    }
    if (std::ranges::find(kIgnored, name) != kIgnored.end()) return ok();
    if (name == "ssl.endpoint.identification.algorithm" && value.empty()) {
      return set(name, name, "none");  // Java's way to switch it off
    }
    const auto renamed = std::ranges::find(kRenamed, name, &Renamed::java);
    return set(name, renamed == kRenamed.end() ? std::string_view(name) : renamed->ours, value);
  }

 private:
  Status set(std::string_view java, std::string_view ours, const std::string& value) {
    std::array<char, 512> text{};
    const std::string name(ours);
    const auto answer =
        rd_kafka_conf_set(scratch_.get(), name.c_str(), value.c_str(), text.data(), text.size());
    if (answer == RD_KAFKA_CONF_OK) {
      out_.values.emplace_back(name, value);
      return ok();
    }
    const std::string key = fmt::format("{}{}", kPrefix, java);
    if (answer == RD_KAFKA_CONF_UNKNOWN) {
      return options_.bad(key, "neither librdkafka nor Java's Kafka client has this property")
          .hint(nearest_hint(key, known_names(scratch_.get())));
    }
    const bool secret = std::ranges::any_of(
        kSecretWords, [&](auto word) { return java.find(word) != std::string_view::npos; });
    return options_.bad(key, secret ? "its value is not one that librdkafka takes" : text.data());
  }

  Status read_timeout(const std::string& name, const std::string& value) {
    const auto parsed = types::parse_integer(value);
    if (!parsed || *parsed < 1) {
      return options_.bad(fmt::format("{}{}", kPrefix, name), "is not a number of milliseconds");
    }
    out_.api_timeout_ms = *parsed;
    return ok();
  }

  Status read_jaas(const std::string& value) {
    auto login = parse_jaas_config(value);
    if (!login.has_value()) {
      return Error(std::move(login).error())
          .in(fmt::format("option 'properties.sasl.jaas.config' of table {}",
                          options_.table().name.object));
    }
    WEIR_TRY(set("sasl.jaas.config", "sasl.username", login->username));
    return set("sasl.jaas.config", "sasl.password", login->password);
  }

  // librdkafka reads certificates as PEM; a Java key store is none.
  Status read_truststore(const std::string& name, const std::string& value) {
    const auto type = options_.find("properties.ssl.truststore.type");
    if (name == "ssl.truststore.password") return ok();
    if (type == "PEM") return set(name, "ssl.ca.location", value);
    return unsupported(fmt::format("option '{}{}': a Java key store cannot be read", kPrefix, name))
        .hint(
            "export the certificates as PEM (keytool -exportcert -rfc) and name that file in "
            "'properties.ssl.ca.location'");
  }

  const TableOptions& options_;
  KafkaProperties& out_;
  std::unique_ptr<rd_kafka_conf_t, ConfDelete> scratch_;
};

}  // namespace

bool KafkaProperties::has(std::string_view name) const {
  return std::ranges::any_of(values, [&](const auto& entry) { return entry.first == name; });
}

std::string_view KafkaProperties::value_or(std::string_view name, std::string_view fallback) const {
  const auto found =
      std::ranges::find_if(values, [&](const auto& entry) { return entry.first == name; });
  return found == values.end() ? fallback : std::string_view(found->second);
}

void KafkaProperties::add_default(std::string_view name, std::string_view value) {
  // In front: what the user has set under another name of the same property comes later and wins.
  if (!has(name)) values.emplace(values.begin(), name, value);
}

Result<KafkaProperties> parse_properties(const TableOptions& options, std::string servers) {
  KafkaProperties properties;
  properties.servers = std::move(servers);
  PropertyReader reader(options, properties);
  for (const auto& [name, value] : options.family(kPrefix)) WEIR_TRY(reader.read(name, value));
  return properties;
}

void add_consumer_defaults(KafkaProperties& properties, size_t queued_bytes) {
  properties.add_default("isolation.level", "read_uncommitted");
  properties.add_default("check.crcs", "true");
  // external_reader.cc sees that it goes on in time.
  properties.add_default("queued.max.messages.kbytes", fmt::format("{}", queued_bytes >> 10U));
  properties.add_default("queued.min.messages", "1000000");
  properties.add_default("max.partition.fetch.bytes", "4194304");
  properties.add_default("fetch.wait.max.ms", "100");
}

void add_producer_defaults(KafkaProperties& properties) {
  // As Java: idempotent unless the user's own settings speak against it.
  const auto acks =
      properties.value_or("acks", properties.value_or("request.required.acks", "all"));
  if (acks == "all" || acks == "-1") properties.add_default("enable.idempotence", "true");
  properties.add_default("message.max.bytes", "1048576");
  properties.add_default("delivery.timeout.ms", "120000");
  properties.add_default("linger.ms", "5");
  properties.add_default("batch.size", "262144");
  properties.add_default("partitioner", "murmur2_random");
}

}  // namespace weir::connectors
