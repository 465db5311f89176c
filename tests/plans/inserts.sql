CREATE TABLE t (a INT NOT NULL, b STRING, `value` DECIMAL(10,2), ts TIMESTAMP(3), p STRING METADATA FROM 'topic' VIRTUAL, k TIMESTAMP(3) METADATA FROM 'timestamp',
  d AS a * 2, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND, PRIMARY KEY (a) NOT ENFORCED) COMMENT 'x' WITH ('connector'='kafka','topic'='t;u','properties.bootstrap.servers'='k:9092','format'='json');
CREATE TABLE o (x BIGINT, s STRING) WITH ('connector'='blackhole');
INSERT INTO o (s) SELECT b FROM t /*+ OPTIONS('scan.startup.mode'='earliest-offset') */;
INSERT INTO o VALUES (1, 'a'), (2, NULL), (3, 'b');
EXECUTE INSERT INTO o SELECT a, b FROM t;
EXPLAIN CHANGELOG_MODE INSERT INTO o SELECT a, b FROM t
