-- Three raw topics become one clean one: user_clicks, page_views, orders -> processed_events.

CREATE TABLE raw_events (
  user_id          BIGINT,
  element_id       STRING,
  url              STRING,
  order_id         BIGINT,
  amount           DECIMAL(10, 2),
  `timestamp`      STRING,
  ip_address       STRING,
  topic            STRING METADATA VIRTUAL
) WITH (
  'connector' = 'kafka',
  'topic-pattern' = 'user_clicks|page_views|orders',
  'properties.bootstrap.servers' = 'kafka:9092',
  'properties.group.id' = 'unified-events',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'json'
);

CREATE TABLE processed_events (
  event_type       STRING,
  event_timestamp  TIMESTAMP(3),
  user_id          BIGINT,
  details          STRING,
  ip_address       STRING
) WITH (
  'connector' = 'kafka',
  'topic' = 'processed_events',
  'properties.bootstrap.servers' = 'kafka:9092',
  'format' = 'json'
);

INSERT INTO processed_events
SELECT
  UPPER(REPLACE(topic, 'user_', '')),
  TO_TIMESTAMP(`timestamp`),
  user_id,
  CONCAT_WS(' | ', url, element_id, CAST(order_id AS STRING), CAST(amount AS STRING)),
  ip_address
FROM raw_events;
