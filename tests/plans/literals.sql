CREATE TABLE t (a INT NOT NULL, b STRING, `value` DECIMAL(10,2), ts TIMESTAMP(3), p STRING METADATA FROM 'topic' VIRTUAL, k TIMESTAMP(3) METADATA FROM 'timestamp',
  d AS a * 2, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND, PRIMARY KEY (a) NOT ENFORCED) COMMENT 'x' WITH ('connector'='kafka','topic'='t;u','properties.bootstrap.servers'='k:9092','format'='json');
SELECT k, p, TIMESTAMP '2024-01-01 00:00:01.5', DATE '2024-02-29', INTERVAL '1 02' DAY TO HOUR, CAST(a AS STRING), TRY_CAST(b AS INT), CAST('abc' AS STRING), CAST(NULL AS INT), 1.50, 1e3, X'0aff', U&'\00e9' FROM t
