-- Synthetic load for the three raw topics: 500 + 350 + 150 = 1,000 events a second.
-- `weir run --rate N` changes the sum and keeps the shares.

CREATE TABLE clicks (
  user_id  BIGINT,
  `element`  INT,
  item     INT,
  ip_last  INT
) WITH (
  'connector' = 'datagen',
  'rows-per-second' = '500',
  'fields.user_id.min' = '1', 'fields.user_id.max' = '100000',
  'fields.element.min' = '1', 'fields.element.max' = '500',
  'fields.item.min' = '1', 'fields.item.max' = '100000',
  'fields.ip_last.min' = '1', 'fields.ip_last.max' = '254'
);

CREATE TABLE `views` (
  user_id           BIGINT,
  item              INT,
  duration_seconds  INT,
  ip_last           INT
) WITH (
  'connector' = 'datagen',
  'rows-per-second' = '350',
  'fields.user_id.min' = '1', 'fields.user_id.max' = '100000',
  'fields.item.min' = '1', 'fields.item.max' = '100000',
  'fields.duration_seconds.min' = '1', 'fields.duration_seconds.max' = '600',
  'fields.ip_last.min' = '1', 'fields.ip_last.max' = '254'
);

CREATE TABLE purchases (
  order_id  BIGINT,
  user_id   BIGINT,
  cents     INT,
  ip_last   INT
) WITH (
  'connector' = 'datagen',
  'rows-per-second' = '150',
  'fields.order_id.min' = '1', 'fields.order_id.max' = '999999999',
  'fields.user_id.min' = '1', 'fields.user_id.max' = '100000',
  'fields.cents.min' = '100', 'fields.cents.max' = '99999',
  'fields.ip_last.min' = '1', 'fields.ip_last.max' = '254'
);

CREATE TABLE user_clicks (
  user_id BIGINT, element_id STRING, url STRING, `timestamp` STRING, ip_address STRING
) WITH (
  'connector' = 'kafka', 'topic' = 'user_clicks',
  'properties.bootstrap.servers' = 'kafka:9092', 'format' = 'json'
);

CREATE TABLE page_views (
  user_id BIGINT, url STRING, duration_seconds INT, `timestamp` STRING, ip_address STRING
) WITH (
  'connector' = 'kafka', 'topic' = 'page_views',
  'properties.bootstrap.servers' = 'kafka:9092', 'format' = 'json'
);

CREATE TABLE orders (
  order_id BIGINT, user_id BIGINT, amount DECIMAL(10, 2), `timestamp` STRING, ip_address STRING
) WITH (
  'connector' = 'kafka', 'topic' = 'orders',
  'properties.bootstrap.servers' = 'kafka:9092', 'format' = 'json'
);

EXECUTE STATEMENT SET
BEGIN

INSERT INTO user_clicks
SELECT user_id, CONCAT('button-', CAST(`element` AS STRING)),
       CONCAT('/shop/item-', CAST(item AS STRING)),
       DATE_FORMAT(LOCALTIMESTAMP, 'yyyy-MM-dd HH:mm:ss'),
       CONCAT('10.0.0.', CAST(ip_last AS STRING))
FROM clicks;

INSERT INTO page_views
SELECT user_id, CONCAT('/shop/item-', CAST(item AS STRING)), duration_seconds,
       DATE_FORMAT(LOCALTIMESTAMP, 'yyyy-MM-dd HH:mm:ss'),
       CONCAT('10.0.1.', CAST(ip_last AS STRING))
FROM `views`;

INSERT INTO orders
SELECT order_id, user_id, CAST(cents / 100.0 AS DECIMAL(10, 2)),
       DATE_FORMAT(LOCALTIMESTAMP, 'yyyy-MM-dd HH:mm:ss'),
       CONCAT('10.0.2.', CAST(ip_last AS STRING))
FROM purchases;

END;
