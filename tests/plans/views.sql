CREATE TABLE t (a INT NOT NULL, b STRING, `value` DECIMAL(10,2), ts TIMESTAMP(3), p STRING METADATA FROM 'topic' VIRTUAL, k TIMESTAMP(3) METADATA FROM 'timestamp',
  d AS a * 2, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND, PRIMARY KEY (a) NOT ENFORCED) COMMENT 'x' WITH ('connector'='kafka','topic'='t;u','properties.bootstrap.servers'='k:9092','format'='json');
CREATE TABLE o (x BIGINT, s STRING) WITH ('connector'='blackhole');
CREATE VIEW v AS SELECT a + 1 AS x, b, ts FROM t WHERE a > 3;
INSERT INTO o SELECT x, b FROM v WHERE x <> 7 /* ; */;
SHOW CREATE VIEW v; SHOW VIEWS; DESCRIBE v
