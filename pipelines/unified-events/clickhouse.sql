-- processed_events -> events_processed: a queue that reads the topic, a table, a view between them.

CREATE TABLE IF NOT EXISTS processed_events_queue (
  event_type       String,
  event_timestamp  DateTime64(3),
  user_id          UInt64,
  details          String,
  ip_address       String
) ENGINE = Kafka
SETTINGS
  kafka_broker_list = 'kafka:9092',
  kafka_topic_list = 'processed_events',
  kafka_group_name = 'clickhouse',
  kafka_format = 'JSONEachRow',
  kafka_flush_interval_ms = 500;

CREATE TABLE IF NOT EXISTS events_processed (
  event_type       LowCardinality(String),
  event_timestamp  DateTime64(3),
  user_id          UInt64,
  details          String,
  ip_address       String
) ENGINE = MergeTree
PARTITION BY toYYYYMM(event_timestamp)
ORDER BY (event_timestamp, user_id);

CREATE MATERIALIZED VIEW IF NOT EXISTS events_processed_view TO events_processed AS
SELECT event_type, event_timestamp, user_id, details, ip_address
FROM processed_events_queue
