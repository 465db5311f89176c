CREATE TABLE t (a INT NOT NULL, b STRING, `value` DECIMAL(10,2), ts TIMESTAMP(3), p STRING METADATA FROM 'topic' VIRTUAL, k TIMESTAMP(3) METADATA FROM 'timestamp',
  d AS a * 2, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND, PRIMARY KEY (a) NOT ENFORCED) COMMENT 'x' WITH ('connector'='kafka','topic'='t;u','properties.bootstrap.servers'='k:9092','format'='json');
CREATE TABLE t3 WITH ('connector'='kafka', 'topic'='zz') LIKE t (EXCLUDING CONSTRAINTS);
SHOW CREATE TABLE t3;
SELECT d FROM t3
