// Uses a broker as Java programs do, with Apache Kafka's own client: topics, every compression, an
// idempotent producer, headers and nulls, a consumer group, committed offsets, the admin calls of
// the command line tools. One argument: the broker's address. The status is the verdict.

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

public class KafkaClients {
  private static final int RECORDS = 500;
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static String address;

  public static void main(String[] arguments) throws Exception {
    address = arguments[0];
    Properties properties = new Properties();
    properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, address);
    try (Admin admin = Admin.create(properties)) {
      topics(admin);
      for (String compression : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
        compression(admin, compression);
      }
      group(admin);
    }
    System.out.println("the Java client agrees");
  }

  private static void check(boolean condition, Object what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }

  private static void topics(Admin admin) throws Exception {
    check(admin.describeCluster().nodes().get().size() == 1, "one node");
    admin.createTopics(List.of(new NewTopic("java-admin", 2, (short) 1)
        .configs(Map.of("retention.ms", "3600000")))).all().get();
    check(admin.listTopics().names().get().contains("java-admin"), "listed");
    admin.createPartitions(Map.of("java-admin", NewPartitions.increaseTo(3))).all().get();
    var described = admin.describeTopics(List.of("java-admin")).allTopicNames().get();
    check(described.get("java-admin").partitions().size() == 3, described);
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, "java-admin");
    var config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
    check(config.get("retention.ms").value().equals("3600000"), config);
    admin.deleteTopics(List.of("java-admin")).all().get();
    check(!admin.listTopics().names().get().contains("java-admin"), "deleted");
  }

  private static KafkaProducer<String, String> producer(String compression) {
    Map<String, Object> config = new HashMap<>();
    config.put("bootstrap.servers", address);
    config.put("compression.type", compression);
    config.put("linger.ms", 20);
    return new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
  }

  private static KafkaConsumer<String, String> consumer(String group) {
    Map<String, Object> config = new HashMap<>();
    config.put("bootstrap.servers", address);
    config.put("group.id", group);
    config.put("auto.offset.reset", "earliest");
    config.put("enable.auto.commit", false);
    config.put("heartbeat.interval.ms", 300);
    config.put("session.timeout.ms", 6000);
    config.put("check.crcs", true);
    return new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
  }

  private static String value(int i) {
    String text = "x".repeat(i % 200);
    return i % 50 == 7 ? null : "{\"number\": " + i + ", \"text\": \"" + text + "\"}";
  }

  private static void compression(Admin admin, String compression) throws Exception {
    String topic = "java-" + compression;
    admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
    try (KafkaProducer<String, String> producer = producer(compression)) {
      for (int i = 0; i < RECORDS; i++) {
        ProducerRecord<String, String> record =
            new ProducerRecord<>(topic, 0, 1_700_000_000_000L + i, i % 3 == 0 ? null : "k" + i,
                value(i));
        record.headers().add("n", Integer.toString(i).getBytes(StandardCharsets.UTF_8));
        record.headers().add("null", null);
        producer.send(record);
      }
    }
    TopicPartition partition = new TopicPartition(topic, 0);
    try (KafkaConsumer<String, String> consumer = consumer(null)) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      List<ConsumerRecord<String, String>> records = read(consumer, RECORDS);
      for (int i = 0; i < RECORDS; i++) {
        ConsumerRecord<String, String> record = records.get(i);
        check(record.offset() == i && record.timestamp() == 1_700_000_000_000L + i, record);
        check(java.util.Objects.equals(record.value(), value(i)), record);
        check((record.key() == null) == (i % 3 == 0), record);
        check(new String(record.headers().lastHeader("n").value()).equals("" + i), record);
        check(record.headers().lastHeader("null").value() == null, record);
      }
      var at = consumer.offsetsForTimes(Map.of(partition, 1_700_000_000_100L)).get(partition);
      check(at.offset() == 100, at);
    }
    long end = admin.listOffsets(Map.of(partition, OffsetSpec.latest())).partitionResult(partition)
        .get().offset();
    check(end == RECORDS, end);
  }

  private static List<ConsumerRecord<String, String>> read(KafkaConsumer<String, String> consumer,
      int count) {
    List<ConsumerRecord<String, String>> records = new ArrayList<>();
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (records.size() < count) {
      check(System.nanoTime() < end, "read " + records.size() + " of " + count);
      consumer.poll(Duration.ofMillis(100)).forEach(records::add);
    }
    return records;
  }

  private static void group(Admin admin) throws Exception {
    admin.createTopics(List.of(new NewTopic("java-group", 4, (short) 1))).all().get();
    try (KafkaProducer<String, String> producer = producer("lz4")) {
      for (int i = 0; i < RECORDS; i++) {
        producer.send(new ProducerRecord<>("java-group", i % 4, "k", Integer.toString(i)));
      }
    }
    try (KafkaConsumer<String, String> one = consumer("java")) {
      one.subscribe(List.of("java-group"));
      read(one, RECORDS);
      one.commitSync();
      try (KafkaConsumer<String, String> two = consumer("java")) {
        two.subscribe(List.of("java-group"));
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (one.assignment().size() != 2 || two.assignment().size() != 2) {
          check(System.nanoTime() < end, "the members do not share");
          one.poll(Duration.ofMillis(50));
          two.poll(Duration.ofMillis(50));
        }
        check(java.util.Collections.disjoint(one.assignment(), two.assignment()), "disjoint");
        var described = admin.describeConsumerGroups(List.of("java")).all().get().get("java");
        check(described.members().size() == 2, described);
      }
    }
    check(admin.listGroups().all().get().stream().anyMatch(g -> g.groupId().equals("java")),
        "listed");
    var offsets = admin.listConsumerGroupOffsets("java").partitionsToOffsetAndMetadata().get();
    long total = offsets.values().stream().mapToLong(offset -> offset.offset()).sum();
    check(total == RECORDS, new TreeMap<>(Map.of("total", total)) + " " + offsets);
    admin.deleteConsumerGroups(Set.of("java")).all().get();
    check(admin.listGroups().all().get().stream().noneMatch(g -> g.groupId().equals("java")),
        "deleted");
  }
}
