CREATE TABLE t (a INT NOT NULL, b STRING, `value` DECIMAL(10,2), ts TIMESTAMP(3), p STRING METADATA FROM 'topic' VIRTUAL, k TIMESTAMP(3) METADATA FROM 'timestamp',
  d AS a * 2, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND, PRIMARY KEY (a) NOT ENFORCED) COMMENT 'x' WITH ('connector'='kafka','topic'='t;u','properties.bootstrap.servers'='k:9092','format'='json');
CREATE VIEW v AS SELECT a + 1 AS x, b, ts FROM t WHERE a > 3;
SELECT a FROM t UNION ALL SELECT x FROM v UNION ALL SELECT 3;
SELECT * FROM (SELECT a, b, a FROM t) AS q (x, y, z) WHERE q.x = 1;
