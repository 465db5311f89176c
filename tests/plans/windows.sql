CREATE TABLE t (a INT NOT NULL, b STRING, `value` DECIMAL(10,2), ts TIMESTAMP(3), p STRING METADATA FROM 'topic' VIRTUAL, k TIMESTAMP(3) METADATA FROM 'timestamp',
  d AS a * 2, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND, PRIMARY KEY (a) NOT ENFORCED) COMMENT 'x' WITH ('connector'='kafka','topic'='t;u','properties.bootstrap.servers'='k:9092','format'='json');
CREATE VIEW v AS SELECT a + 1 AS x, b, ts FROM t WHERE a > 3;
SELECT window_start, window_end, a % 2 AS k, COUNT(*) AS c, SUM(d) AS s, COUNT(*) FILTER (WHERE a > 1) + 1 FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) WHERE a > 0 GROUP BY a % 2, window_start, window_end HAVING COUNT(*) > 2;
WITH w AS (SELECT * FROM TABLE(HOP(DATA => TABLE v, TIMECOL => DESCRIPTOR(ts), SLIDE => INTERVAL '5' SECOND, SIZE => INTERVAL '1' MINUTE))) SELECT b, COUNT(x) n, window_end FROM w GROUP BY b, window_start, window_end, window_time;
SELECT b, window_time, MAX(a) FROM TABLE(CUMULATE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' HOUR, INTERVAL '1' DAY, INTERVAL '30' MINUTE)) GROUP BY b, window_start, window_end, window_time
