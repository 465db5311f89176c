CREATE TABLE t (a INT NOT NULL, b STRING, `value` DECIMAL(10,2), ts TIMESTAMP(3), p STRING METADATA FROM 'topic' VIRTUAL, k TIMESTAMP(3) METADATA FROM 'timestamp',
  d AS a * 2, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND, PRIMARY KEY (a) NOT ENFORCED) COMMENT 'x' WITH ('connector'='kafka','topic'='t;u','properties.bootstrap.servers'='k:9092','format'='json');
SELECT CASE a WHEN 1 THEN 'one' WHEN 2 THEN 'twoo' ELSE b END c, COALESCE(b, 'z'), NULLIF(a, 3), IF(a > 1, 1, 2), a IN (1, 2), a NOT BETWEEN 1 AND 5, a IS NULL, b IS NOT NULL AND a < 3 OR NOT a = 2 FROM t;
